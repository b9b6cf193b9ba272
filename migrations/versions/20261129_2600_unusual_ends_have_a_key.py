"""tickets that ended in an unusual way have a key, by which they are searched"""

from alembic import op

revision = "f82600c5a1e4"
down_revision = "a13c2590e8d1"
branch_labels = None
depends_on = None

ENDS = {
    "merged": -148767523,
    "not_accepted": -149625017,
    "transferred": -168298469,
    "void": -195996467,
    "withdrawn": -238765828,
}
VALUES = ", ".join(f"('{status}', {key})" for status, key in ENDS.items())


def upgrade() -> None:
    op.execute("SET LOCAL gin_pending_list_limit = '64MB'")
    op.execute(
        "UPDATE search_entry SET keys ="
        " (SELECT array_agg(key ORDER BY key) FROM unnest(own || keys) AS key)"
        f" FROM ticket JOIN (VALUES {VALUES}) AS ends (status, own) USING (status)"
        " WHERE ticket.status <> 'closed' AND number = ticket_number"
        " AND NOT keys @> ARRAY[own]"
    )


def downgrade() -> None:
    for key in ENDS.values():
        op.execute(
            f"UPDATE search_entry SET keys = array_remove(keys, {key}) WHERE keys @> '{{{key}}}'"
        )
