"""a number to be called back at is found, too, by its keyed hash; the service hashes those of before"""

import sqlalchemy as sa
from alembic import op

revision = "a1801d93b6f4"
down_revision = "a417c05e2200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("citizen", sa.Column("callback_hash", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_citizen_callback_hash",
        "citizen",
        ["callback_hash", "ticket_number"],
        postgresql_where=sa.text("callback_phone IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_citizen_callback_hash", table_name="citizen")
    op.drop_column("citizen", "callback_hash")
