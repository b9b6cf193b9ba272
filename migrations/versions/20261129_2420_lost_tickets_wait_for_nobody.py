"""Nothing of a ticket waits in the inbox of an office that has lost it."""

from alembic import op

revision = "f2420a14c0de"
down_revision = "c250e4b1a900"
branch_labels = None
depends_on = None

HAS_IT = """
EXISTS (
    SELECT FROM dispatch WHERE dispatch.ticket_number = asked.ticket_number
    AND dispatch.office_code = asked.office_code AND dispatch.ended_at IS NULL
)
"""


def upgrade() -> None:
    waits = "waits_until IS NOT NULL"
    op.execute(f"UPDATE dispatch SET waits_until = NULL WHERE ended_at IS NOT NULL AND {waits}")
    for table in ("supervision", "advice"):
        lost = f"UPDATE {table} AS asked SET waits_until = NULL WHERE {waits} AND NOT {HAS_IT}"
        op.execute(lost)


def downgrade() -> None:
    """What waited there cannot be opened: there is nothing to bring back."""
