"""departments of another district are evaluated by the street of theirs that a whistle called"""

import sqlalchemy as sa
from alembic import op

revision = "c2460e1b7d92"
down_revision = "d2440e1a5e06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("summons", sa.Column("evaluated_by", sa.Text(collation="C"), nullable=True))
    op.create_foreign_key(
        op.f("fk_summons_evaluated_by_office"), "summons", "office", ["evaluated_by"], ["code"]
    )


def downgrade() -> None:
    op.drop_column("summons", "evaluated_by")
