"""lessons of routing name the ticket that taught them, and whose upheld objection they follow"""

import sqlalchemy as sa
from alembic import op

revision = "a417c05e2200"
down_revision = "d1702a6c4f10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "routing_lesson", sa.Column("ticket_number", sa.Text(collation="C"), nullable=True)
    )
    op.add_column("routing_lesson", sa.Column("teacher", sa.Text(collation="C"), nullable=True))
    op.create_index(
        op.f("ix_routing_lesson_ticket_number"),
        "routing_lesson",
        ["ticket_number"],
        postgresql_where=sa.text("ticket_number IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_routing_lesson_ticket_number"), "routing_lesson")
    op.drop_column("routing_lesson", "teacher")
    op.drop_column("routing_lesson", "ticket_number")
