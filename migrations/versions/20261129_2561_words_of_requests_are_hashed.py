"""words of requests stand in their tickets' events by a salted hash"""

import sqlalchemy as sa
from alembic import op

revision = "c2561a14d3f2"
down_revision = "f15c2580d4a7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request", sa.Column("salt", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("request", "salt")
