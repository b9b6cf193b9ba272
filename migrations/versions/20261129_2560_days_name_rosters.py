"""days name rosters: each says in which format it was hashed"""

import sqlalchemy as sa
from alembic import op

revision = "c2560a14d3f1"
down_revision = "b2541d7f02c6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "chain_day", sa.Column("format", sa.Integer(), server_default="1", nullable=False)
    )
    op.alter_column("chain_day", "format", server_default=None)


def downgrade() -> None:
    op.drop_column("chain_day", "format")
