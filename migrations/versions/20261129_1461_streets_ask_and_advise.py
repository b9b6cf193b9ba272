"""joint offices have a clock and an answer of their own; streets supervise and advise; the events
with the newest words of a reply, its return and a callback"""

import re

import sqlalchemy as sa
from alembic import op

revision = "a1461f7d3c50"
down_revision = "1481b06f3ea2"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.TIMESTAMP(timezone=True)
ACTIONS = ("feed-back", "advise", "answer-advice")
PARTS = ("helper", "street", "coordinator")
CHECKS = (
    ("event", "action", ACTIONS),
    ("ticket", "asks_extension", PARTS),
    ("ticket", "asks_hold", PARTS),
    ("supervision", "level", ("street",)),
)
NAMES = {("supervision", "level"): "ck_supervision_supervisionlevel"}
SEQS = {
    "reply_seq": "action = 'reply'",
    "return_seq": "action = 'review' AND data ->> 'approve' = 'false'",
    "reason_seq": "action = 'callback'",
}

CHECK = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = :name AND conrelid = CAST(:table AS regclass)"
)


def name_of(table: str, column: str) -> str:
    return NAMES.get((table, column), f"ck_{table}_{column}")


def admitted(table: str, column: str) -> list[str]:
    """The values that the column's CHECK admits now."""
    named = {"name": name_of(table, column), "table": table}
    return re.findall(r"'([^']+)'", op.get_bind().scalar(CHECK, named))


def admit(table: str, column: str, values: list[str]) -> None:
    name = op.f(name_of(table, column))
    op.drop_constraint(name, table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(name, table, f"{column} IN ({listed})")


def upgrade() -> None:
    for table, column, more in CHECKS:
        admit(table, column, [*admitted(table, column), *more])
    op.add_column(
        "ticket", sa.Column("advised", sa.ARRAY(sa.Text), server_default="{}", nullable=False)
    )
    for name, condition in SEQS.items():
        op.add_column("ticket", sa.Column(name, sa.Integer))
        op.execute(
            f"UPDATE ticket SET {name} = (SELECT max(seq) FROM event"
            f" WHERE ticket_number = number AND {condition}) WHERE closed_at IS NULL"
        )
    op.add_column("dispatch", sa.Column("waits_until", INSTANT))
    op.add_column("dispatch", sa.Column("answered_at", INSTANT))
    op.add_column("dispatch", sa.Column("answer_seq", sa.Integer))
    op.create_index(
        "ix_dispatch_awaited",
        "dispatch",
        ["office_code", "waits_until", "ticket_number"],
        postgresql_where=sa.text("waits_until IS NOT NULL"),
    )
    op.execute(
        "UPDATE dispatch SET due_at = ticket.due_at, waits_until = ticket.due_at FROM ticket"
        " WHERE number = ticket_number AND role = 'joint' AND ended_at IS NULL"
        " AND ticket.waits_for IS NOT NULL AND ticket.status <> 'on_hold'"
    )
    op.add_column("supervision", sa.Column("waits_until", INSTANT))
    op.add_column(
        "supervision",
        sa.Column(
            "office_code",
            CODE,
            sa.ForeignKey("office.code", name="fk_supervision_office_code_office"),
        ),
    )
    op.create_index(
        "ix_supervision_awaited",
        "supervision",
        ["office_code", "waits_until", "ticket_number"],
        postgresql_where=sa.text("waits_until IS NOT NULL"),
    )
    op.create_table(
        "advice",
        sa.Column("ticket_number", CODE, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("from_office", CODE, nullable=False),
        sa.Column("office_code", CODE, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("answer_due_at", INSTANT, nullable=False),
        sa.Column("waits_until", INSTANT),
        sa.Column("answered_at", INSTANT),
        sa.Column("answer_seq", sa.Integer),
        sa.CheckConstraint(
            "about IN ('head', 'plan', 'matter', 'reward')", name=op.f("ck_advice_about")
        ),
        sa.PrimaryKeyConstraint("ticket_number", "seq", name="pk_advice"),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name="fk_advice_ticket_number_ticket"
        ),
        sa.ForeignKeyConstraint(
            ["from_office"], ["office.code"], name="fk_advice_from_office_office"
        ),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name="fk_advice_office_code_office"
        ),
    )
    op.create_index(
        "ix_advice_awaited",
        "advice",
        ["office_code", "waits_until", "ticket_number"],
        postgresql_where=sa.text("waits_until IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("advice")
    op.drop_index("ix_supervision_awaited", "supervision")
    op.drop_column("supervision", "office_code")
    op.drop_column("supervision", "waits_until")
    op.drop_index("ix_dispatch_awaited", "dispatch")
    for name in ("waits_until", "answered_at", "answer_seq"):
        op.drop_column("dispatch", name)
    for name in (*SEQS, "advised"):
        op.drop_column("ticket", name)
    for table, column, more in CHECKS:
        admit(table, column, [value for value in admitted(table, column) if value not in more])
