"""lessons of routing tell whether a building was named behind the place"""

import sqlalchemy as sa
from alembic import op

revision = "c250e4b1a900"
down_revision = "c2460e1b7d92"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "routing_lesson",
        sa.Column("built", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("routing_lesson", "built")
