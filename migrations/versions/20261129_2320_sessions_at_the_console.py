"""sessions of people at the console, each of a key"""

import sqlalchemy as sa
from alembic import op

revision = "c0502e112320"
down_revision = "a2340c1f0e51"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "console_session",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(collation="C"), nullable=False),
        sa.Column("began_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("idle_until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["key.id"], name=op.f("fk_console_session_key_id_key")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_console_session")),
    )
    op.create_index(op.f("ix_console_session_key_id"), "console_session", ["key_id"])


def downgrade() -> None:
    op.drop_table("console_session")
