"""the registry as it was known at each instant: rankings of a past instant show that one"""

import sqlalchemy as sa
from alembic import op

revision = "e5a7c0d42b18"
down_revision = "c3d5a1f07e42"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registry_version",
        sa.Column("part", sa.Text(collation="C"), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("digest", sa.Text(collation="C"), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("part", "recorded_at", name=op.f("pk_registry_version")),
    )
    op.execute(
        "CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON registry_version"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("registry_version")
