"""The maintainers' web application: services, answers, what is due, and the open data API."""
