"""what a person at the console has in hand for the moment"""

import sqlalchemy as sa
from alembic import op

revision = "c0502e112321"
down_revision = "c0502e112320"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "console_claim",
        sa.Column("thing", sa.Text(collation="C"), nullable=False),
        sa.Column("key_id", sa.Text(collation="C"), nullable=False),
        sa.Column("until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["key.id"], name=op.f("fk_console_claim_key_id_key")),
        sa.PrimaryKeyConstraint("thing", name=op.f("pk_console_claim")),
    )


def downgrade() -> None:
    op.drop_table("console_claim")
