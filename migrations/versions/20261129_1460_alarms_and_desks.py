"""alarms: what waits for a desk of the city, whose feed it is, and who was not told yet"""

import re

import sqlalchemy as sa
from alembic import op

revision = "a41c60d2e7b3"
down_revision = "c9e47d15b603"
branch_labels = None
depends_on = None

SINCE = ("dispatch_since", "callback_since", "supervision_since", "panel_since")
FLAGS = ("callback_begun", "rescue")
FEEDS = ("feed_head", "feed_entry")

ACTION = "alarm"

TIMESTAMP = sa.TIMESTAMP(timezone=True)
CHECK = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = 'ck_event_action' AND conrelid = 'event'::regclass"
)


def admitted() -> list[str]:
    """The actions that the CHECK admits now."""
    return re.findall(r"'([^']+)'", op.get_bind().scalar(CHECK))


def admit(actions: list[str]) -> None:
    name = op.f("ck_event_action")
    op.drop_constraint(name, "event", type_="check")
    listed = ", ".join(f"'{action}'" for action in actions)
    op.create_check_constraint(name, "event", f"action IN ({listed})")


def upgrade() -> None:
    admit([*admitted(), ACTION])
    for table in FEEDS:
        op.drop_constraint(f"fk_{table}_office_code_office", table, type_="foreignkey")
    for name in FLAGS:
        false = sa.text("false")
        op.add_column("ticket", sa.Column(name, sa.Boolean(), server_default=false, nullable=False))
    for name in SINCE:
        op.add_column("ticket", sa.Column(name, TIMESTAMP, nullable=True))
        waits = sa.text(f"{name} IS NOT NULL")
        columns = ["urgency", name, "number"]
        op.create_index(f"ix_ticket_{name}", "ticket", columns, postgresql_where=waits)
    # the sweep finds every open ticket, and winds its timers by the new rules
    op.execute(
        "UPDATE ticket SET next_due_at = clock_timestamp() WHERE callback_due_at IS NOT NULL"
        " OR closed_at IS NULL AND (next_due_at IS NULL OR next_due_at > clock_timestamp())"
    )


def downgrade() -> None:
    admit([action for action in admitted() if action != ACTION])
    op.execute("DELETE FROM feed_entry WHERE office_code LIKE 'city:%'")
    op.execute("DELETE FROM feed_head WHERE office_code LIKE 'city:%'")
    for name in SINCE:
        op.drop_index(f"ix_ticket_{name}", "ticket")
    for name in (*SINCE, *FLAGS):
        op.drop_column("ticket", name)
    for table in FEEDS:
        name = f"fk_{table}_office_code_office"
        op.create_foreign_key(name, table, "office", ["office_code"], ["code"])
