"""what was corrected in a citizen's record, in rows of their own"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "1451c3d8f1a6"
down_revision = "a1461f7d3c50"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_citizen",
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("former", JSONB, nullable=False),
        sa.Column("corrected", JSONB, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("ticket_number", "seq", name="pk_former_citizen"),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name="fk_former_citizen_ticket_number_ticket"
        ),
    )


def downgrade() -> None:
    op.drop_table("former_citizen")
