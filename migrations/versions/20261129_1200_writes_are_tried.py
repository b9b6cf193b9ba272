"""a table in which readiness tries whether writes succeed; it is in no log"""

import sqlalchemy as sa
from alembic import op

revision = "c90b1d27e845"
down_revision = "b7d3f2a95c18"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("filling", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeat"),
        prefixes=["UNLOGGED"],
    )
    op.execute("ALTER TABLE heartbeat ALTER COLUMN filling SET STORAGE PLAIN")


def downgrade() -> None:
    op.drop_table("heartbeat")
