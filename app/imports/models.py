"""The cases of the older system that were taken in."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code


class ImportedCase(Base):
    """The claim on a case by its identity in the older system; only one import gets it.

    The ticket made of it has the same `external_id`.
    """

    __tablename__ = "imported_case"

    external_id: Mapped[Code] = mapped_column(primary_key=True)
    at: Mapped[datetime]
