"""a league of the districts' departments, each of a line"""

import re

import sqlalchemy as sa
from alembic import op

revision = "1481b06f3ea2"
down_revision = "b1471e7a4c30"
branch_labels = None
depends_on = None

LEAGUE = "district_departments"
CHECK = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = 'ck_sealed_ranking_league'"
    " AND conrelid = CAST('sealed_ranking' AS regclass)"
)


def admitted() -> list[str]:
    """The leagues that the CHECK admits now."""
    return re.findall(r"'([^']+)'", op.get_bind().scalar(CHECK))


def admit(leagues: list[str]) -> None:
    name = op.f("ck_sealed_ranking_league")
    op.drop_constraint(name, "sealed_ranking", type_="check")
    listed = ", ".join(f"'{league}'" for league in leagues)
    op.create_check_constraint(name, "sealed_ranking", f"league IN ({listed})")


def upgrade() -> None:
    admit([*admitted(), LEAGUE])
    op.add_column("office", sa.Column("line", sa.Text(collation="C")))


def downgrade() -> None:
    op.drop_column("office", "line")
    admit([league for league in admitted() if league != LEAGUE])
