"""keys by which tickets are searched, kept up with their changes; searches for a telephone are on
record; open tickets by urgency and by due time, tickets by status and by queue"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "a1470c5d2e90"
down_revision = "a41c60d2e7b3"
branch_labels = None
depends_on = None

OPEN = (
    "status NOT IN ('answered', 'closed', 'merged', 'not_accepted', 'transferred', 'void',"
    " 'withdrawn')"
)
DUE_OR_LAST = "COALESCE(due_at, '9999-12-31 00:00:00+00'::timestamp with time zone)"
INSTANT = sa.TIMESTAMP(timezone=True)
CODE = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("ticket_number", CODE, nullable=False),
        sa.Column("keys", ARRAY(sa.Integer), nullable=False),
        sa.PrimaryKeyConstraint("ticket_number", name="pk_search_entry"),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name="fk_search_entry_ticket_number_ticket"
        ),
    )
    op.create_index(
        "ix_search_entry_keys",
        "search_entry",
        ["keys"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "search_mark",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("number", CODE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_mark"),
    )
    op.create_table(
        "telephone_search",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("caller", CODE, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("phone_hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_telephone_search"),
    )
    op.create_index("ix_telephone_search_at", "telephone_search", ["at", "id"])
    op.create_index(
        "ix_ticket_status",
        "ticket",
        ["status", "received_at", "number"],
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_index(
        "ix_ticket_open_urgency",
        "ticket",
        ["urgency", "received_at", "number"],
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(
        "ix_ticket_open_due",
        "ticket",
        [sa.text(DUE_OR_LAST), "number"],
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(
        "ix_ticket_queue",
        "ticket",
        ["queue", "received_at", "number"],
        postgresql_where=sa.text("queue IS NOT NULL"),
    )


def downgrade() -> None:
    for name in ("queue", "open_due", "open_urgency", "status"):
        op.drop_index(f"ix_ticket_{name}", "ticket")
    for table in ("telephone_search", "search_mark", "search_entry"):
        op.drop_table(table)
