"""when a ticket's citizen, words and files were erased, and files whose bytes are still to go"""

import re

import sqlalchemy as sa
from alembic import op

revision = "d2440e1a5e06"
down_revision = "c2400a1e7b55"
branch_labels = None
depends_on = None

ACTION = "erase"
CHECK = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = 'ck_event_action' AND conrelid = 'event'::regclass"
)


def admitted() -> list[str]:
    """The actions that the CHECK admits now."""
    return re.findall(r"'([^']+)'", op.get_bind().scalar(CHECK))


def admit(actions: list[str]) -> None:
    name = op.f("ck_event_action")
    op.drop_constraint(name, "event", type_="check")
    listed = ", ".join(f"'{action}'" for action in actions)
    op.create_check_constraint(name, "event", f"action IN ({listed})")


def upgrade() -> None:
    admit([*admitted(), ACTION])
    op.add_column("ticket", sa.Column("erased_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column(
        "attachment",
        sa.Column("erased", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(
        "ix_attachment_erased", "attachment", ["id"], postgresql_where=sa.text("erased")
    )
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])


def downgrade() -> None:
    op.drop_index("ix_attachment_sha256", table_name="attachment")
    op.drop_index("ix_attachment_erased", table_name="attachment")
    op.drop_column("attachment", "erased")
    op.drop_column("ticket", "erased_at")
    admit([action for action in admitted() if action != ACTION])
