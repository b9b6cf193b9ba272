"""a member whose citizen is the group's already"""

import sqlalchemy as sa
from alembic import op

revision = "c6a15d80b3f7"
down_revision = "1450a7c2e9d4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("same_citizen", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("ticket", column)


def downgrade() -> None:
    op.drop_column("ticket", "same_citizen")
