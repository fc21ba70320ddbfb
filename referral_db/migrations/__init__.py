"""Alembic migrations, run by `referral_db.database.upgrade`."""
