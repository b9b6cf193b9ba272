"""keys of search wait to be sorted into their index, many at once; all tickets are keyed anew, as
those that have not ended have a key more"""

from alembic import op

revision = "c2100e7d41a8"
down_revision = "d1701f3b8e64"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER INDEX ix_search_entry_keys RESET (fastupdate)")
    op.execute("DELETE FROM search_mark")


def downgrade() -> None:
    op.execute("ALTER INDEX ix_search_entry_keys SET (fastupdate = off)")
