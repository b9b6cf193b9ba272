"""keys expire and tell their last use; exports are on record; a secret has its mark"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c9e47d15b603"
down_revision = "b2c61f8a40d7"
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
CODE = sa.Text(collation="C")


def upgrade() -> None:
    op.add_column("key", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("key", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "secret_mark",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_secret_mark")),
    )
    op.create_table(
        "export",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caller", CODE, nullable=False),
        sa.Column(
            "role",
            sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("query", postgresql.JSONB(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_at", "export", ["at", "id"])


def downgrade() -> None:
    op.drop_table("export")
    op.drop_table("secret_mark")
    op.drop_column("key", "last_used_at")
    op.drop_column("key", "expires_at")
