"""The whole life: objections, extensions, holds, supervision, groups, exclusions, attachments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "59086de73a4e"
down_revision = "7b1f0c52a9de"
branch_labels = None
depends_on = None


INSERT_ONLY = ("exclusion", "correction")
ACTIONS = (
    *("receive", "route", "answer", "transfer", "decline", "ask", "add", "dispatch", "read"),
    *(
        "acknowledge",
        "contact",
        "note",
        "reply",
        "review",
        "callback",
        "withdraw",
        "void",
        "reveal",
    ),
    *("import", "expire", "pass_review", "force_callback", "send_to_rework"),
)
MORE_ACTIONS = (
    *("grade", "object", "rule-objection", "conclude", "request-extension", "decide-extension"),
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
    allow_actions(*ACTIONS, *MORE_ACTIONS)
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "media_type",
            sa.Enum(
                "image/jpeg",
                "image/png",
                "image/webp",
                "image/heic",
                "application/pdf",
                name="mediatype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("office_code", sa.Text(collation="C"), nullable=True),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_attachment_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint(
            "ticket_number", "sha256", name=op.f("uq_attachment_ticket_number_sha256")
        ),
    )
    op.create_table(
        "exclusion_request",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.Text(collation="C"), nullable=False),
        sa.Column("district_code", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "code",
            sa.Enum(
                "X1",
                "X2",
                "X3",
                "X4",
                "X5",
                "X6",
                name="exclusioncode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=True),
        sa.Column("reviewed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=True),
        sa.Column("flagged_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_exclusion_request_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"],
            ["ticket.number"],
            name=op.f("fk_exclusion_request_ticket_number_ticket"),
        ),
        sa.PrimaryKeyConstraint("ticket_number", name=op.f("pk_exclusion_request")),
    )
    op.create_table(
        "extension",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.Text(collation="C"), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("asked_until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("void_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_extension_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_extension_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", "seq", name=op.f("pk_extension")),
    )
    op.create_index(op.f("ix_extension_office_code"), "extension", ["office_code"], unique=False)
    op.create_table(
        "hold",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "reason_code",
            sa.Enum(
                "planning",
                "funds",
                "law",
                "history",
                name="holdreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum(
                "street",
                "district",
                "city",
                name="holdlevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("review_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("milestones", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("district_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("held_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("refused_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_hold_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_hold_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", "seq", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_office_code"), "hold", ["office_code"], unique=False)
    op.create_table(
        "objection",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("dispatch_seq", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "not_my_area",
                "not_my_duty",
                "department_duty",
                "duplicate",
                "not_acceptable",
                "info_wrong",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_office", sa.Text(collation="C"), nullable=True),
        sa.Column("raised_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "ruling",
            sa.Enum(
                "uphold",
                "reject",
                "duplicate",
                "not_acceptable",
                "info_wrong",
                "consult",
                name="ruling",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("ruled_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("by_silence", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_objection_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_office"], ["office.code"], name=op.f("fk_objection_proposed_office_office")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_objection_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", "seq", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_office_code"), "objection", ["office_code"], unique=False)
    op.create_table(
        "supervision",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "district",
                "city",
                name="supervisionlevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("issuer", sa.Text(collation="C"), nullable=False),
        sa.Column("issued_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("answer_due_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("answered_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answer_seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_supervision_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", "seq", name=op.f("pk_supervision")),
    )
    op.create_table(
        "correction",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("callback_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "reach",
            sa.Enum(
                "reached",
                "unreached",
                "refused",
                "wrong_number",
                "anonymous",
                name="reach",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "contacted",
            sa.Enum(
                "yes",
                "no",
                "unsure",
                name="contacted",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "resolved",
            sa.Enum(
                "resolved",
                "partly",
                "unresolved",
                "no_answer",
                name="resolved",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "satisfied",
            sa.Enum(
                "very",
                "satisfied",
                "basic",
                "dissatisfied",
                "very_dissatisfied",
                "no_answer",
                name="satisfied",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("corrected_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callback.id"], name=op.f("fk_correction_callback_id_callback")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_correction_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", name=op.f("pk_correction")),
    )
    op.create_table(
        "dispute",
        sa.Column("callback_id", sa.BigInteger(), nullable=False),
        sa.Column("office_code", sa.Text(collation="C"), nullable=False),
        sa.Column("raised_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("heard_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callback.id"], name=op.f("fk_dispute_callback_id_callback")
        ),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_dispute_office_code_office")
        ),
        sa.PrimaryKeyConstraint("callback_id", name=op.f("pk_dispute")),
    )
    op.add_column("citizen", sa.Column("phone_hash", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_citizen_phone_hash",
        "citizen",
        ["phone_hash", "ticket_number"],
        unique=False,
        postgresql_where=sa.text("phone_hash IS NOT NULL"),
    )
    op.create_index(
        "ix_dispatch_dispatched_at",
        "dispatch",
        ["dispatched_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_index(
        "ix_dispatch_due_at", "dispatch", ["due_at"], unique=False, postgresql_using="brin"
    )
    op.create_index("ix_event_at", "event", ["at"], unique=False, postgresql_using="brin")
    op.add_column("request", sa.Column("place_key", sa.Text(collation="C"), nullable=True))
    op.create_index(
        "ix_request_place_key",
        "request",
        ["place_key", "ticket_number"],
        unique=False,
        postgresql_where=sa.text("place_key IS NOT NULL"),
    )
    op.add_column("ticket", sa.Column("asked_of", sa.Text(collation="C"), nullable=True))
    op.add_column("ticket", sa.Column("asked_until", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column(
        "ticket",
        sa.Column("supervised", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("ticket", sa.Column("interim_office", sa.Text(collation="C"), nullable=True))
    op.add_column(
        "ticket",
        sa.Column("objectors", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("ticket", sa.Column("upheld", sa.Integer(), server_default="0", nullable=False))
    op.add_column("ticket", sa.Column("objection_district", sa.Text(collation="C"), nullable=True))
    op.add_column(
        "ticket",
        sa.Column(
            "objection_locked", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column("ticket", sa.Column("taught", sa.Text(collation="C"), nullable=True))
    op.add_column(
        "ticket",
        sa.Column(
            "asks_extension",
            sa.Enum(
                "operator",
                "dispatcher",
                "callback",
                "supervisor",
                "panel",
                "interim",
                "lead",
                "joint",
                "chief",
                "queue",
                "district",
                name="asks_extension",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "ticket",
        sa.Column(
            "asks_hold",
            sa.Enum(
                "operator",
                "dispatcher",
                "callback",
                "supervisor",
                "panel",
                "interim",
                "lead",
                "joint",
                "chief",
                "queue",
                "district",
                name="asks_hold",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "ticket", sa.Column("extensions", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("ticket", sa.Column("extended_from", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("review_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("due_left", sa.Interval(), nullable=True))
    op.add_column("ticket", sa.Column("renewals", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "ticket",
        sa.Column("warned", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("ticket", sa.Column("members", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "ticket", sa.Column("called", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_index(
        "ix_ticket_asked",
        "ticket",
        ["asked_of", "asked_until", "number"],
        unique=False,
        postgresql_where=sa.text("asked_of IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_closed_at", "ticket", ["closed_at"], unique=False, postgresql_using="brin"
    )
    op.create_index(
        "ix_ticket_lat",
        "ticket",
        ["lat", "lon"],
        unique=False,
        postgresql_where=sa.text("lat IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_merged_into",
        "ticket",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_repeat_of",
        "ticket",
        ["repeat_of"],
        unique=False,
        postgresql_where=sa.text("repeat_of IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_volume",
        "ticket",
        ["street_code", "type", "received_at"],
        unique=False,
        postgresql_where=sa.text(
            "status NOT IN ('answered', 'not_accepted', 'transferred', 'void')"
        ),
    )
    op.create_foreign_key(
        op.f("fk_ticket_interim_office_office"), "ticket", "office", ["interim_office"], ["code"]
    )
    op.create_foreign_key(
        op.f("fk_ticket_objection_district_office"),
        "ticket",
        "office",
        ["objection_district"],
        ["code"],
    )
    op.create_foreign_key(
        op.f("fk_ticket_asked_of_office"), "ticket", "office", ["asked_of"], ["code"]
    )
    for table in INSERT_ONLY:
        op.execute(
            f"CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    allow_actions(*ACTIONS)
    op.execute("DROP TRIGGER insert_only ON exclusion")
    op.drop_constraint(op.f("fk_ticket_asked_of_office"), "ticket", type_="foreignkey")
    op.drop_constraint(op.f("fk_ticket_objection_district_office"), "ticket", type_="foreignkey")
    op.drop_constraint(op.f("fk_ticket_interim_office_office"), "ticket", type_="foreignkey")
    op.drop_index(
        "ix_ticket_volume",
        table_name="ticket",
        postgresql_where=sa.text(
            "status NOT IN ('answered', 'not_accepted', 'transferred', 'void')"
        ),
    )
    op.drop_index(
        "ix_ticket_repeat_of",
        table_name="ticket",
        postgresql_where=sa.text("repeat_of IS NOT NULL"),
    )
    op.drop_index(
        "ix_ticket_merged_into",
        table_name="ticket",
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.drop_index("ix_ticket_lat", table_name="ticket", postgresql_where=sa.text("lat IS NOT NULL"))
    op.drop_index("ix_ticket_closed_at", table_name="ticket", postgresql_using="brin")
    op.drop_index(
        "ix_ticket_asked", table_name="ticket", postgresql_where=sa.text("asked_of IS NOT NULL")
    )
    op.drop_column("ticket", "called")
    op.drop_column("ticket", "members")
    op.drop_column("ticket", "warned")
    op.drop_column("ticket", "renewals")
    op.drop_column("ticket", "due_left")
    op.drop_column("ticket", "review_at")
    op.drop_column("ticket", "extended_from")
    op.drop_column("ticket", "extensions")
    op.drop_column("ticket", "asks_hold")
    op.drop_column("ticket", "asks_extension")
    op.drop_column("ticket", "taught")
    op.drop_column("ticket", "objection_locked")
    op.drop_column("ticket", "objection_district")
    op.drop_column("ticket", "upheld")
    op.drop_column("ticket", "objectors")
    op.drop_column("ticket", "interim_office")
    op.drop_column("ticket", "supervised")
    op.drop_column("ticket", "asked_until")
    op.drop_column("ticket", "asked_of")
    op.drop_index(
        "ix_request_place_key",
        table_name="request",
        postgresql_where=sa.text("place_key IS NOT NULL"),
    )
    op.drop_column("request", "place_key")
    op.drop_index("ix_event_at", table_name="event", postgresql_using="brin")
    op.drop_index("ix_dispatch_due_at", table_name="dispatch", postgresql_using="brin")
    op.drop_index("ix_dispatch_dispatched_at", table_name="dispatch", postgresql_using="brin")
    op.drop_index(
        "ix_citizen_phone_hash",
        table_name="citizen",
        postgresql_where=sa.text("phone_hash IS NOT NULL"),
    )
    op.drop_column("citizen", "phone_hash")
    op.drop_table("dispute")
    op.drop_table("correction")
    op.drop_table("supervision")
    op.drop_index(op.f("ix_objection_office_code"), table_name="objection")
    op.drop_table("objection")
    op.drop_index(op.f("ix_hold_office_code"), table_name="hold")
    op.drop_table("hold")
    op.drop_index(op.f("ix_extension_office_code"), table_name="extension")
    op.drop_table("extension")
    op.drop_table("exclusion_request")
    op.drop_table("attachment")
