"""a day of which nothing is kept is not compared with what has changed of it"""

from alembic import op

revision = "c4d20900e7b1"
down_revision = "f82600c5a1e4"
branch_labels = None
depends_on = None

# Today, on which most is written, is kept by nobody: to look for it first takes 20 µs less of each
# new ticket than the difference of two empty sets.
UNKEPT = """
        IF NOT EXISTS (SELECT FROM tallied_day WHERE source = name AND day = at) THEN
            RETURN;
        END IF;"""

FUNCTION = """
CREATE OR REPLACE FUNCTION day_changed(name text, columns text[], at date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext(name), day_slot(at));
    IF current_setting('transaction_isolation') = 'read committed' THEN UNKEPT
        INSERT INTO changed_day (source, day, counted_by)
        SELECT source, day, counted_by FROM tallied_day
        WHERE source = name AND day = at AND counted_by = ANY (columns)
        EXCEPT
        SELECT source, day, counted_by FROM changed_day WHERE source = name AND day = at;
    ELSE  -- its snapshot may be older than what is kept
        INSERT INTO changed_day (source, day, counted_by) SELECT name, at, unnest(columns);
    END IF;
END $$
"""


def upgrade() -> None:
    op.execute(FUNCTION.replace("UNKEPT", UNKEPT))


def downgrade() -> None:
    op.execute(FUNCTION.replace(" UNKEPT", ""))
