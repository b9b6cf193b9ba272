"""tickets know the whistles that keep them from a reply"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c1541a90f3be"
down_revision = "a1801d93b6f4"
branch_labels = None
depends_on = None

ACTIONS = ("whistle", "whistle-over")
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
    admit([*admitted(), *ACTIONS])
    none = sa.text("'{}'")
    numbers = postgresql.ARRAY(sa.Text())
    op.add_column("ticket", sa.Column("whistles", numbers, server_default=none, nullable=False))
    false = sa.text("false")
    op.add_column(
        "whistle", sa.Column("keeps_tickets", sa.Boolean(), server_default=false, nullable=False)
    )


def downgrade() -> None:
    op.drop_column("whistle", "keeps_tickets")
    op.drop_column("ticket", "whistles")
    admit([action for action in admitted() if action not in ACTIONS])
