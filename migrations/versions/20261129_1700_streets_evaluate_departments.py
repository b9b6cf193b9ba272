"""streets evaluate departments: books of evaluations, sealed performances, sections of a street"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d1700c5e93a8"
down_revision = "e1900b6d27f4"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.TIMESTAMP(timezone=True)
STEPS = ("mark", "appeal", "decide", "enter", "mark-unit")
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
INSERT_ONLY = ("evaluation_event", "performance_seal")


def one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "evaluation_book",
        sa.Column("term", CODE, nullable=False),
        sa.Column("owner_code", CODE, nullable=False),
        sa.Column("seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("link", sa.LargeBinary(), server_default=sa.text("''::bytea"), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_code"], ["office.code"], name=op.f("fk_evaluation_book_owner_code_office")
        ),
        sa.PrimaryKeyConstraint("term", "owner_code", name=op.f("pk_evaluation_book")),
    )
    op.create_table(
        "evaluation_event",
        sa.Column("term", CODE, nullable=False),
        sa.Column("owner_code", CODE, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", CODE, nullable=False),
        sa.Column("role", one_of("role", ROLES), nullable=False),
        sa.Column("office_code", CODE, nullable=True),
        sa.Column("action", one_of("step", STEPS), nullable=False),
        sa.Column("subject_code", CODE, nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("words_hash", sa.LargeBinary(), nullable=True),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["term", "owner_code"],
            ["evaluation_book.term", "evaluation_book.owner_code"],
            name=op.f("fk_evaluation_event_term_evaluation_book"),
        ),
        sa.PrimaryKeyConstraint("term", "owner_code", "seq", name=op.f("pk_evaluation_event")),
    )
    op.create_table(
        "evaluation_statement",
        sa.Column("term", CODE, nullable=False),
        sa.Column("owner_code", CODE, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("term", "owner_code", "seq", name=op.f("pk_evaluation_statement")),
    )
    op.create_table(
        "performance_seal",
        sa.Column("period", CODE, nullable=False),
        sa.Column("sealed_at", INSTANT, nullable=False),
        sa.Column("sealed_by", CODE, nullable=False),
        sa.Column("policy", CODE, nullable=False),
        sa.Column("policy_sha256", CODE, nullable=False),
        sa.Column("content_hash", CODE, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("lines_digest", CODE, nullable=False),
        sa.Column("former", CODE, nullable=True),
        sa.Column("former_hash", CODE, nullable=True),
        sa.Column("seal_hash", CODE, nullable=False),
        sa.ForeignKeyConstraint(
            ["former"],
            ["performance_seal.period"],
            name=op.f("fk_performance_seal_former_performance_seal"),
        ),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_performance_seal")),
    )
    op.create_table(
        "street_section",
        sa.Column("street_code", CODE, nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("updated_by", CODE, nullable=False),
        sa.ForeignKeyConstraint(
            ["street_code"], ["office.code"], name=op.f("fk_street_section_street_code_office")
        ),
        sa.PrimaryKeyConstraint("street_code", "code", name=op.f("pk_street_section")),
    )
    for table in INSERT_ONLY:
        op.execute(
            f"CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in (
        "street_section",
        "performance_seal",
        "evaluation_statement",
        "evaluation_event",
        "evaluation_book",
    ):
        op.drop_table(table)
