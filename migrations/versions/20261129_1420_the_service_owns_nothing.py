"""a role of the service that owns nothing: it reads, writes rows, and adds to what is insert-only"""

from alembic import op

revision = "f3b6d81e5c29"
down_revision = "e58a2c904b17"
branch_labels = None
depends_on = None

INSERT_ONLY = (
    "event",
    "callback",
    "contact",
    "assessment",
    "exclusion",
    "correction",
    "policy_document",
    "registry_version",
    "seal",
    "sealed_ranking",
    "sealed_facts",
    "chain_day",
)

# Roles are the cluster's: another database may have made it. Who may not make roles, and finds none,
# has none; docs/operations.md says how it is made.
MADE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jiesu_service')
        AND (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
        BEGIN
            CREATE ROLE jiesu_service NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
END $$
"""
ALLOWED = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'jiesu_service') THEN
        GRANT USAGE ON SCHEMA public TO jiesu_service;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO jiesu_service;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO jiesu_service;
        REVOKE UPDATE, DELETE ON {insert_only} FROM jiesu_service;
        REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM jiesu_service;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO jiesu_service;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO jiesu_service;
    END IF;
END $$
"""
FORBIDDEN = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'jiesu_service') THEN
        ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM jiesu_service;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM jiesu_service;
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM jiesu_service;
        REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM jiesu_service;
        REVOKE ALL ON SCHEMA public FROM jiesu_service;
    END IF;
END $$
"""


def upgrade() -> None:
    op.execute(MADE)
    op.execute(ALLOWED.format(insert_only=", ".join(INSERT_ONLY)))


def downgrade() -> None:
    op.execute(FORBIDDEN)
