"""no name and no telephone of a citizen in plain text; the service enciphers those of before"""

import sqlalchemy as sa
from alembic import op

revision = "a2340c1f0e51"
down_revision = "b2360f51c7e4"
branch_labels = None
depends_on = None

NAMES = ("name", "phone", "callback_phone")
ENCIPHERED = {
    "citizen": NAMES,
    "former_citizen": tuple(
        f"{column} ->> '{name}'" for column in ("former", "corrected") for name in NAMES
    ),
}


def upgrade() -> None:
    plain = " OR ".join(f"{name} NOT LIKE 'enc1:%'" for name in NAMES)
    op.create_index(
        "ix_citizen_plain", "citizen", ["ticket_number"], postgresql_where=sa.text(plain)
    )
    for table, values in ENCIPHERED.items():
        all_enciphered = " AND ".join(f"{value} LIKE 'enc1:%'" for value in values)
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_enciphered"
            f" CHECK ({all_enciphered}) NOT VALID"
        )
        before = sa.select(sa.exists(sa.select(1).select_from(sa.table(table))))
        if not op.get_bind().scalar(before):
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_enciphered")


def downgrade() -> None:
    for table in ENCIPHERED:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_enciphered")
    op.drop_index("ix_citizen_plain", table_name="citizen")
