"""Assessments are counted along an index that has the order of their tallies."""

import sqlalchemy as sa
from alembic import op

revision = "c4e0a7d91b35"
down_revision = "59086de73a4e"
branch_labels = None
depends_on = None

ALONE = sa.text("merge_group IS NULL")
OFTEN = {
    "assessment": "autovacuum_vacuum_insert_scale_factor = 0,"
    " autovacuum_vacuum_insert_threshold = 20000",
    "ticket": "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02",
}
"""So that the open month is marked as visible to all, however long the past beside it is: only then
is it counted from the indexes alone."""

OF_INDUSTRY = sa.text("merge_group IS NULL AND industry_office IS NOT NULL")


def upgrade() -> None:
    drop_counting()
    op.create_index("ix_assessment_assessed_at", "assessment", ["assessed_at"], unique=False)
    op.create_index(
        "ix_assessment_office",
        "assessment",
        ["office_tally", "assessed_at"],
        unique=False,
        postgresql_include=["kind"],
        postgresql_where=ALONE,
    )
    op.create_index(
        "ix_assessment_industry",
        "assessment",
        ["industry_tally", "assessed_at"],
        unique=False,
        postgresql_include=["kind"],
        postgresql_where=OF_INDUSTRY,
    )
    for table, settings in OFTEN.items():
        op.execute(f"ALTER TABLE {table} SET ({settings})")


def downgrade() -> None:
    for table, settings in OFTEN.items():
        names = ", ".join(one.split(" = ")[0] for one in settings.split(", "))
        op.execute(f"ALTER TABLE {table} RESET ({names})")
    drop_counting()
    op.drop_index("ix_assessment_assessed_at", table_name="assessment")
    op.create_index(
        "ix_assessment_office",
        "assessment",
        ["assessed_at"],
        unique=False,
        postgresql_include=["office_tally", "kind"],
        postgresql_where=ALONE,
    )
    op.create_index(
        "ix_assessment_industry",
        "assessment",
        ["assessed_at"],
        unique=False,
        postgresql_include=["industry_tally", "kind"],
        postgresql_where=OF_INDUSTRY,
    )


def drop_counting() -> None:
    op.drop_index("ix_assessment_office", table_name="assessment")
    op.drop_index("ix_assessment_industry", table_name="assessment")
