"""All rows as they stood at one moment, put back as often as a test asks: a state that is reached
over HTTP is lived once, and not for each of its cases."""

from typing import Any

import sqlalchemy as sa

from tests.conftest import clear, used


class Standing:
    """Kept when made, by a connection whom no trigger hinders (the fixture `clearing`)."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        with engine.begin() as connection:
            cursor = cursor_of(connection)
            self.rows = {table: copied(cursor, table) for table in used(connection)}

    def put_back(self) -> None:
        with self.engine.begin() as connection:
            clear(connection)
            cursor = cursor_of(connection)
            for table, rows in self.rows.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)


def cursor_of(connection: sa.Connection) -> Any:
    """psycopg's: SQLAlchemy copies no rows."""
    return connection.connection.cursor()


def copied(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(copy)
