"""a table that is insert-only is not emptied either"""

from alembic import op

revision = "c3a91f6d2b48"
down_revision = "b1f4d86a2c37"
branch_labels = None
depends_on = None

INSERT_ONLY = (
    "event",
    "assessment",
    "exclusion",
    "correction",
    "policy_document",
    "registry_version",
    "seal",
    "sealed_ranking",
    "sealed_facts",
)


def upgrade() -> None:
    for table in INSERT_ONLY:
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in INSERT_ONLY:
        op.execute(f"DROP TRIGGER never_emptied ON {table}")
