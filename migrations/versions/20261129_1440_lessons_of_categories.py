"""lessons of categories: pairs of characters that stood in confirmed tickets"""

import sqlalchemy as sa
from alembic import op

revision = "d5e19b7c4a02"
down_revision = "1480d91c4e7d"
branch_labels = None
depends_on = None

# Whoever erases the words of a ticket, or its caller, erases what they taught: every process reads
# the row without a category, and forgets.
FORGET_WORDS = """
CREATE FUNCTION forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM category_lesson
    WHERE ticket_number = OLD.ticket_number AND category IS NOT NULL;
    IF FOUND THEN
        INSERT INTO category_lesson (ticket_number, category, pairs, recorded_at)
        VALUES (OLD.ticket_number, NULL, '', now());
    END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = {
    "request": "DELETE OR UPDATE OF title, content",
    "citizen": "DELETE",
}


def upgrade() -> None:
    op.create_table(
        "category_lesson",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "transaction",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text::bigint)"),
            nullable=False,
        ),
        sa.Column("ticket_number", sa.Text(collation="C"), nullable=False),
        sa.Column("category", sa.Text(collation="C"), nullable=True),
        sa.Column("pairs", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_lesson")),
    )
    for columns in (["transaction", "id"], ["ticket_number"], ["category", "id"]):
        name = op.f("ix_category_lesson_" + "_".join(columns))
        op.create_index(name, "category_lesson", columns)
    op.execute(FORGET_WORDS)
    for table, event in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER forget_words AFTER {event} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION forget_words()"
        )


def downgrade() -> None:
    for table in TRIGGERS:
        op.execute(f"DROP TRIGGER forget_words ON {table}")
    op.execute("DROP FUNCTION forget_words()")
    op.drop_table("category_lesson")
