"""The name by which services are sorted, so that a page of the list is read from an index; an index of the kinds."""

import sqlalchemy as sa
from alembic import op

from referral_db.geography import fold

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service", sa.Column("sort_name", sa.String(length=200), nullable=False, server_default=""))
    service = sa.table("service", sa.column("id"), sa.column("name"), sa.column("sort_name"))
    rows = op.get_bind().execute(sa.select(service.c.id, service.c.name)).all()
    if rows:
        change = sa.update(service).where(service.c.id == sa.bindparam("own")).values(sort_name=sa.bindparam("new"))
        op.get_bind().execute(change, [{"own": row.id, "new": fold(row.name)[:200]} for row in rows])
    op.create_index(op.f("ix_service_sort_name_slug"), "service", ["sort_name", "slug"], unique=False)
    op.create_index(op.f("ix_service_provider_type"), "service", ["provider_type"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_service_provider_type"), "service")
    op.drop_index(op.f("ix_service_sort_name_slug"), "service")
    op.drop_column("service", "sort_name")
