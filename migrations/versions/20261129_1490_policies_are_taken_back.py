"""a policy document that governed no case may change or be taken back: its record is a list"""

import sqlalchemy as sa
from alembic import op

revision = "a7d05c3e91f4"
down_revision = "a3f71c5e2d84"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "policy_document",
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.drop_constraint("pk_policy_document", "policy_document")
    op.create_primary_key("pk_policy_document", "policy_document", ["name", "recorded_at"])


def downgrade() -> None:
    op.drop_constraint("pk_policy_document", "policy_document")
    op.create_primary_key("pk_policy_document", "policy_document", ["name"])
    op.drop_column("policy_document", "withdrawn")
