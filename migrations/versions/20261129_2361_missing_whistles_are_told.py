"""missing whistles are told, and stay on record"""

import sqlalchemy as sa
from alembic import op

revision = "b2361d90a3f8"
down_revision = "c0502e112321"
branch_labels = None
depends_on = None

AT = sa.TIMESTAMP(timezone=True)
CODE = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "missing_whistle",
        sa.Column("street_code", CODE, nullable=False),
        sa.Column("category", CODE, nullable=False),
        sa.Column("place", CODE, nullable=False),
        sa.Column("seen_at", AT, nullable=False),
        sa.Column("over_at", AT, nullable=True),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["street_code"], ["office.code"], name=op.f("fk_missing_whistle_street_code_office")
        ),
        sa.PrimaryKeyConstraint(
            "street_code", "category", "place", "seen_at", name=op.f("pk_missing_whistle")
        ),
    )
    op.create_index(
        "uq_missing_whistle_open",
        "missing_whistle",
        ["street_code", "category", "place"],
        unique=True,
        postgresql_where=sa.text("over_at IS NULL"),
    )
    op.create_index("ix_missing_whistle_seen_at", "missing_whistle", ["seen_at"])


def downgrade() -> None:
    op.drop_table("missing_whistle")
