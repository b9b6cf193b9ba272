"""block ranges are summed up as they fill, not at the next vacuum

Of a table that only grows a vacuum comes after a fifth as many rows again; until then every search
by time reads all that came since the last one.
"""

from alembic import op

revision = "c2400a1e7b55"
down_revision = "c0502e112480"
branch_labels = None
depends_on = None

INDEXES = (
    "ix_event_at",
    "ix_whistle_event_at",
    "ix_dispatch_dispatched_at",
    "ix_dispatch_due_at",
    "ix_ticket_closed_at",
)


def upgrade() -> None:
    for index in INDEXES:
        op.execute(f"ALTER INDEX {index} SET (autosummarize = on)")


def downgrade() -> None:
    for index in INDEXES:
        op.execute(f"ALTER INDEX {index} RESET (autosummarize)")
