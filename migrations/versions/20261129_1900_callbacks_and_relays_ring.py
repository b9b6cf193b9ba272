"""callbacks that were begun and not finished, and relays, ring"""

from alembic import op

revision = "e1900b6d27f4"
down_revision = "5f16c0a9d2e1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # the sweep finds what waits so, and winds its timers by the new rules
    op.execute(
        "UPDATE ticket SET next_due_at = clock_timestamp()"
        " WHERE (callback_due_at IS NOT NULL AND callback_begun OR relay_asked_at IS NOT NULL)"
        " AND (next_due_at IS NULL OR next_due_at > clock_timestamp())"
    )


def downgrade() -> None:
    pass
