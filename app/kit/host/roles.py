"""The roles of the database: an owner of everything, who cannot log in, and what the service may.

Migrations make both roles. What later migrations make belongs to the user who runs them, until
`settle` hands it over: so no migration has to remember it.
"""

import logging

import sqlalchemy as sa

OWNER = "jiesu_owner"
SERVICE = "jiesu_service"
LOGIN = "jiesu_app"
"""Of the embedded database: a user of the service's role, who owns nothing."""

logger = logging.getLogger(__name__)

LOGIN_MADE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SERVICE}') THEN
        CREATE ROLE {SERVICE} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{LOGIN}') THEN
        CREATE ROLE {LOGIN} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB
            IN ROLE {SERVICE};
    END IF;
END $$
"""
MAY_SETTLE = sa.text("""
    SELECT count(*) = 2 AND has_schema_privilege(:owner, 'public', 'CREATE') FROM pg_roles
    WHERE rolname = :owner AND pg_has_role(oid, 'SET') OR rolname = :service
""")
SETTLED = f"""
DO $$
DECLARE command text;
BEGIN
    FOR command IN
        SELECT 'ALTER TABLE ' || oid::regclass || ' OWNER TO {OWNER}' FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
            AND NOT (relkind = 'S' AND EXISTS (SELECT FROM pg_depend
                WHERE objid = pg_class.oid AND deptype IN ('a', 'i')))
            AND relowner <> '{OWNER}'::regrole AND pg_has_role(relowner, 'SET')
        UNION ALL
        SELECT 'ALTER ROUTINE ' || oid::regprocedure || ' OWNER TO {OWNER}' FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
            AND proowner <> '{OWNER}'::regrole AND pg_has_role(proowner, 'SET')
        UNION ALL
        SELECT 'GRANT SELECT, INSERT, UPDATE, DELETE ON ' || oid::regclass || ' TO {SERVICE}'
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND relname <> 'alembic_version'
            AND NOT has_table_privilege('{SERVICE}', oid, 'INSERT')
        UNION ALL
        SELECT 'GRANT USAGE ON SEQUENCE ' || seqrelid::regclass || ' TO {SERVICE}'
        FROM pg_sequence WHERE NOT has_sequence_privilege('{SERVICE}', seqrelid, 'USAGE')
    LOOP
        EXECUTE command;
    END LOOP;
    FOR command IN
        SELECT 'REVOKE UPDATE, DELETE ON ' || tgrelid::regclass || ' FROM {SERVICE}'
        FROM pg_trigger
        WHERE tgname = 'insert_only' AND has_table_privilege('{SERVICE}', tgrelid, 'UPDATE, DELETE')
    LOOP
        EXECUTE command;
    END LOOP;
END $$
"""
MIGHTY = sa.text("""
    SELECT rolsuper OR rolbypassrls OR EXISTS (
        SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND relkind = 'r' AND pg_has_role(relowner, 'MEMBER')
    ) FROM pg_roles WHERE rolname = current_user
""")


def settle(connection: sa.Connection) -> None:
    """All that migrations made is the owner's; the service's role may read and write rows, and only
    add to what is insert-only. Nothing is done by a user who may not."""
    if connection.scalar(MAY_SETTLE, {"owner": OWNER, "service": SERVICE}):
        connection.exec_driver_sql(SETTLED)


def warn_of_might(connection: sa.Connection) -> None:
    """Warns of a service whose role could put its own record aside."""
    if connection.scalar(MIGHTY):
        logger.warning(
            "the service's database role owns tables, or is a superuser, and could change its own"
            " record; docs/operations.md says how it need not"
        )
