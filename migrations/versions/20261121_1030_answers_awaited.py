"""When a supervision is to be answered; the tickets whose citizen a former lead must contact."""

import sqlalchemy as sa
from alembic import op

revision = "c41d7a90b3e5"
down_revision = "c4e0a7d91b35"
branch_labels = None
depends_on = None

KEPT = sa.text("interim_office IS NOT NULL")
AWAITED = """
    UPDATE ticket SET answer_due_at = asked.due, next_due_at = least(next_due_at, asked.due)
    FROM (
        SELECT ticket_number, min(answer_due_at) AS due FROM supervision
        WHERE answered_at IS NULL GROUP BY ticket_number
    ) asked
    WHERE asked.ticket_number = number AND closed_at IS NULL
"""


def upgrade() -> None:
    op.add_column("ticket", sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(AWAITED)
    op.create_index("ix_ticket_kept", "ticket", ["interim_office"], postgresql_where=KEPT)


def downgrade() -> None:
    op.drop_index("ix_ticket_kept", table_name="ticket", postgresql_where=KEPT)
    op.drop_column("ticket", "answer_due_at")
