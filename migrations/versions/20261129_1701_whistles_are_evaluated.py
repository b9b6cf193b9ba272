"""whistles are evaluated: the chief's points of each department, and the appeal against them"""

import re

import sqlalchemy as sa
from alembic import op

revision = "d1701f3b8e64"
down_revision = "d1700c5e93a8"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.TIMESTAMP(timezone=True)
NAME = "ck_whistle_event_whistleaction"
ACTIONS = ("appeal-evaluation", "decide-evaluation", "close")
CHECK = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = :name AND conrelid = 'whistle_event'::regclass"
)


def admitted() -> list[str]:
    """The actions that the column's CHECK admits now."""
    return re.findall(r"'([^']+)'", op.get_bind().scalar(CHECK, {"name": NAME}))


def admit(values: list[str]) -> None:
    op.drop_constraint(op.f(NAME), "whistle_event", type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(NAME), "whistle_event", f"action IN ({listed})")


def upgrade() -> None:
    admit([*admitted(), *ACTIONS])
    op.add_column("whistle", sa.Column("mark_due_at", INSTANT, nullable=True))
    op.add_column("whistle", sa.Column("decide_due_at", INSTANT, nullable=True))
    op.create_table(
        "whistle_mark",
        sa.Column("whistle_number", CODE, nullable=False),
        sa.Column("office_code", CODE, nullable=False),
        sa.Column("effect", CODE, nullable=False),
        sa.Column("attitude", CODE, nullable=False),
        sa.Column("rough", sa.Boolean(), nullable=False),
        sa.Column("marked_at", INSTANT, nullable=False),
        sa.Column("marked_by", CODE, nullable=False),
        sa.Column("appealed_at", INSTANT, nullable=True),
        sa.Column("appealed_by", CODE, nullable=True),
        sa.Column("set_aside", sa.Boolean(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["whistle_number"], ["whistle.number"], name="fk_whistle_mark_whistle_number_whistle"
        ),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name="fk_whistle_mark_office_code_office"
        ),
        sa.PrimaryKeyConstraint("whistle_number", "office_code", name="pk_whistle_mark"),
    )


def downgrade() -> None:
    op.drop_table("whistle_mark")
    op.drop_column("whistle", "decide_due_at")
    op.drop_column("whistle", "mark_due_at")
    admit([value for value in admitted() if value not in ACTIONS])
