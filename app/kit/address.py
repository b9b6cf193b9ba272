"""Where a database is: its URL, whatever way PostgreSQL was named in it."""

from sqlalchemy.engine import URL, make_url


def psycopg_url(url: str) -> URL:
    """The URL with psycopg 3 as its driver."""
    return make_url(url).set(drivername="postgresql+psycopg")
