"""a ticket's files may be recordings and office documents"""

import sqlalchemy as sa
from alembic import op

revision = "b1471e7a4c30"
down_revision = "c6a15d80b3f7"
branch_labels = None
depends_on = None

BEFORE = ("image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf")
NEW = (
    "video/mp4",
    "video/quicktime",
    "audio/mpeg",
    "audio/mp4",
    "audio/wav",
    "audio/amr",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


def admit(kinds: tuple[str, ...], length: int) -> None:
    op.drop_constraint("mediatype", "attachment", type_="check")
    op.alter_column("attachment", "media_type", type_=sa.String(length), existing_nullable=False)
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint("mediatype", "attachment", f"media_type IN ({listed})")


def upgrade() -> None:
    admit((*BEFORE, *NEW), 80)


def downgrade() -> None:
    admit(BEFORE, 40)
