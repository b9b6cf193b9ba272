"""Which cases of the older system have been taken in."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code


class ImportedCase(Base):
    """A claim on the older system's identity of a case; of two imports at once one gets it.

    The ticket made of it has the same `external_id`.
    """

    __tablename__ = "imported_case"

    external_id: Mapped[Code] = mapped_column(primary_key=True)
    at: Mapped[datetime]
