"""days are hashed, seals rest on them; callbacks and contacts are insert-only, too"""

import sqlalchemy as sa
from alembic import op

revision = "e58a2c904b17"
down_revision = "d17f5b3c8a60"
branch_labels = None
depends_on = None

INSERT_ONLY = ("chain_day", "callback", "contact")


def upgrade() -> None:
    op.create_table(
        "chain_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("former_hash", sa.Text(), nullable=True),
        sa.Column("day_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_chain_day")),
    )
    op.add_column("seal", sa.Column("chain", sa.Text(collation="C"), nullable=True))
    for table in INSERT_ONLY:
        op.execute(
            f"CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_column("seal", "chain")
    for table in INSERT_ONLY[1:]:
        op.execute(f"DROP TRIGGER insert_only ON {table}")
        op.execute(f"DROP TRIGGER never_emptied ON {table}")
    op.drop_table("chain_day")
