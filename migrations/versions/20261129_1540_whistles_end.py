"""whistles are verified, settled, raised, found false; the limits at which they are raised"""

import re

import sqlalchemy as sa
from alembic import op

revision = "c1540d7e21aa"
down_revision = "c2100e7d41a8"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.TIMESTAMP(timezone=True)

STATUSES = (
    "draft",
    "blown",
    "assembling",
    "in_action",
    "fed_back",
    "verifying",
    "settled",
    "evaluated",
    "returned",
    "escalated",
    "cancelled",
    "false",
)
FINDINGS = ("empty", "reckless", "wrong_department")
NEW_ACTIONS = ("decide-appeal", "coordinate", "waive")
OF_WHISTLE = (
    "escalate_at",
    "new_date_at",
    "rule_until",
    "lead_office_code",
    "ruled_from",
    "finding",
    "appeal_until",
    "appealed_at",
    "appeal_decided_at",
)
CHECK = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = 'ck_whistle_event_whistleaction' AND conrelid = 'whistle_event'::regclass"
)


def limited(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    for name in ("escalate_at", "new_date_at", "rule_until"):
        op.add_column("whistle", sa.Column(name, INSTANT, nullable=True))
    op.add_column("whistle", sa.Column("lead_office_code", CODE, nullable=True))
    op.create_foreign_key(
        op.f("fk_whistle_lead_office_code_office"),
        "whistle",
        "office",
        ["lead_office_code"],
        ["code"],
    )
    kept = limited("ruled_from_whistlestatus", STATUSES)
    op.add_column("whistle", sa.Column("ruled_from", kept, nullable=True))
    op.add_column("whistle", sa.Column("finding", limited("finding", FINDINGS), nullable=True))
    for name in ("appeal_until", "appealed_at", "appeal_decided_at"):
        op.add_column("whistle", sa.Column(name, INSTANT, nullable=True))
    for name in ("escalate_at", "verified_at"):
        op.add_column("summons", sa.Column(name, INSTANT, nullable=True))
    op.execute("UPDATE whistle SET escalate_at = finish_due_at WHERE settled_at IS NULL")
    admit([*admitted(), *NEW_ACTIONS])


def admitted() -> list[str]:
    """The actions that the CHECK admits now."""
    return re.findall(r"'([^']+)'", op.get_bind().scalar(CHECK))


def admit(actions: list[str]) -> None:
    name = op.f("ck_whistle_event_whistleaction")
    op.drop_constraint(name, "whistle_event", type_="check")
    listed = ", ".join(f"'{action}'" for action in actions)
    op.create_check_constraint(name, "whistle_event", f"action IN ({listed})")


def downgrade() -> None:
    admit([action for action in admitted() if action not in NEW_ACTIONS])
    for name in ("escalate_at", "verified_at"):
        op.drop_column("summons", name)
    for name in OF_WHISTLE:
        op.drop_column("whistle", name)
