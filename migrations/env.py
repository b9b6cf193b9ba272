"""Runs migrations: one replica at a time, and never waiting long for a lock that others need."""

import sqlalchemy as sa
from alembic import context

from app import settings
from app.kit.address import psycopg_url
from app.kit.host import roles
from app.tables import metadata

ONE_AT_A_TIME = 12345_2019  # any number that nothing else in the database locks
TIMEOUTS = ("SET LOCAL lock_timeout = '10s'", "SET LOCAL statement_timeout = '30min'")


def migrate(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_server_default=True,
    )
    with context.begin_transaction():
        connection.execute(sa.text("SET LOCAL statement_timeout = '10min'"))
        connection.execute(sa.select(sa.func.pg_advisory_lock(ONE_AT_A_TIME)))
        for timeout in TIMEOUTS:
            connection.execute(sa.text(timeout))
        context.run_migrations()
        roles.settle(connection)
    # kept beyond the commits of a migration in pieces; an end of the connection ends it as well
    connection.execute(sa.select(sa.func.pg_advisory_unlock(ONE_AT_A_TIME)))
    connection.commit()


given = context.config.attributes.get("connection")
if given is None:  # the `alembic` command, beside a running service
    with sa.create_engine(psycopg_url(settings.load().migrating_database)).connect() as own:
        migrate(own)
else:
    migrate(given)
