"""Sentences that people gave to learn from: redacted, with a week and a website."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "given_sentence",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_sentence")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_given_sentence_week"), "given_sentence", ["week"])


def downgrade() -> None:
    op.drop_table("given_sentence")
