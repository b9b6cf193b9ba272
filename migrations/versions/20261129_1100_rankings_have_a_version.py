"""in which state each table is that rankings are made from"""

import sqlalchemy as sa
from alembic import op

revision = "b7d3f2a95c18"
down_revision = "a4c81e6f0d37"
branch_labels = None
depends_on = None

# Any row of the table's may take the new version, so a writer takes one that no other holds. A
# transaction with an older snapshot might find its row changed since, and makes one of its own.
FUNCTION = """
CREATE FUNCTION table_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') = 'read committed' THEN
        UPDATE table_version SET version = gen_random_uuid() WHERE id = (
            SELECT id FROM table_version WHERE name = TG_TABLE_NAME
            LIMIT 1 FOR UPDATE SKIP LOCKED
        );
        IF FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO table_version (name, version) VALUES (TG_TABLE_NAME, gen_random_uuid());
    RETURN NULL;
END $$
"""
TICKET = "ticket"
INSERT_ONLY = (
    "assessment",
    "exclusion",
    "correction",
    "seal",
    "sealed_ranking",
    "registry_version",
)
NOT_TAKEN = "('answered', 'not_accepted', 'transferred', 'void')"
MOVED = f"""
CREATE TRIGGER version_moved AFTER UPDATE ON ticket FOR EACH ROW
WHEN (OLD.street_code IS DISTINCT FROM NEW.street_code
    OR OLD.office_code IS DISTINCT FROM NEW.office_code
    OR OLD.district_code IS DISTINCT FROM NEW.district_code
    OR OLD.category IS DISTINCT FROM NEW.category
    OR OLD.status IN {NOT_TAKEN} <> NEW.status IN {NOT_TAKEN}
    OR (OLD.status = 'on_hold') <> (NEW.status = 'on_hold')
    OR OLD.type <> NEW.type
    OR OLD.received_at <> NEW.received_at)
EXECUTE FUNCTION table_changed()
"""


def upgrade() -> None:
    op.create_table(
        "table_version",
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("version", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_table_version")),
    )
    op.execute(FUNCTION)
    for table in (TICKET, *INSERT_ONLY):
        op.execute(
            f"INSERT INTO table_version (name, version) VALUES ('{table}', gen_random_uuid())"
        )
        acts = "INSERT OR DELETE OR TRUNCATE" + ("" if table == TICKET else " OR UPDATE")
        op.execute(
            f"CREATE TRIGGER version_changed AFTER {acts} ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION table_changed()"
        )
        # also where other triggers are put aside: who changes rows by force changes rankings
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER version_changed")
    op.execute(MOVED)
    op.execute("ALTER TABLE ticket ENABLE ALWAYS TRIGGER version_moved")


def downgrade() -> None:
    op.execute("DROP TRIGGER version_moved ON ticket")
    for table in (TICKET, *INSERT_ONLY):
        op.execute(f"DROP TRIGGER version_changed ON {table}")
    op.execute("DROP FUNCTION table_changed()")
    op.drop_table("table_version")
