"""campaigns: command and teams, days, meetings and a summary"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e1570c4a8d13"
down_revision = "d1703e5a9b27"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
NAME = "ck_whistle_event_whistleaction"
ACTIONS = ("organise", "log", "correct-log", "meet", "notify", "conclude")
CHECK = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = :name AND conrelid = 'whistle_event'::regclass"
)


def admitted() -> list[str]:
    """The actions that the column's CHECK admits now."""
    return re.findall(r"'([^']+)'", op.get_bind().scalar(CHECK, {"name": NAME}))


def admit(values: list[str]) -> None:
    op.drop_constraint(op.f(NAME), "whistle_event", type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(NAME), "whistle_event", f"action IN ({listed})")


def upgrade() -> None:
    admit([*admitted(), *ACTIONS])
    for name in ("campaign_at", "campaign_until", "concluded_at"):
        op.add_column("whistle", sa.Column(name, INSTANT, nullable=True))
    op.add_column("whistle", sa.Column("liaisons", postgresql.JSONB(), nullable=True))
    op.add_column("summons", sa.Column("came_at", INSTANT, nullable=True))
    op.execute(
        "UPDATE summons SET came_at = last.came_at FROM"
        " (SELECT whistle_number, office_code, max(came_at) AS came_at"
        " FROM attendance GROUP BY whistle_number, office_code) last"
        " WHERE last.whistle_number = summons.whistle_number"
        " AND last.office_code = summons.office_code"
    )


def downgrade() -> None:
    op.drop_column("summons", "came_at")
    for name in ("liaisons", "concluded_at", "campaign_until", "campaign_at"):
        op.drop_column("whistle", name)
    admit([value for value in admitted() if value not in ACTIONS])
