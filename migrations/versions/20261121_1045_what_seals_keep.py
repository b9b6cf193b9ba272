"""what seals keep: beside assessments the requests, what is on hold, and the registry"""

import sqlalchemy as sa
from alembic import op

revision = "c3d5a1f07e42"
down_revision = "c41d7a90b3e5"
branch_labels = None
depends_on = None

PK = "pk_sealed_facts"


def upgrade() -> None:
    op.drop_constraint(op.f(PK), "sealed_facts", type_="primary")
    op.alter_column("sealed_facts", "office_code", new_column_name="part")
    op.add_column(
        "sealed_facts",
        sa.Column(
            "subject",
            sa.Enum(
                "facts",
                "requests",
                "holds",
                "registry",
                name="subject",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="facts",
            nullable=False,
        ),
    )
    op.alter_column("sealed_facts", "subject", server_default=None)
    op.create_primary_key(op.f(PK), "sealed_facts", ["period", "subject", "part"])


def downgrade() -> None:
    op.execute("ALTER TABLE sealed_facts DISABLE TRIGGER insert_only")
    op.execute("DELETE FROM sealed_facts WHERE subject <> 'facts'")
    op.execute("ALTER TABLE sealed_facts ENABLE TRIGGER insert_only")
    op.drop_constraint(op.f(PK), "sealed_facts", type_="primary")
    op.drop_column("sealed_facts", "subject")
    op.alter_column("sealed_facts", "part", new_column_name="office_code")
    op.create_primary_key(op.f(PK), "sealed_facts", ["period", "office_code"])
