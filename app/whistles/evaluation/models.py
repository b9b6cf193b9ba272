"""The chief's points in a whistle's record, and the appeal against them."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code


class WhistleMark(Base):
    """Put once for each department of a settled whistle; its words stand with its event."""

    __tablename__ = "whistle_mark"

    whistle_number: Mapped[Code] = mapped_column(ForeignKey("whistle.number"), primary_key=True)
    office_code: Mapped[Code] = mapped_column(ForeignKey("office.code"), primary_key=True)
    effect: Mapped[Code]
    attitude: Mapped[Code]
    """Exact numbers."""
    rough: Mapped[bool]
    """简单粗暴执法."""
    marked_at: Mapped[datetime]
    marked_by: Mapped[Code]
    appealed_at: Mapped[datetime | None]
    appealed_by: Mapped[Code | None]
    set_aside: Mapped[bool | None]
    """The district's decision on the appeal: approved, the record stands alone."""
    decided_at: Mapped[datetime | None]
