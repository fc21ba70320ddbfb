"""Proposals of one file belong together; links with which a provider checks its record; settings of websites."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: that would make the table anew on SQLite, without its checks.
    op.add_column("proposal", sa.Column("batch", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_proposal_batch"), "proposal", ["batch"], unique=False)
    op.create_table(
        "provider_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("maker_id", sa.Integer(), nullable=False),
        sa.Column("maker", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_provider_link_service_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_provider_link_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_provider_link_token_hash")),
    )
    op.create_index(op.f("ix_provider_link_service_id"), "provider_link", ["service_id"], unique=False)
    op.create_index(op.f("ix_provider_link_proposal_id"), "provider_link", ["proposal_id"], unique=False)
    op.create_table(
        "tenant_settings",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_tenant_settings")),
    )


def downgrade() -> None:
    op.drop_table("tenant_settings")
    op.drop_table("provider_link")
    op.drop_index(op.f("ix_proposal_batch"), table_name="proposal")
    op.drop_column("proposal", "batch")
