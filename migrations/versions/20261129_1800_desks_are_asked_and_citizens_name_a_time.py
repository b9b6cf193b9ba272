"""a time before which a citizen is not called, answers owed to advices, what supervisors are asked"""

import sqlalchemy as sa
from alembic import op

revision = "a1800e5c72d9"
down_revision = "c1540d7e21aa"
branch_labels = None
depends_on = None

COLUMNS = ("call_after", "advice_due_at", "disputed_at", "flag_asked_at")
KNOWN = {
    "call_after": "SELECT ticket_number, callback_after FROM citizen WHERE callback_after IS NOT NULL",
    "advice_due_at": (
        "SELECT ticket_number, min(answer_due_at) FROM advice WHERE answered_at IS NULL GROUP BY 1"
    ),
    "disputed_at": (
        "SELECT callback.ticket_number, min(raised_at) FROM dispute"
        " JOIN callback ON callback.id = dispute.callback_id"
        " LEFT JOIN correction ON correction.callback_id = callback.id"
        " WHERE heard_at IS NULL AND correction.callback_id IS NULL GROUP BY 1"
    ),
    "flag_asked_at": (
        "SELECT ticket_number, asked_at FROM exclusion_request WHERE code = 'X3'"
        " AND flagged IS NULL AND approved IS NULL AND reviewed IS NOT FALSE"
    ),
}


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("ticket", sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=True))
    for name, known in KNOWN.items():
        # the sweep finds these tickets, and winds their timers by the new rules
        op.execute(
            f"UPDATE ticket SET {name} = known.at,"
            " next_due_at = least(next_due_at, clock_timestamp())"
            f" FROM ({known}) AS known (number, at) WHERE ticket.number = known.number"
        )


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("ticket", name)
