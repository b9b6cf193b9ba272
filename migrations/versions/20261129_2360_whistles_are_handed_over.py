"""actions of a whistle are handed over, refusals are reported, and a ruling keeps its instant"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "b2360f51c7e4"
down_revision = "e1550c7d41a8"
branch_labels = None
depends_on = None

AT = sa.TIMESTAMP(timezone=True)
CODE = sa.Text(collation="C")
COLUMNS = {
    "whistle": {"ruled_at": AT},
    "summons": {
        "offered_from": CODE,
        "offered_actions": JSONB,
        "offered_at": AT,
        "offer_due_at": AT,
        "refusal_at": AT,
        "refused": sa.Boolean(),
        "refusal_ruled_at": AT,
    },
    "action_item": {"handed_to": CODE, "handed_at": AT, "taken_from": CODE},
}
OFFICES = (("summons", "offered_from"), ("action_item", "handed_to"), ("action_item", "taken_from"))

NAME = "ck_whistle_event_whistleaction"
ACTIONS = ("hand-over", "consent", "decline", "report-refusal", "rule-refusal")
CHECK = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = :name AND conrelid = 'whistle_event'::regclass"
)

# Of a whistle that an appeal gave back, the appeal's day stood in place of its settlement's.
FROM_EVENTS = (
    """
UPDATE whistle SET ruled_at = event.at
FROM whistle_event AS event
WHERE event.whistle_number = whistle.number
  AND event.action = 'rule-false'
  AND event.to_status = 'false'
""",
    """
UPDATE whistle SET settled_at = event.at
FROM whistle_event AS event
WHERE event.whistle_number = whistle.number
  AND event.action = 'settle'
  AND whistle.settled_at IS NOT NULL
""",
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
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    for table, name in OFFICES:
        op.create_foreign_key(op.f(f"fk_{table}_{name}_office"), table, "office", [name], ["code"])
    for statement in FROM_EVENTS:
        op.execute(statement)


def downgrade() -> None:
    for table, columns in COLUMNS.items():
        for name in columns:
            op.drop_column(table, name)
    admit([value for value in admitted() if value not in ACTIONS])
