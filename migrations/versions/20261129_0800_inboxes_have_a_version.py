"""when anything that an office's inbox shows was last changed"""

import sqlalchemy as sa
from alembic import op

revision = "e7d20c5b9a14"
down_revision = "c3a91f6d2b48"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.text("clock_timestamp()")
    changed_at = sa.Column(
        "changed_at", sa.TIMESTAMP(timezone=True), server_default=now, nullable=False
    )
    op.add_column("feed_head", changed_at)


def downgrade() -> None:
    op.drop_column("feed_head", "changed_at")
