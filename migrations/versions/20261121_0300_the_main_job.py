"""The main job: offices, keys, tickets, feed, callbacks and what rankings count."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9b317e24e52c"
down_revision = None
branch_labels = None
depends_on = None


INSERT_ONLY = ("event", "assessment", "exclusion", "correction", "policy_document")


def upgrade() -> None:
    op.execute("CREATE SEQUENCE ticket_number AS bigint CACHE 50")
    op.create_table(
        "district",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_district")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("caller", sa.Text(collation="C"), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "path", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_at"), "idempotency_key", ["at"], unique=False)
    op.create_table(
        "policy_document",
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("effective_from", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_policy_document")),
    )
    op.create_table(
        "seed_file",
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("seeded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_seed_file")),
    )
    op.create_table(
        "office",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "city_centre",
                "district_centre",
                "street",
                "township",
                "district_dept",
                "city_dept",
                "branch",
                "enterprise",
                "central",
                name="officekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("district_code", sa.Text(collation="C"), nullable=True),
        sa.Column("parent_code", sa.Text(collation="C"), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_code"], ["district.code"], name=op.f("fk_office_district_code_district")
        ),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["office.code"], name=op.f("fk_office_parent_code_office")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_office")),
    )
    op.create_index(op.f("ix_office_district_code"), "office", ["district_code"], unique=False)
    op.create_index(op.f("ix_office_kind"), "office", ["kind"], unique=False)
    op.create_table(
        "category",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "urgency",
            sa.Enum(
                "L1",
                "L2",
                "L3",
                "L4",
                name="urgency",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "target_kind",
            sa.Enum(
                "street",
                "district_dept",
                "city_dept",
                "enterprise",
                "district_centre",
                name="targetkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("target", sa.Text(collation="C"), nullable=False),
        sa.Column("joint", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("department_duty", sa.Boolean(), nullable=False),
        sa.Column("industry_office", sa.Text(collation="C"), nullable=False),
        sa.Column("goals", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "season",
            sa.Enum(
                "heating",
                "flood",
                "enrolment",
                "wages",
                name="season",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("marks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["industry_office"], ["office.code"], name=op.f("fk_category_industry_office_office")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category")),
    )
    op.create_table(
        "feed_entry",
        sa.Column("office_code", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=True),
        sa.Column("whistle_number", sa.Text(collation="C"), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_feed_entry_office_code_office")
        ),
        sa.PrimaryKeyConstraint("office_code", "seq", name=op.f("pk_feed_entry")),
    )
    op.create_table(
        "feed_head",
        sa.Column("office_code", sa.Text(collation="C"), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_feed_head_office_code_office")
        ),
        sa.PrimaryKeyConstraint("office_code", name=op.f("pk_feed_head")),
    )
    op.create_table(
        "key",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
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
            nullable=False,
        ),
        sa.Column("office_code", sa.Text(collation="C"), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(collation="C"), nullable=False),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(collation="C"), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_key_office_code_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key")),
        sa.UniqueConstraint("hash", name=op.f("uq_key_hash")),
    )
    op.create_table(
        "office_name",
        sa.Column("office_code", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "official",
                "statistical",
                "alias",
                "former",
                "variant",
                "office",
                "truncated",
                "stem",
                name="namekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_office_name_office_code_office")
        ),
        sa.PrimaryKeyConstraint("office_code", "kind", "name", name=op.f("pk_office_name")),
    )
    op.create_table(
        "place",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("street_code", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "community",
                "village",
                name="placekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["street_code"], ["office.code"], name=op.f("fk_place_street_code_office")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_place")),
    )
    op.create_index(op.f("ix_place_street_code"), "place", ["street_code"], unique=False)
    op.create_table(
        "catalogue_rule",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("category", sa.Text(collation="C"), nullable=False),
        sa.Column("subjects", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("keywords", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "target_kind",
            sa.Enum(
                "street",
                "district_dept",
                "city_dept",
                "enterprise",
                "district_centre",
                name="targetkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("target", sa.Text(collation="C"), nullable=False),
        sa.Column("joint", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("department_duty", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category"], ["category.code"], name=op.f("fk_catalogue_rule_category_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_rule")),
    )
    op.create_table(
        "ticket",
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "received",
                "need_info",
                "to_dispatch",
                "dispatched",
                "acknowledged",
                "in_progress",
                "objected",
                "consulting",
                "replied",
                "awaiting_callback",
                "rework",
                "on_hold",
                "closed",
                "answered",
                "transferred",
                "not_accepted",
                "merged",
                "withdrawn",
                "void",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "phone",
                "wechat",
                "app",
                "web",
                "weibo",
                "media",
                "opinion",
                "p110",
                "superior",
                "patrol",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "type",
            sa.Enum(
                "consult",
                "help",
                "complaint",
                "report",
                "suggest",
                "praise",
                name="tickettype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("category", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "urgency",
            sa.Enum(
                "L1",
                "L2",
                "L3",
                "L4",
                name="urgency",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("district_code", sa.Text(collation="C"), nullable=True),
        sa.Column("street_code", sa.Text(collation="C"), nullable=True),
        sa.Column("community_code", sa.Text(collation="C"), nullable=True),
        sa.Column("office_code", sa.Text(collation="C"), nullable=True),
        sa.Column("queue", sa.Text(collation="C"), nullable=True),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("dispatched_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("contacted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("replied_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("assessed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("closed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("acknowledge_due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("contact_due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("callback_due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("next_due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("waits_for", sa.Text(collation="C"), nullable=True),
        sa.Column("waits_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("asked_of", sa.Text(collation="C"), nullable=True),
        sa.Column("asked_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("forced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("doubted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("supervised", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("interim_office", sa.Text(collation="C"), nullable=True),
        sa.Column("objectors", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("upheld", sa.Integer(), server_default="0", nullable=False),
        sa.Column("objection_district", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "objection_locked", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
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
        sa.Column("extensions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("extended_from", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("review_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("due_left", sa.Interval(), nullable=True),
        sa.Column("renewals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("warned", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("returns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reworks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatches", sa.Integer(), server_default="0", nullable=False),
        sa.Column("urged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("excluded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("merged_into", sa.Text(collation="C"), nullable=True),
        sa.Column("members", sa.Integer(), server_default="0", nullable=False),
        sa.Column("called", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("repeat_of", sa.Text(collation="C"), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_of"], ["office.code"], name=op.f("fk_ticket_asked_of_office")
        ),
        sa.ForeignKeyConstraint(
            ["category"], ["category.code"], name=op.f("fk_ticket_category_category")
        ),
        sa.ForeignKeyConstraint(
            ["district_code"], ["office.code"], name=op.f("fk_ticket_district_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["interim_office"], ["office.code"], name=op.f("fk_ticket_interim_office_office")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["ticket.number"], name=op.f("fk_ticket_merged_into_ticket")
        ),
        sa.ForeignKeyConstraint(
            ["objection_district"],
            ["office.code"],
            name=op.f("fk_ticket_objection_district_office"),
        ),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_ticket_office_code_office")
        ),
        sa.ForeignKeyConstraint(["queue"], ["office.code"], name=op.f("fk_ticket_queue_office")),
        sa.ForeignKeyConstraint(
            ["repeat_of"], ["ticket.number"], name=op.f("fk_ticket_repeat_of_ticket")
        ),
        sa.ForeignKeyConstraint(
            ["street_code"], ["office.code"], name=op.f("fk_ticket_street_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["waits_for"], ["office.code"], name=op.f("fk_ticket_waits_for_office")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ticket")),
    )
    op.create_index(
        "ix_ticket_asked",
        "ticket",
        ["asked_of", "asked_until", "number"],
        unique=False,
        postgresql_where=sa.text("asked_of IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_callback",
        "ticket",
        ["callback_due_at", "number"],
        unique=False,
        postgresql_where=sa.text("callback_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_district_code",
        "ticket",
        ["district_code", "received_at", "number"],
        unique=False,
    )
    op.create_index(
        "ix_ticket_external_id",
        "ticket",
        ["external_id"],
        unique=False,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_inbox",
        "ticket",
        ["waits_for", "waits_until", "number"],
        unique=False,
        postgresql_where=sa.text("waits_for IS NOT NULL"),
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
        "ix_ticket_next_due_at",
        "ticket",
        ["next_due_at"],
        unique=False,
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_office_code", "ticket", ["office_code", "received_at", "number"], unique=False
    )
    op.create_index(
        "ix_ticket_on_hold",
        "ticket",
        ["office_code"],
        unique=False,
        postgresql_where=sa.text("status = 'on_hold'"),
    )
    op.create_index(
        "ix_ticket_received_at",
        "ticket",
        ["received_at", "number"],
        unique=False,
        postgresql_include=["street_code", "type", "status"],
    )
    op.create_index("ix_ticket_updated_at", "ticket", ["updated_at", "number"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("office_code", sa.Text(collation="C"), nullable=False),
        sa.Column("district_code", sa.Text(collation="C"), nullable=True),
        sa.Column("industry_office", sa.Text(collation="C"), nullable=True),
        sa.Column("category", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "type",
            sa.Enum(
                "consult",
                "help",
                "complaint",
                "report",
                "suggest",
                "praise",
                name="tickettype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "phone",
                "wechat",
                "app",
                "web",
                "weibo",
                "media",
                "opinion",
                "p110",
                "superior",
                "patrol",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "urgency",
            sa.Enum(
                "L1",
                "L2",
                "L3",
                "L4",
                name="urgency",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("merge_group", sa.Text(collation="C"), nullable=True),
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
        sa.Column("contact_ok", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("assessed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.SmallInteger(),
            sa.Computed(
                "(((0 << 4 | coalesce(array_position(ARRAY['consult', 'help', 'complaint', 'report', 'suggest', 'praise'], type::text), 0)) << 5 | coalesce(array_position(ARRAY['phone', 'wechat', 'app', 'web', 'weibo', 'media', 'opinion', 'p110', 'superior', 'patrol'], channel::text), 0)) << 1 | anonymous::int)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.SmallInteger(),
            sa.Computed(
                "((((((0 << 3 | coalesce(array_position(ARRAY['reached', 'unreached', 'refused', 'wrong_number', 'anonymous'], reach::text), 0)) << 3 | coalesce(array_position(ARRAY['yes', 'no', 'unsure'], contacted::text), 0)) << 3 | coalesce(array_position(ARRAY['resolved', 'partly', 'unresolved', 'no_answer'], resolved::text), 0)) << 3 | coalesce(array_position(ARRAY['very', 'satisfied', 'basic', 'dissatisfied', 'very_dissatisfied', 'no_answer'], satisfied::text), 0)) << 1 | contact_ok::int) << 1 | late::int)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_assessment_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_assessment_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", name=op.f("pk_assessment")),
    )
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
        "callback",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
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
        sa.Column("reasonable", sa.Boolean(), nullable=True),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_callback_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
    )
    op.create_index(
        "ix_callback_ticket_number", "callback", ["ticket_number", "cycle", "attempt"], unique=False
    )
    op.create_table(
        "citizen",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_citizen_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", name=op.f("pk_citizen")),
    )
    op.create_index(
        "ix_citizen_phone_hash",
        "citizen",
        ["phone_hash", "ticket_number"],
        unique=False,
        postgresql_where=sa.text("phone_hash IS NOT NULL"),
    )
    op.create_table(
        "contact",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("dispatch_seq", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "call",
                "visit",
                "message",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_contact_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_contact_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", "seq", name=op.f("pk_contact")),
    )
    op.create_table(
        "dispatch",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "joint",
                "informed",
                name="dispatchrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("dispatched_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("acknowledge_due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("contact_due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("contacted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("read_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_dispatch_office_code_office")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_dispatch_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", "seq", "office_code", name=op.f("pk_dispatch")),
    )
    op.create_index(
        "ix_dispatch_office_code",
        "dispatch",
        ["office_code", "ticket_number"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_dispatch_lead",
        "dispatch",
        ["ticket_number"],
        unique=True,
        postgresql_where=sa.text("role = 'lead' AND ended_at IS NULL"),
    )
    op.create_table(
        "event",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("actor", sa.Text(collation="C"), nullable=False),
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
        sa.Column("office_code", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "action",
            sa.Enum(
                "receive",
                "route",
                "answer",
                "transfer",
                "decline",
                "ask",
                "add",
                "dispatch",
                "read",
                "acknowledge",
                "contact",
                "note",
                "reply",
                "review",
                "callback",
                "withdraw",
                "void",
                "reveal",
                "grade",
                "object",
                "rule-objection",
                "conclude",
                "request-extension",
                "decide-extension",
                "request-hold",
                "decide-hold",
                "resume",
                "urge",
                "supervise",
                "merge",
                "unmerge",
                "adopt",
                "let_go",
                "request-exclusion",
                "review-exclusion",
                "decide-exclusion",
                "dispute",
                "correct",
                "attach",
                "warn",
                "escalate",
                "consult",
                "reject_objection",
                "refuse_extension",
                "void_extension",
                "end_hold",
                "expire",
                "pass_review",
                "force_callback",
                "send_to_rework",
                "skip_callback",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "from_status",
            sa.Enum(
                "received",
                "need_info",
                "to_dispatch",
                "dispatched",
                "acknowledged",
                "in_progress",
                "objected",
                "consulting",
                "replied",
                "awaiting_callback",
                "rework",
                "on_hold",
                "closed",
                "answered",
                "transferred",
                "not_accepted",
                "merged",
                "withdrawn",
                "void",
                name="from_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
                "received",
                "need_info",
                "to_dispatch",
                "dispatched",
                "acknowledged",
                "in_progress",
                "objected",
                "consulting",
                "replied",
                "awaiting_callback",
                "rework",
                "on_hold",
                "closed",
                "answered",
                "transferred",
                "not_accepted",
                "merged",
                "withdrawn",
                "void",
                name="to_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_event_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", "seq", name=op.f("pk_event")),
    )
    op.create_table(
        "exclusion",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
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
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_exclusion_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", name=op.f("pk_exclusion")),
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
        "request",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("place_key", sa.Text(collation="C"), nullable=True),
        sa.Column("said_district", sa.Text(collation="C"), nullable=True),
        sa.Column("route", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_request_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", name=op.f("pk_request")),
    )
    op.create_index(
        "ix_request_place_key",
        "request",
        ["place_key", "ticket_number"],
        unique=False,
        postgresql_where=sa.text("place_key IS NOT NULL"),
    )
    op.create_table(
        "statement",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_statement_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", "seq", name=op.f("pk_statement")),
    )
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

    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'table % is insert-only', TG_TABLE_NAME;
        END $$
        """
    )
    for table in INSERT_ONLY:
        op.execute(
            f"CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("dispute")
    op.drop_table("correction")
    op.drop_table("supervision")
    op.drop_table("statement")
    op.drop_index(
        "ix_request_place_key",
        table_name="request",
        postgresql_where=sa.text("place_key IS NOT NULL"),
    )
    op.drop_table("request")
    op.drop_index(op.f("ix_objection_office_code"), table_name="objection")
    op.drop_table("objection")
    op.drop_index(op.f("ix_hold_office_code"), table_name="hold")
    op.drop_table("hold")
    op.drop_index(op.f("ix_extension_office_code"), table_name="extension")
    op.drop_table("extension")
    op.drop_table("exclusion_request")
    op.drop_table("exclusion")
    op.drop_table("event")
    op.drop_index(
        "uq_dispatch_lead",
        table_name="dispatch",
        postgresql_where=sa.text("role = 'lead' AND ended_at IS NULL"),
    )
    op.drop_index(
        "ix_dispatch_office_code",
        table_name="dispatch",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("dispatch")
    op.drop_table("contact")
    op.drop_index(
        "ix_citizen_phone_hash",
        table_name="citizen",
        postgresql_where=sa.text("phone_hash IS NOT NULL"),
    )
    op.drop_table("citizen")
    op.drop_index("ix_callback_ticket_number", table_name="callback")
    op.drop_table("callback")
    op.drop_table("attachment")
    op.drop_table("assessment")
    op.drop_index("ix_ticket_updated_at", table_name="ticket")
    op.drop_index(
        "ix_ticket_received_at",
        table_name="ticket",
        postgresql_include=["street_code", "type", "status"],
    )
    op.drop_index(
        "ix_ticket_on_hold", table_name="ticket", postgresql_where=sa.text("status = 'on_hold'")
    )
    op.drop_index("ix_ticket_office_code", table_name="ticket")
    op.drop_index(
        "ix_ticket_next_due_at",
        table_name="ticket",
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_ticket_merged_into",
        table_name="ticket",
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.drop_index("ix_ticket_lat", table_name="ticket", postgresql_where=sa.text("lat IS NOT NULL"))
    op.drop_index(
        "ix_ticket_inbox", table_name="ticket", postgresql_where=sa.text("waits_for IS NOT NULL")
    )
    op.drop_index(
        "ix_ticket_external_id",
        table_name="ticket",
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.drop_index("ix_ticket_district_code", table_name="ticket")
    op.drop_index(
        "ix_ticket_callback",
        table_name="ticket",
        postgresql_where=sa.text("callback_due_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_ticket_asked", table_name="ticket", postgresql_where=sa.text("asked_of IS NOT NULL")
    )
    op.drop_table("ticket")
    op.drop_table("catalogue_rule")
    op.drop_index(op.f("ix_place_street_code"), table_name="place")
    op.drop_table("place")
    op.drop_table("office_name")
    op.drop_table("key")
    op.drop_table("feed_head")
    op.drop_table("feed_entry")
    op.drop_table("category")
    op.drop_index(op.f("ix_office_kind"), table_name="office")
    op.drop_index(op.f("ix_office_district_code"), table_name="office")
    op.drop_table("office")
    op.drop_table("seed_file")
    op.drop_table("policy_document")
    op.drop_index(op.f("ix_idempotency_key_at"), table_name="idempotency_key")
    op.drop_table("idempotency_key")
    op.drop_table("district")
    op.execute("DROP FUNCTION refuse_change")
    op.execute("DROP SEQUENCE ticket_number")
