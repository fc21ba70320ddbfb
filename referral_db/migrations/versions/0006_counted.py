"""Rounded counts a week of what people asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("row", sa.String(length=40), nullable=False),
        sa.Column("column", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 10 AND count % 5 = 0", name=op.f("ck_counted_rounded")),
        sa.PrimaryKeyConstraint("week", "what", "row", "column", name=op.f("pk_counted")),
    )


def downgrade() -> None:
    op.drop_table("counted")
