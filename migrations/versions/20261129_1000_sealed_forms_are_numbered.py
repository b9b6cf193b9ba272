"""by which form a sealed ranking was written, and which members a seal's hash is of"""

import sqlalchemy as sa
from alembic import op

revision = "a4c81e6f0d37"
down_revision = "e7d20c5b9a14"
branch_labels = None
depends_on = None

COLUMNS = {"sealed_ranking": "form", "seal": "format"}


def upgrade() -> None:
    for table, name in COLUMNS.items():
        op.add_column(table, sa.Column(name, sa.Integer, server_default="1", nullable=False))
        op.alter_column(table, name, server_default=None)


def downgrade() -> None:
    for table, name in COLUMNS.items():
        op.drop_column(table, name)
