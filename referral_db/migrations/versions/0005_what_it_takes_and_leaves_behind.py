"""What it takes to come to a service, what it leaves behind, how long one waits; accessibility and documents."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

YES_NO = (
    "referral_needed",
    "both_partners",
    "group_talk",
    "on_phone_bill",
    "calls_back",
    "letter_home",
    "account_needed",
)
CODES = ("philosophy", "wait_band", "wait_known_by")


def upgrade() -> None:
    # Not in a batch: that would make the table anew on SQLite.
    for name in YES_NO:
        op.add_column("service", sa.Column(name, sa.Boolean(), nullable=True))
    for name in CODES:
        op.add_column("service", sa.Column(name, sa.String(length=20), nullable=True))
    op.create_table(
        "accessibility",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_accessibility_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accessibility")),
    )
    op.create_index(op.f("ix_accessibility_service_id"), "accessibility", ["service_id"], unique=False)
    op.create_table(
        "required_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("uri", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_required_document_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_required_document")),
    )
    op.create_index(op.f("ix_required_document_service_id"), "required_document", ["service_id"], unique=False)


def downgrade() -> None:
    op.drop_table("required_document")
    op.drop_table("accessibility")
    for name in (*CODES, *YES_NO):
        op.drop_column("service", name)
