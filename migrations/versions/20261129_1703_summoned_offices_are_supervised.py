"""summoned offices are supervised, and owe an answer"""

import re

import sqlalchemy as sa
from alembic import op

revision = "d1703e5a9b27"
down_revision = "c1541a90f3be"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
NAME = "ck_whistle_event_whistleaction"
ACTIONS = ("supervise", "answer", "unanswered")
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
    op.add_column("summons", sa.Column("supervised_at", INSTANT, nullable=True))
    op.add_column("summons", sa.Column("answer_due_at", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("summons", "answer_due_at")
    op.drop_column("summons", "supervised_at")
    admit([value for value in admitted() if value not in ACTIONS])
