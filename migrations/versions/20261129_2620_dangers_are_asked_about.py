"""since when somebody is to look whether a ticket's words mean a danger"""

import sqlalchemy as sa
from alembic import op

revision = "f15d2620a7c4"
down_revision = "a2570e86c4d9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "ticket", sa.Column("danger_asked_at", sa.TIMESTAMP(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("ticket", "danger_asked_at")
