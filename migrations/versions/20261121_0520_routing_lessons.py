"""What confirmed dispatches teach routing."""

import sqlalchemy as sa
from alembic import op

revision = "7b1f0c52a9de"
down_revision = "4dcc89c53c79"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "routing_lesson",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "transaction",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text::bigint)"),
            nullable=False,
        ),
        sa.Column(
            "lesson",
            sa.Enum(
                "confirm",
                "withdraw",
                "forget",
                name="lesson",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("district_code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("street_code", sa.Text(collation="C"), nullable=False),
        sa.Column("taught_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["street_code"],
            ["office.code"],
            name=op.f("fk_routing_lesson_street_code_office"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_lesson")),
    )
    op.create_index(
        op.f("ix_routing_lesson_transaction_id"),
        "routing_lesson",
        ["transaction", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_routing_lesson_district_code_name"),
        "routing_lesson",
        ["district_code", "name"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("routing_lesson")
