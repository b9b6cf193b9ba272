"""what a person at the console has set going, such as a simulation"""

import sqlalchemy as sa
from alembic import op

revision = "c0502e112480"
down_revision = "b2361d90a3f8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "console_job",
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("begun_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_console_job")),
    )


def downgrade() -> None:
    op.drop_table("console_job")
