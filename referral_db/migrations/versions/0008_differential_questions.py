"""Answers of four more kinds: two differential questions, when to seek help early, and which kind of help fits."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BEFORE = "kind IN ('eerste', 'tips', 'waarom', 'vraag')"
AFTER = "kind IN ('eerste', 'tips', 'waarom', 'vroeg', 'hulp', 'keuze_1', 'keuze_2', 'vraag')"


def upgrade() -> None:
    _allow(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM answer WHERE kind IN ('vroeg', 'hulp', 'keuze_1', 'keuze_2')")
    _allow(BEFORE)


def _allow(kinds: str) -> None:
    # In a batch: SQLite cannot change a check, so there the table is made anew.
    with op.batch_alter_table("answer") as answer:
        answer.drop_constraint(op.f("ck_answer_kind"), type_="check")
        answer.create_check_constraint(op.f("ck_answer_kind"), kinds)
