"""whistles, their summonses and events; what waits in inboxes beside tickets"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b1500a7c92de"
down_revision = "1451c3d8f1a6"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("CREATE SEQUENCE whistle_number")
    op.create_table(
        "errand",
        sa.Column("office_code", CODE, nullable=False),
        sa.Column("number", CODE, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("office_code", "number", "seq", name=op.f("pk_errand")),
    )
    op.create_index(
        "ix_errand_until", "errand", ["office_code", "until", "number", "seq"], unique=False
    )
    op.create_table(
        "whistle",
        sa.Column("number", CODE, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
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
                name="whistlestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.LargeBinary(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "enforcement",
                "emergency",
                "key_work",
                "beyond_duty",
                "appeal",
                name="whistlekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum(
                "w1",
                "w2",
                "w3",
                name="whistlelevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "ticket",
                "patrol",
                "community",
                "street",
                "signal",
                name="whistleorigin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("in_progress", sa.Boolean(), nullable=False),
        sa.Column("street_code", CODE, nullable=False),
        sa.Column("district_code", CODE, nullable=False),
        sa.Column("conductor", CODE, nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "street",
                "district",
                "city",
                "central",
                name="tier",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("meeting_point", sa.Text(), nullable=False),
        sa.Column("meeting_lon", sa.Double(), nullable=True),
        sa.Column("meeting_lat", sa.Double(), nullable=True),
        sa.Column("meet_at", INSTANT, nullable=True),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("blown_at", INSTANT, nullable=True),
        sa.Column("blower", CODE, nullable=True),
        sa.Column("confirm_due_at", INSTANT, nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("unconfirmed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("finish_due_at", INSTANT, nullable=True),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("fed_back_at", INSTANT, nullable=True),
        sa.Column("verified_at", INSTANT, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("returns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_due_at", INSTANT, nullable=True),
        sa.Column("imagined", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conductor"], ["office.code"], name=op.f("fk_whistle_conductor_office")
        ),
        sa.ForeignKeyConstraint(
            ["district_code"], ["office.code"], name=op.f("fk_whistle_district_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["street_code"], ["office.code"], name=op.f("fk_whistle_street_code_office")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_whistle")),
    )
    op.create_index("ix_whistle_created_at", "whistle", ["created_at", "number"], unique=False)
    op.create_index(
        "ix_whistle_next_due_at",
        "whistle",
        ["next_due_at"],
        unique=False,
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    op.create_index("ix_whistle_settled_at", "whistle", ["settled_at"], unique=False)
    op.create_table(
        "action_item",
        sa.Column("whistle_number", CODE, nullable=False),
        sa.Column("office_code", CODE, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("fed_back_at", INSTANT, nullable=True),
        sa.Column("verified_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_action_item_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["whistle_number"],
            ["whistle.number"],
            name=op.f("fk_action_item_whistle_number_whistle"),
        ),
        sa.PrimaryKeyConstraint(
            "whistle_number", "office_code", "seq", name=op.f("pk_action_item")
        ),
    )
    op.create_table(
        "attendance",
        sa.Column("whistle_number", CODE, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("office_code", CODE, nullable=False),
        sa.Column("came_at", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("by_code", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_attendance_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["whistle_number"],
            ["whistle.number"],
            name=op.f("fk_attendance_whistle_number_whistle"),
        ),
        sa.PrimaryKeyConstraint("whistle_number", "seq", name=op.f("pk_attendance")),
    )
    op.create_table(
        "sign_in_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("whistle_number", CODE, nullable=False),
        sa.Column("issued_by", CODE, nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("used_by", CODE, nullable=True),
        sa.ForeignKeyConstraint(
            ["used_by"], ["office.code"], name=op.f("fk_sign_in_code_used_by_office")
        ),
        sa.ForeignKeyConstraint(
            ["whistle_number"],
            ["whistle.number"],
            name=op.f("fk_sign_in_code_whistle_number_whistle"),
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_sign_in_code")),
    )
    op.create_index(
        op.f("ix_sign_in_code_whistle_number"), "sign_in_code", ["whistle_number"], unique=False
    )
    op.create_table(
        "summons",
        sa.Column("whistle_number", CODE, nullable=False),
        sa.Column("office_code", CODE, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "department",
                "peer",
                name="summonskind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "sent",
                "accepted",
                "arrived",
                "working",
                "fed_back",
                "released",
                "objected",
                "withdrawn_by_ruling",
                "absent",
                name="summonsstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("accept_due_at", INSTANT, nullable=True),
        sa.Column("arrive_due_at", INSTANT, nullable=True),
        sa.Column("object_until", INSTANT, nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("arrived_at", INSTANT, nullable=True),
        sa.Column("absent_at", INSTANT, nullable=True),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.Column("away", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("early_leave", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("next_at", INSTANT, nullable=True),
        sa.Column("missed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fed_back_at", INSTANT, nullable=True),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("objected_at", INSTANT, nullable=True),
        sa.Column("objection_due_at", INSTANT, nullable=True),
        sa.Column("objection_ground", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_summons_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["whistle_number"], ["whistle.number"], name=op.f("fk_summons_whistle_number_whistle")
        ),
        sa.PrimaryKeyConstraint("whistle_number", "office_code", name=op.f("pk_summons")),
    )
    op.create_index(
        "ix_summons_office_code", "summons", ["office_code", "whistle_number"], unique=False
    )
    op.create_table(
        "whistle_event",
        sa.Column("whistle_number", CODE, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("actor", CODE, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
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
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("office_code", CODE, nullable=True),
        sa.Column(
            "action",
            sa.Enum(
                "draft",
                "blow",
                "compose",
                "confirm",
                "cancel",
                "start",
                "join",
                "issue-code",
                "accept",
                "report-in",
                "feed-back",
                "leave",
                "release",
                "interim-release",
                "object",
                "rule-objection",
                "verify",
                "settle",
                "send-back",
                "escalate",
                "rule-false",
                "appeal",
                "evaluate",
                "lapse",
                "absent",
                "miss",
                name="whistleaction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "from_status",
            sa.Enum(
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
                name="from_whistlestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
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
                name="to_whistlestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("words_hash", sa.LargeBinary(), nullable=True),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["whistle_number"],
            ["whistle.number"],
            name=op.f("fk_whistle_event_whistle_number_whistle"),
        ),
        sa.PrimaryKeyConstraint("whistle_number", "seq", name=op.f("pk_whistle_event")),
    )
    op.create_index(
        "ix_whistle_event_at", "whistle_event", ["at"], unique=False, postgresql_using="brin"
    )
    op.create_table(
        "whistle_party",
        sa.Column("office_code", CODE, nullable=False),
        sa.Column("whistle_number", CODE, nullable=False),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_whistle_party_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["whistle_number"],
            ["whistle.number"],
            name=op.f("fk_whistle_party_whistle_number_whistle"),
        ),
        sa.PrimaryKeyConstraint("office_code", "whistle_number", name=op.f("pk_whistle_party")),
    )
    op.create_table(
        "whistle_statement",
        sa.Column("whistle_number", CODE, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["whistle_number"],
            ["whistle.number"],
            name=op.f("fk_whistle_statement_whistle_number_whistle"),
        ),
        sa.PrimaryKeyConstraint("whistle_number", "seq", name=op.f("pk_whistle_statement")),
    )
    op.create_table(
        "whistle_ticket",
        sa.Column("ticket_number", CODE, nullable=False),
        sa.Column("whistle_number", CODE, nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"],
            ["ticket.number"],
            name=op.f("fk_whistle_ticket_ticket_number_ticket"),
        ),
        sa.ForeignKeyConstraint(
            ["whistle_number"],
            ["whistle.number"],
            name=op.f("fk_whistle_ticket_whistle_number_whistle"),
        ),
        sa.PrimaryKeyConstraint("ticket_number", "whistle_number", name=op.f("pk_whistle_ticket")),
    )
    op.create_index(
        op.f("ix_whistle_ticket_whistle_number"), "whistle_ticket", ["whistle_number"], unique=False
    )
    op.execute(
        "CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON whistle_event"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON whistle_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_whistle_ticket_whistle_number"), table_name="whistle_ticket")
    op.drop_table("whistle_ticket")
    op.drop_table("whistle_statement")
    op.drop_table("whistle_party")
    op.drop_index("ix_whistle_event_at", table_name="whistle_event", postgresql_using="brin")
    op.drop_table("whistle_event")
    op.drop_index("ix_summons_office_code", table_name="summons")
    op.drop_table("summons")
    op.drop_index(op.f("ix_sign_in_code_whistle_number"), table_name="sign_in_code")
    op.drop_table("sign_in_code")
    op.drop_table("attendance")
    op.drop_table("action_item")
    op.drop_index("ix_whistle_settled_at", table_name="whistle")
    op.drop_index(
        "ix_whistle_next_due_at",
        table_name="whistle",
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    op.drop_index("ix_whistle_created_at", table_name="whistle")
    op.drop_table("whistle")
    op.drop_index("ix_errand_until", table_name="errand")
    op.drop_table("errand")
    op.execute("DROP SEQUENCE whistle_number")
