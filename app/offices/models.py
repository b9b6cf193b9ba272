"""The tables of offices, their names and places, and the catalogue; `seed` fills them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Code, one_of
from app.offices.catalogue import Season, TargetKind, Urgency
from app.offices.directory import OfficeKind
from app.offices.gazetteer import NameKind, PlaceKind


class DistrictRow(Base):
    __tablename__ = "district"

    code: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[str]


class Office(Base):
    """An office works from `active_from` up to, without, `active_to`; None is unbounded."""

    __tablename__ = "office"

    code: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[OfficeKind] = mapped_column(one_of(OfficeKind), index=True)
    district_code: Mapped[Code | None] = mapped_column(ForeignKey("district.code"), index=True)
    parent_code: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    population: Mapped[int | None]
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]
    line: Mapped[Code | None]
    """Its kind of department across the districts."""

    district: Mapped[DistrictRow | None] = relationship(lazy="joined")
    names: Mapped[list["OfficeName"]] = relationship(lazy="selectin", order_by="OfficeName.name")

    @property
    def district_name(self) -> str | None:
        return self.district.name if self.district else None

    @property
    def aliases(self) -> list[str]:
        """All its other names, present and former."""
        return [name.name for name in self.names if name.kind is not NameKind.OFFICIAL]


class OfficeName(Base):
    """A name of an office, with the days on which it means that office."""

    __tablename__ = "office_name"

    office_code: Mapped[Code] = mapped_column(ForeignKey("office.code"), primary_key=True)
    kind: Mapped[NameKind] = mapped_column(one_of(NameKind), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]


class PlaceRow(Base):
    """A community or village of the gazetteer; ten in development zones have no street."""

    __tablename__ = "place"

    code: Mapped[Code] = mapped_column(primary_key=True)
    street_code: Mapped[Code | None] = mapped_column(ForeignKey("office.code"), index=True)
    kind: Mapped[PlaceKind] = mapped_column(one_of(PlaceKind))
    name: Mapped[str]


class CategoryRow(Base):
    """A category with its default duty; in `target` and `joint`, `*` stands for the district."""

    __tablename__ = "category"

    code: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[str]
    urgency: Mapped[Urgency] = mapped_column(one_of(Urgency))
    target_kind: Mapped[TargetKind] = mapped_column(one_of(TargetKind))
    target: Mapped[Code]
    joint: Mapped[list[str]]
    department_duty: Mapped[bool]
    industry_office: Mapped[Code] = mapped_column(ForeignKey("office.code"))
    goals: Mapped[list[str]]
    season: Mapped[Season | None] = mapped_column(one_of(Season))
    marks: Mapped[list[str]]


class CatalogueRuleRow(Base):
    """A rule of the dispatch catalogue, as app/data/catalogue/rules.csv has it."""

    __tablename__ = "catalogue_rule"

    id: Mapped[Code] = mapped_column(primary_key=True)
    category: Mapped[Code] = mapped_column(ForeignKey("category.code"))
    subjects: Mapped[list[str]]
    keywords: Mapped[list[str]]
    area: Mapped[Code]
    target_kind: Mapped[TargetKind] = mapped_column(one_of(TargetKind))
    target: Mapped[Code]
    joint: Mapped[list[str]]
    department_duty: Mapped[bool]
    priority: Mapped[int]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    basis: Mapped[str]


class SeedFile(Base):
    """The content of each file under app/data that the tables hold, and the time of its seeding."""

    __tablename__ = "seed_file"

    name: Mapped[Code] = mapped_column(primary_key=True)
    sha256: Mapped[Code]
    seeded_at: Mapped[datetime]
