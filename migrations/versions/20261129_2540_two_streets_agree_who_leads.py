"""two streets agree which of them leads a whistle"""

import re

import sqlalchemy as sa
from alembic import op

revision = "a2540d61e8f3"
down_revision = "f2420a14c0de"
branch_labels = None
depends_on = None

AT = sa.TIMESTAMP(timezone=True)
CODE = sa.Text(collation="C")
COLUMNS = {
    "proposed_lead": CODE,
    "lead_asked": CODE,
    "lead_proposed_at": AT,
    "lead_answer_due_at": AT,
}
OFFICES = ("proposed_lead", "lead_asked")

NAME = "ck_whistle_event_whistleaction"
ACTIONS = ("propose-lead", "agree-lead", "decline-lead")
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
    for name, kind in COLUMNS.items():
        op.add_column("whistle", sa.Column(name, kind, nullable=True))
    for name in OFFICES:
        op.create_foreign_key(
            op.f(f"fk_whistle_{name}_office"), "whistle", "office", [name], ["code"]
        )


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("whistle", name)
    admit([value for value in admitted() if value not in ACTIONS])
