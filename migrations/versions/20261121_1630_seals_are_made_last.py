"""what a seal keeps may be stored before it; and from when on a seal could be read"""

import sqlalchemy as sa
from alembic import op

revision = "b1f4d86a2c37"
down_revision = "e2b7c94d1a60"
branch_labels = None
depends_on = None

KEPT = ("sealed_ranking", "sealed_facts")


def upgrade() -> None:
    op.add_column("seal", sa.Column("published_at", sa.TIMESTAMP(timezone=True)))
    op.execute("ALTER TABLE seal DISABLE TRIGGER insert_only")
    op.execute("UPDATE seal SET published_at = sealed_at")
    op.execute("ALTER TABLE seal ENABLE TRIGGER insert_only")
    op.alter_column("seal", "published_at", nullable=False)
    for table in KEPT:
        waits_for_the_seal(table, "DEFERRABLE INITIALLY DEFERRED")


def downgrade() -> None:
    for table in KEPT:
        waits_for_the_seal(table, "NOT DEFERRABLE")
    op.drop_column("seal", "published_at")


def waits_for_the_seal(table: str, how: str) -> None:
    op.execute(f"ALTER TABLE {table} ALTER CONSTRAINT fk_{table}_period_seal {how}")
