"""forms of evaluations lie in the inboxes of streets"""

import sqlalchemy as sa
from alembic import op

revision = "d1702a6c4f10"
down_revision = "a1800e5c72d9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "evaluation_book", sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("evaluation_book", "asked_at")
