"""summonses keep when they were waived"""

import sqlalchemy as sa
from alembic import op

revision = "e1550c7d41a8"
down_revision = "e1570c4a8d13"
branch_labels = None
depends_on = None

FROM_EVENTS = """
UPDATE summons SET waived_at = event.at
FROM whistle_event AS event
WHERE event.whistle_number = summons.whistle_number
  AND event.action = 'waive'
  AND event.data->>'office_code' = summons.office_code
"""


def upgrade() -> None:
    op.add_column("summons", sa.Column("waived_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.execute(FROM_EVENTS)


def downgrade() -> None:
    op.drop_column("summons", "waived_at")
