"""posted staff come through the centre, units of the area are thanked, false whistles are told"""

import re

import sqlalchemy as sa
from alembic import op

revision = "b2541d7f02c6"
down_revision = "a2540d61e8f3"
branch_labels = None
depends_on = None

AT = sa.TIMESTAMP(timezone=True)
COLUMNS = {
    "whistle": ("signal_at", "signal_read_at"),
    "summons": ("thanked_at",),
}
FLAGS = {"through_centre": sa.false(), "is_marked": sa.true()}

NAME = "ck_whistle_event_whistleaction"
ACTIONS = ("thank", "read-signal", "too-many-false")
CHECK = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = :name AND conrelid = 'whistle_event'::regclass"
)

# By the kinds of offices that have a record when this migration was written.
UNMARKED = """
UPDATE summons SET is_marked = false
FROM office
WHERE office.code = summons.office_code
  AND office.kind NOT IN ('district_dept', 'branch', 'city_dept', 'enterprise')
"""


def admitted() -> list[str]:
    """The actions that the column's CHECK admits now."""
    return re.findall(r"'([^']+)'", op.get_bind().scalar(CHECK, {"name": NAME}))


def admit(values: list[str]) -> None:
    op.drop_constraint(op.f(NAME), "whistle_event", type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(NAME), "whistle_event", f"action IN ({listed})")


def upgrade() -> None:
    admit([*admitted(), *ACTIONS])
    for table, names in COLUMNS.items():
        for name in names:
            op.add_column(table, sa.Column(name, AT, nullable=True))
    for name, default in FLAGS.items():
        column = sa.Column(name, sa.Boolean(), nullable=False, server_default=default)
        op.add_column("summons", column)
    op.execute(UNMARKED)


def downgrade() -> None:
    for name in FLAGS:
        op.drop_column("summons", name)
    for table, names in COLUMNS.items():
        for name in names:
            op.drop_column(table, name)
    admit([value for value in admitted() if value not in ACTIONS])
