"""a case without a citizen is verified in place of a callback"""

import re

import sqlalchemy as sa
from alembic import op

revision = "1480d91c4e7d"
down_revision = "b7d04e91c6a8"
branch_labels = None
depends_on = None

METHODS = ("site", "photo", "document", "publication")
VERIFIED = {
    ("assessment", "reach"): "verified",
    ("callback", "reach"): "verified",
    ("correction", "reach"): "verified",
    ("event", "action"): "verification",
}

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
    for (table, column), value in VERIFIED.items():
        admit(table, column, [*admitted(table, column), value])
    op.add_column(
        "ticket", sa.Column("no_citizen", sa.Boolean, server_default=sa.false(), nullable=False)
    )
    op.add_column("callback", sa.Column("method", sa.String(40)))
    listed = ", ".join(f"'{method}'" for method in METHODS)
    op.create_check_constraint(op.f("ck_callback_verified"), "callback", f"method IN ({listed})")


def downgrade() -> None:
    op.drop_column("callback", "method")
    op.drop_column("ticket", "no_citizen")
    for (table, column), value in VERIFIED.items():
        admit(table, column, [known for known in admitted(table, column) if known != value])
