"""Custom actions: thin. They read the tracker, ask the referral database, and return events."""
