"""days tallied: what finished days add up to, and triggers that say which of them changed since"""

import sqlalchemy as sa
from alembic import op

revision = "e2b7c94d1a60"
down_revision = "e5a7c0d42b18"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE FUNCTION day_in_beijing(instant timestamptz) RETURNS date IMMUTABLE LANGUAGE sql
RETURN (instant AT TIME ZONE INTERVAL '8 hours')::date;

-- Whoever counts a day holds its slot alone; who changes it shares it until the end. Slots are
-- fewer than days, so that a change of any span takes a bounded number of locks.
CREATE FUNCTION day_slot(day date) RETURNS integer IMMUTABLE LANGUAGE sql
RETURN (day - DATE '2000-01-01') % 64;

CREATE FUNCTION day_changed(name text, columns text[], at date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext(name), day_slot(at));
    IF current_setting('transaction_isolation') = 'read committed' THEN
        INSERT INTO changed_day (source, day, counted_by)
        SELECT source, day, counted_by FROM tallied_day
        WHERE source = name AND day = at AND counted_by = ANY (columns)
        EXCEPT
        SELECT source, day, counted_by FROM changed_day WHERE source = name AND day = at;
    ELSE  -- its snapshot may be older than what is kept
        INSERT INTO changed_day (source, day, counted_by) SELECT name, at, unnest(columns);
    END IF;
END $$;

CREATE FUNCTION assessments_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM day_changed('assessment', '{office_code, industry_office}', day)
    FROM (SELECT DISTINCT day_in_beijing(assessed_at) AS day FROM touched) AS days;
    RETURN NULL;
END $$;

CREATE FUNCTION tickets_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM day_changed('ticket', '{street_code, district_code, office_code, category}', day)
    FROM (SELECT DISTINCT day_in_beijing(received_at) AS day FROM touched) AS days;
    RETURN NULL;
END $$;

CREATE FUNCTION ticket_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    columns text[] := '{}';
BEGIN
    IF (OLD.received_at, OLD.type, OLD.status IN NOT_TAKEN)
        IS DISTINCT FROM (NEW.received_at, NEW.type, NEW.status IN NOT_TAKEN)
    THEN
        columns := '{street_code, district_code, office_code, category}';
    ELSE
        IF OLD.street_code IS DISTINCT FROM NEW.street_code THEN
            columns := columns || 'street_code'::text;
        END IF;
        IF OLD.district_code IS DISTINCT FROM NEW.district_code THEN
            columns := columns || 'district_code'::text;
        END IF;
        IF OLD.office_code IS DISTINCT FROM NEW.office_code THEN
            columns := columns || 'office_code'::text;
        END IF;
        IF OLD.category IS DISTINCT FROM NEW.category THEN
            columns := columns || 'category'::text;
        END IF;
    END IF;
    PERFORM day_changed('ticket', columns, day_in_beijing(OLD.received_at));
    IF NEW.received_at <> OLD.received_at THEN
        PERFORM day_changed('ticket', columns, day_in_beijing(NEW.received_at));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION days_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM tallied_day WHERE source = TG_TABLE_NAME;
    RETURN NULL;
END $$;
"""
MOVED = """
CREATE TRIGGER days_moved AFTER UPDATE ON ticket FOR EACH ROW
WHEN (OLD.street_code IS DISTINCT FROM NEW.street_code
    OR OLD.office_code IS DISTINCT FROM NEW.office_code
    OR OLD.district_code IS DISTINCT FROM NEW.district_code
    OR OLD.category IS DISTINCT FROM NEW.category
    OR OLD.status IN NOT_TAKEN <> NEW.status IN NOT_TAKEN
    OR OLD.type <> NEW.type
    OR OLD.received_at <> NEW.received_at)
EXECUTE FUNCTION ticket_moved()
"""
TICKET, ASSESSMENT = "ticket", "assessment"
WATCHED = (
    (TICKET, "INSERT", "NEW"),
    (TICKET, "DELETE", "OLD"),
    (ASSESSMENT, "INSERT", "NEW"),
    (ASSESSMENT, "DELETE", "OLD"),
    (ASSESSMENT, "UPDATE", "OLD"),
    (ASSESSMENT, "UPDATE", "NEW"),
)
NOT_TAKEN = "('answered', 'not_accepted', 'transferred', 'void')"


def upgrade() -> None:
    op.create_table(
        "tallied_day",
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_by", sa.Text(collation="C"), nullable=False),
        sa.Column("rule", sa.Text(collation="C"), nullable=False),
        sa.Column("counted_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "day", "counted_by", name=op.f("pk_tallied_day")),
    )
    op.create_table(
        "changed_day",
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_by", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.PrimaryKeyConstraint("source", "day", "counted_by", "id", name=op.f("pk_changed_day")),
    )
    op.execute(FUNCTIONS.replace("NOT_TAKEN", NOT_TAKEN))
    for table, act, rows in WATCHED:
        op.execute(
            f"CREATE TRIGGER days_{act.lower()}_{rows.lower()} AFTER {act} ON {table}"
            f" REFERENCING {rows} TABLE AS touched"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}s_changed()"
        )
    op.execute(MOVED.replace("NOT_TAKEN", NOT_TAKEN))
    for table in (TICKET, ASSESSMENT):
        op.execute(
            f"CREATE TRIGGER days_emptied AFTER TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION days_emptied()"
        )


def downgrade() -> None:
    for table in (TICKET, ASSESSMENT):
        op.execute(f"DROP TRIGGER days_emptied ON {table}")
    op.execute("DROP TRIGGER days_moved ON ticket")
    for table, act, rows in WATCHED:
        op.execute(f"DROP TRIGGER days_{act.lower()}_{rows.lower()} ON {table}")
    for function in (
        "days_emptied()",
        "ticket_moved()",
        "tickets_changed()",
        "assessments_changed()",
        "day_changed(text, text[], date)",
        "day_slot(date)",
        "day_in_beijing(timestamptz)",
    ):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_table("changed_day")
    op.drop_table("tallied_day")
