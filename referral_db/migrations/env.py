"""What Alembic runs for each command; the connection comes from `referral_db.database.upgrade`."""

from alembic import context

from referral_db import counters, workflow  # noqa: F401 – their tables belong to the same metadata
from referral_db.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
