"""a request's line and source; another number, a language and a time to be called back"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a3f71c5e2d84"
down_revision = "f3b6d81e5c29"
branch_labels = None
depends_on = None

CITIZEN = (
    ("callback_phone", sa.Text()),
    ("language", sa.Text()),
    ("callback_after", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    op.add_column("ticket", sa.Column("line", sa.Text(collation="C"), nullable=True))
    op.add_column("request", sa.Column("source", postgresql.JSONB(), nullable=True))
    for name, kind in CITIZEN:
        op.add_column("citizen", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in CITIZEN:
        op.drop_column("citizen", name)
    op.drop_column("request", "source")
    op.drop_column("ticket", "line")
