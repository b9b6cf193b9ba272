"""when a ticket's citizen, words and files were erased, and files whose bytes are still to go"""

import re

import sqlalchemy as sa
from alembic import op

revision = "d2440e1a5e06"
down_revision = "b2361d90a3f8"
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
    """NOT VALID: the events of before have no other action, and none need be read."""
    op.drop_constraint(op.f("ck_event_action"), "event", type_="check")
    listed = ", ".join(f"'{action}'" for action in actions)
    op.execute(
        f"ALTER TABLE event ADD CONSTRAINT ck_event_action CHECK (action IN ({listed})) NOT VALID"
    )


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
