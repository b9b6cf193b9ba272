"""days kept by category and by goals: the triggers mark these, too"""

from alembic import op

revision = "f15c2580d4a7"
down_revision = "c2560a14d3f1"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE OR REPLACE FUNCTION assessments_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM day_changed('assessment', '{office_code, industry_office OF_FACTS}', day)
    FROM (SELECT DISTINCT day_in_beijing(assessed_at) AS day FROM touched) AS days;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tickets_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM day_changed('ticket', '{street_code, district_code, office_code, category GOALS}', day)
    FROM (SELECT DISTINCT day_in_beijing(received_at) AS day FROM touched) AS days;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ticket_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    columns text[] := '{}';
BEGIN
    IF (OLD.received_at, OLD.type, OLD.status IN NOT_TAKEN)
        IS DISTINCT FROM (NEW.received_at, NEW.type, NEW.status IN NOT_TAKEN)
    THEN
        columns := '{street_code, district_code, office_code, category GOALS}';
    ELSE
        IF OLD.street_code IS DISTINCT FROM NEW.street_code THEN
            columns := columns || '{street_code GOALS}'::text[];
        END IF;
        IF OLD.district_code IS DISTINCT FROM NEW.district_code THEN
            columns := columns || 'district_code'::text;
        END IF;
        IF OLD.office_code IS DISTINCT FROM NEW.office_code THEN
            columns := columns || 'office_code'::text;
        END IF;
        IF OLD.category IS DISTINCT FROM NEW.category THEN
            columns := columns || '{category GOALS}'::text[];
        END IF;
    END IF;
    PERFORM day_changed('ticket', columns, day_in_beijing(OLD.received_at));
    IF NEW.received_at <> OLD.received_at THEN
        PERFORM day_changed('ticket', columns, day_in_beijing(NEW.received_at));
    END IF;
    RETURN NULL;
END $$;
"""
NOT_TAKEN = "('answered', 'not_accepted', 'transferred', 'void')"


def upgrade() -> None:
    mark(goals=", goals", of_facts=", category, goals")


def downgrade() -> None:
    mark(goals="", of_facts="")
    op.execute("DELETE FROM tallied_day WHERE counted_by = 'goals'")
    op.execute("DELETE FROM tallied_day WHERE source = 'assessment' AND counted_by = 'category'")


def mark(goals: str, of_facts: str) -> None:
    """Which names a change of a row marks beside those of before."""
    text = FUNCTIONS.replace("NOT_TAKEN", NOT_TAKEN)
    op.execute(text.replace(" OF_FACTS", of_facts).replace(" GOALS", goals))
