"""whistles are verified, settled, raised, found false; the limits at which they are raised"""

import sqlalchemy as sa
from alembic import op

revision = "c1540d7e21aa"
down_revision = "b1500a7c92de"
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


def limited(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    for name in ("escalate_at", "new_date_at", "rule_until"):
        op.add_column("whistle", sa.Column(name, INSTANT, nullable=True))
    op.add_column("whistle", sa.Column("lead_office_code", CODE, nullable=True))
    op.create_foreign_key(
        op.f("fk_whistle_lead_office_code_office"), "whistle", "office", ["lead_office_code"], ["code"]
    )
    kept = limited("ruled_from_whistlestatus", STATUSES)
    op.add_column("whistle", sa.Column("ruled_from", kept, nullable=True))
    op.add_column("whistle", sa.Column("finding", limited("finding", FINDINGS), nullable=True))
    for name in ("appeal_until", "appealed_at", "appeal_decided_at"):
        op.add_column("whistle", sa.Column(name, INSTANT, nullable=True))
    for name in ("escalate_at", "verified_at"):
        op.add_column("summons", sa.Column(name, INSTANT, nullable=True))
    replace_actions()


def replace_actions() -> None:
    """The three new actions join those that an event may have."""
    name = "ck_whistle_event_whistleaction"
    former = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
        {"name": name},
    )
