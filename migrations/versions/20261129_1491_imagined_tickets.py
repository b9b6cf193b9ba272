"""tickets of a simulation are marked: they teach nothing"""

import sqlalchemy as sa
from alembic import op

revision = "b2c61f8a40d7"
down_revision = "a7d05c3e91f4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "ticket", sa.Column("imagined", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("ticket", "imagined")
