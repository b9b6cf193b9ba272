"""who read a citizen's telephone in the clear; a ticket may be made secret afterwards"""

import sqlalchemy as sa
from alembic import op

revision = "d5f2a8c3917b"
down_revision = "c90b1d27e845"
branch_labels = None
depends_on = None

ACTIONS = (
    *("receive", "route", "answer", "transfer", "decline", "ask", "add", "dispatch", "read"),
    *("acknowledge", "contact", "note", "reply", "review", "callback", "withdraw", "void"),
    *("reveal", "import", "expire", "pass_review", "force_callback", "send_to_rework", "grade"),
    *("object", "rule-objection", "conclude", "request-extension", "decide-extension"),
    *("request-hold", "decide-hold", "resume", "urge", "supervise", "merge", "unmerge", "adopt"),
    *("let_go", "request-exclusion", "review-exclusion", "decide-exclusion", "dispute", "correct"),
    *("attach", "warn", "escalate", "consult", "reject_objection", "refuse_extension"),
    *("void_extension", "end_hold", "skip_callback"),
)


def allow_actions(*names: str) -> None:
    op.drop_constraint(op.f("ck_event_action"), "event", type_="check")
    listed = ", ".join(f"'{name}'" for name in names)
    op.create_check_constraint(op.f("ck_event_action"), "event", f"action IN ({listed})")


def upgrade() -> None:
    allow_actions(*ACTIONS, "conceal")
    op.create_table(
        "disclosure",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("caller", sa.Text(collation="C"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket_number", "caller", "day", name="pk_disclosure"),
    )


def downgrade() -> None:
    op.drop_table("disclosure")
    allow_actions(*ACTIONS)
