"""rosters of enforcement centres: people, shifts, days, marks, and their events"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5f16c0a9d2e1"
down_revision = "b1500a7c92de"
branch_labels = None
depends_on = None

ROLES = (
    "operator",
    "dispatcher",
    "callback",
    "supervisor",
    "district",
    "handler",
    "chief",
    "panel",
    "evaluator",
    "auditor",
    "analyst",
    "admin",
)
KINDS = ("core", "posted", "on_call")
ACTIONS = (
    "set_model",
    "add",
    "change",
    "remove",
    "reveal",
    "plan_shift",
    "cancel_shift",
    "attend",
    "mark",
)
CODE = sa.Text(collation="C")
INSTANT = sa.TIMESTAMP(timezone=True)


def one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "force",
        sa.Column("street_code", CODE, nullable=False),
        sa.Column("model", CODE, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["street_code"], ["office.code"], name=op.f("fk_force_street_code_office")
        ),
        sa.PrimaryKeyConstraint("street_code", name=op.f("pk_force")),
    )
    op.create_table(
        "force_member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("street_code", CODE, nullable=False),
        sa.Column("office_code", CODE, nullable=False),
        sa.Column("kind", one_of("forcekind", KINDS), nullable=False),
        sa.Column("seat", CODE, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_force_member_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["street_code"], ["force.street_code"], name=op.f("fk_force_member_street_code_force")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_force_member")),
    )
    op.create_index("ix_force_member_office_code", "force_member", ["office_code", "id"])
    op.create_index("ix_force_member_street_code", "force_member", ["street_code", "id"])
    op.create_index(
        "ux_force_member_phone",
        "force_member",
        ["street_code", "phone"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "force_shift",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("street_code", CODE, nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("cancelled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["force_member.id"], name=op.f("fk_force_shift_member_id_force_member")
        ),
        sa.ForeignKeyConstraint(
            ["street_code"], ["force.street_code"], name=op.f("fk_force_shift_street_code_force")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_force_shift")),
    )
    op.create_index("ix_force_shift_member_id", "force_shift", ["member_id", "starts_at"])
    op.create_index("ix_force_shift_street_code", "force_shift", ["street_code", "starts_at", "id"])
    op.create_table(
        "force_day",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["force_member.id"], name=op.f("fk_force_day_member_id_force_member")
        ),
        sa.PrimaryKeyConstraint("member_id", "day", name=op.f("pk_force_day")),
    )
    op.create_table(
        "force_mark",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("month", CODE, nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["force_member.id"], name=op.f("fk_force_mark_member_id_force_member")
        ),
        sa.PrimaryKeyConstraint("member_id", "month", name=op.f("pk_force_mark")),
    )
    op.create_table(
        "force_event",
        sa.Column("street_code", CODE, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", CODE, nullable=False),
        sa.Column("role", one_of("role", ROLES), nullable=False),
        sa.Column("office_code", CODE, nullable=False),
        sa.Column("action", one_of("forceaction", ACTIONS), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("words_hash", sa.LargeBinary(), nullable=True),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["force_member.id"], name=op.f("fk_force_event_member_id_force_member")
        ),
        sa.ForeignKeyConstraint(
            ["street_code"], ["force.street_code"], name=op.f("fk_force_event_street_code_force")
        ),
        sa.PrimaryKeyConstraint("street_code", "seq", name=op.f("pk_force_event")),
    )
    op.create_index("ix_force_event_member_id", "force_event", ["member_id"])
    op.create_table(
        "force_statement",
        sa.Column("street_code", CODE, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["street_code"],
            ["force.street_code"],
            name=op.f("fk_force_statement_street_code_force"),
        ),
        sa.PrimaryKeyConstraint("street_code", "seq", name=op.f("pk_force_statement")),
    )
    op.execute(
        "CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON force_event"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON force_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    for table in ("statement", "event", "mark", "day", "shift", "member"):
        op.drop_table(f"force_{table}")
    op.drop_table("force")
