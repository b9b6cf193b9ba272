"""Merged cases of an older system: a group has one lead office, and so lies in one district
(RULEBOOK D.11)."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.callbacks.models import Assessment
from app.imports.case import Past
from app.kit.errors import Invalid
from app.kit.messages import Message

LOCK = 0x6A0B


class InTwoDistricts(Invalid):
    title = "A group of merged cases lies in one district"


class Groups:
    """The districts of the groups that these cases belong to; the first case on record says it."""

    def __init__(self, session: Session, cases: Iterable[Past]) -> None:
        names = sorted({past.case.merge_group for past in cases if past.case.merge_group})
        self.districts = on_record(session, names) if names else {}

    def join(self, past: Past) -> None:
        """Refuses InTwoDistricts. A city's department is of no district, and joins any group."""
        group, district = past.case.merge_group, past.office.district_code
        if group is None or district is None:
            return
        among = self.districts.setdefault(group, [district])
        if district not in among:
            detail = Message(
                "cases of {group} lie in district {first}, and this one in {district}",
                group=group,
                first=among[0],
                district=district,
            )
            fault = {"pointer": "/merge_group", "detail": detail}
            raise InTwoDistricts(detail, errors=[fault])


def on_record(session: Session, names: list[str]) -> dict[str, list[str]]:
    """Another import of the same groups is waited for."""
    name = func.unnest(sa.literal(names, ARRAY(sa.Text()))).column_valued("name")
    session.execute(select(func.pg_advisory_xact_lock(LOCK, func.hashtext(name))))
    group, district = Assessment.merge_group, Assessment.district_code
    query = select(group, func.array_agg(sa.distinct(district))).group_by(group)
    rows = session.execute(query.where(group.in_(names), district.is_not(None)))
    return {str(name): [str(code) for code in districts] for name, districts in rows}
