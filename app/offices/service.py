"""Offices looked up, and the gazetteer, catalogue and directory for the rules to hold in memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import starmap
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session

from app.kit.errors import Invalid, NotFound
from app.kit.messages import Message
from app.kit.ready import Ready, parameter
from app.kit.web.paging import Order
from app.offices.catalogue import (
    Catalogue,
    CatalogueRule,
    CategoryEntry,
    Duty,
    Goal,
    Mark,
    compile_catalogue,
)
from app.offices.directory import STREET_KINDS, OfficeEntry, street_of
from app.offices.gazetteer import (
    District,
    Gazetteer,
    Name,
    NameKind,
    Place,
    compile_gazetteer,
)
from app.offices.models import (
    CatalogueRuleRow,
    CategoryRow,
    DistrictRow,
    Office,
    OfficeName,
    PlaceRow,
)
from app.offices.schemas import OfficeFilter, OfficeView


class NoSuchDistrict(Invalid):
    title = "There is no such district"


class NoSuchOffice(NotFound):
    title = "There is no such office"


NAMES = aggregate_order_by(OfficeName.name, OfficeName.name)
ALIASES = (
    select(func.coalesce(func.array_agg(NAMES), sa.cast([], ARRAY(sa.Text))))
    .where(OfficeName.office_code == Office.code, OfficeName.kind != NameKind.OFFICIAL)
    .scalar_subquery()
)
MEMBERS: dict[str, Any] = {
    **{name: getattr(Office, name, None) for name in OfficeView.model_fields},
    "district_name": DistrictRow.name,
    "aliases": ALIASES,
}
ENTRY: dict[str, Any] = {
    field.name: getattr(Office, field.name) for field in fields(OfficeEntry)
} | {"aliases": ALIASES}
NAME = select(
    OfficeName.office_code,
    OfficeName.name,
    OfficeName.kind,
    OfficeName.active_from,
    OfficeName.active_to,
)
CODES = parameter("codes", ARRAY(sa.Text))
BY_CODE = Ready(
    select(*MEMBERS.values())
    .select_from(Office)
    .outerjoin(DistrictRow, DistrictRow.code == Office.district_code)
    .where(Office.code == sa.any_(CODES))
)
IN_ORDER = Order((Office.code,), (str,))


def read(connection: sa.Connection, codes: Sequence[str]) -> dict[str, bytes]:
    """Each as an OfficeView in JSON, by code; a code that no office has or had has none."""
    printable = [code for code in codes if code.isprintable()]
    rows = BY_CODE.rows(connection, codes=printable)
    offices = (dict(zip(MEMBERS, row, strict=True)) for row in rows)
    return {office["code"]: msgspec.json.encode(office) for office in offices}


def get(session: Session, code: str) -> bytes:
    """An OfficeView in JSON. Refuses (NoSuchOffice) a code that no office has or had."""
    office = read(session.connection(), [code]).get(code)
    if office is None:
        raise NoSuchOffice(Message("no office has the code {code!r}", code=code))
    return office


def find(
    session: Session, wanted: OfficeFilter, limit: int, cursor: str | None
) -> tuple[Sequence[Office], str | None]:
    """A page of offices in order of code, and the cursor to the next. Refuses BadCursor and
    NoSuchDistrict."""
    code = wanted.district_code
    if code and session.get(DistrictRow, code) is None:
        detail = Message("there is no district {code}", code=code)
        raise NoSuchDistrict(detail, errors=[{"pointer": "/query/district_code", "detail": detail}])
    return IN_ORDER.page(session, select(Office).where(*conditions(wanted)), cursor, limit)


def conditions(wanted: OfficeFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.kind:
        yield Office.kind == wanted.kind
    if wanted.district_code:
        yield Office.district_code == wanted.district_code
    if wanted.q:
        alias = Office.names.any(OfficeName.name.contains(wanted.q, autoescape=True))
        yield or_(Office.name.contains(wanted.q, autoescape=True), alias)


def directory(session: Session) -> dict[str, OfficeEntry]:
    """Every office by its code."""
    rows = session.execute(select(*ENTRY.values())).all()
    members = (dict(zip(ENTRY, row, strict=True)) for row in rows)
    return {
        each["code"]: OfficeEntry(**each | {"aliases": (*each["aliases"],)}) for each in members
    }


def gazetteer(session: Session, directory: Mapping[str, OfficeEntry]) -> Gazetteer:
    """The same, under the same version, as `files.read_gazetteer` of the files last seeded."""
    streets = {
        code: street_of(entry) for code, entry in directory.items() if entry.kind in STREET_KINDS
    }
    return compile_gazetteer(
        starmap(District, session.execute(select(DistrictRow.code, DistrictRow.name))),
        streets.values(),
        (name for name in starmap(Name, session.execute(NAME)) if name.street_code in streets),
        (
            Place(code, street_code or "", name, kind)
            for code, street_code, name, kind in session.execute(
                select(PlaceRow.code, PlaceRow.street_code, PlaceRow.name, PlaceRow.kind)
            )
        ),
    )


def catalogue(session: Session) -> Catalogue:
    """The tree and the rules, checked anew. Refuses (BadCatalogue) as `compile_catalogue` does."""
    return compile_catalogue(
        (category(row) for row in session.scalars(select(CategoryRow))),
        (rule(row) for row in session.scalars(select(CatalogueRuleRow))),
    )


def duty(row: CategoryRow | CatalogueRuleRow) -> Duty:
    return Duty(row.target_kind, row.target, tuple(row.joint), row.department_duty)


def category(row: CategoryRow) -> CategoryEntry:
    return CategoryEntry(
        code=row.code,
        name=row.name,
        urgency=row.urgency,
        duty=duty(row),
        industry_office=row.industry_office,
        goals=tuple(Goal(code) for code in row.goals),
        season=row.season,
        marks=tuple(Mark(word) for word in row.marks),
    )


def rule(row: CatalogueRuleRow) -> CatalogueRule:
    return CatalogueRule(
        id=row.id,
        category=row.category,
        duty=duty(row),
        subjects=tuple(row.subjects),
        keywords=tuple(row.keywords),
        area=row.area,
        priority=row.priority,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        basis=row.basis,
    )
