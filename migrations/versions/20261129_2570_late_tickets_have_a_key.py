"""late tickets have a key, by which overdue ones are listed"""

from alembic import op

revision = "a2570e86c4d9"
down_revision = "c2561a14d3f2"
branch_labels = None
depends_on = None

LATE = -179650751


def upgrade() -> None:
    op.execute("SET LOCAL gin_pending_list_limit = '64MB'")
    op.execute(
        "UPDATE search_entry SET keys ="
        f" (SELECT array_agg(key ORDER BY key) FROM unnest({LATE} || keys) AS key)"
        " FROM ticket WHERE number = ticket_number AND due_at IS NOT NULL"
        f" AND (forced OR replied_at > due_at) AND NOT keys @> '{{{LATE}}}'"
    )


def downgrade() -> None:
    op.execute(
        f"UPDATE search_entry SET keys = array_remove(keys, {LATE}) WHERE keys @> '{{{LATE}}}'"
    )
