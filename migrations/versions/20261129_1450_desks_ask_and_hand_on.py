"""what a desk asked, called back for and handed on; attempts that count; texts to be passed on"""

import re

import sqlalchemy as sa
from alembic import op

revision = "1450a7c2e9d4"
down_revision = "d5e19b7c4a02"
branch_labels = None
depends_on = None

ACTIONS = ("hand-on", "return", "pass_on", "relay", "hear_again")
METHODS = ("relay",)
INSTANTS = ("asked_at", "tried_at", "handed_on_at", "next_attempt_from", "relay_asked_at")

CHECK = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = :name AND conrelid = CAST(:table AS regclass)"
)


def admitted(table: str, column: str) -> list[str]:
    """The values that the column's CHECK admits now."""
    named = {"name": f"ck_{table}_{column}", "table": table}
    return re.findall(r"'([^']+)'", op.get_bind().scalar(CHECK, named))


def admit(table: str, column: str, values: list[str]) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(name, table, f"{column} IN ({listed})")


def upgrade() -> None:
    admit("event", "action", [*admitted("event", "action"), *ACTIONS])
    admit("contact", "method", [*admitted("contact", "method"), *METHODS])
    for name in INSTANTS:
        op.add_column("ticket", sa.Column(name, sa.TIMESTAMP(timezone=True)))
    op.add_column(
        "ticket", sa.Column("contact_attempts", sa.Integer, server_default="0", nullable=False)
    )


def downgrade() -> None:
    for name in ("contact_attempts", *INSTANTS):
        op.drop_column("ticket", name)
    admit("contact", "method", [m for m in admitted("contact", "method") if m not in METHODS])
    admit("event", "action", [a for a in admitted("event", "action") if a not in ACTIONS])
