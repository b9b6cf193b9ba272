"""a role that owns everything and cannot log in; what there is, it is given after the migrations"""

from alembic import op

revision = "b7d04e91c6a8"
down_revision = "a1470c5d2e90"
branch_labels = None
depends_on = None

# Roles are the cluster's: another database may have made it. Who may not make roles, or give the
# schema away, stays the owner himself.
MADE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jiesu_owner')
        AND (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
        BEGIN
            CREATE ROLE jiesu_owner NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'jiesu_owner'
            AND pg_has_role(oid, 'MEMBER WITH ADMIN OPTION') AND NOT pg_has_role(oid, 'SET')) THEN
        GRANT jiesu_owner TO CURRENT_USER WITH INHERIT TRUE, SET TRUE;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'jiesu_owner')
        AND has_schema_privilege('public', 'CREATE WITH GRANT OPTION') THEN
        GRANT USAGE, CREATE ON SCHEMA public TO jiesu_owner;
    END IF;
END $$
"""
TAKEN_BACK = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'jiesu_owner' AND pg_has_role(oid, 'SET')) THEN
        REASSIGN OWNED BY jiesu_owner TO CURRENT_USER;
        REVOKE ALL ON SCHEMA public FROM jiesu_owner;
    END IF;
END $$
"""


def upgrade() -> None:
    op.execute(MADE)


def downgrade() -> None:
    op.execute(TAKEN_BACK)
