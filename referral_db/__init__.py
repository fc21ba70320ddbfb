"""The referral database: services, answers, geography, opening hours, price and search. Knows nothing of Rasa."""
