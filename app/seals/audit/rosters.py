"""Rosters of streets' enforcement centres: their events by their links, and each person, shift, day
and mark by the events that say so."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forces.members import OF_A_PERSON
from app.forces.models import (
    Force,
    ForceDay,
    ForceEvent,
    ForceMark,
    ForceMember,
    ForceShift,
    ForceStatement,
)
from app.forces.recording import MEMBERS
from app.forces.roster import ForceAction
from app.kit.db import Base
from app.seals.audit import chains
from app.seals.audit.faults import Fault, Kind

Row = Mapping[Any, Any]
Key = tuple[Any, ...]
Left = dict[str, dict[Key, dict[str, Any]]]
"""By table and key, the columns that the events leave."""

SET_MODEL = ForceAction.SET_MODEL
TABLES: dict[str, tuple[type[Base], tuple[str, ...]]] = {
    "force_member": (ForceMember, ("id",)),
    "force_shift": (ForceShift, ("id",)),
    "force_day": (ForceDay, ("member_id", "day")),
    "force_mark": (ForceMark, ("member_id", "month")),
}


def faults(session: Session) -> Iterator[Fault]:
    """Of every roster, in order of the street's code."""
    spoken = select(ForceStatement.street_code)
    codes = select(ForceEvent.street_code).union(select(Force.street_code), spoken).subquery()
    for code in session.scalars(select(codes.c.street_code).order_by(codes.c.street_code)).all():
        yield from of_street(session, code)


def of_street(session: Session, code: str) -> Iterator[Fault]:
    events = rows(session, ForceEvent, ForceEvent.street_code == code, ForceEvent.seq)
    spoken = rows(session, ForceStatement, ForceStatement.street_code == code, ForceStatement.seq)
    heads = rows(session, Force, Force.street_code == code, Force.street_code)
    head = next(iter(heads), None)
    yield from chains.linked(code, events, spoken, head, MEMBERS)
    models = [event["data"].get("model") for event in events if event["action"] == SET_MODEL]
    if head and head["model"] != (models[-1] if models else None):
        yield Fault(fault=Kind.WRONG_ROW, number=code, table="force", column="model")
    left: Left = {name: {} for name in TABLES}
    words = {row["seq"]: row["words"] for row in spoken}
    try:
        for event in events:
            APPLY[ForceAction(event["action"])](left, {**event, "words": words.get(event["seq"])})
    except (LookupError, ValueError, TypeError):
        yield Fault(fault=Kind.UNREADABLE, number=code)
        return
    for name, (model, key) in TABLES.items():
        kept = rows(session, model, of_members(model, code), *(model.__table__.c[k] for k in key))
        yield from compared(code, name, left[name], {tuple(r[k] for k in key): r for r in kept})


def of_members(model: type[Base], code: str) -> sa.ColumnElement[bool]:
    members = select(ForceMember.id).where(ForceMember.street_code == code)
    table = model.__table__.c
    return table["id" if model is ForceMember else "member_id"].in_(members)


def rows(
    session: Session, model: type[Base], where: sa.ColumnElement[bool], *order: Any
) -> Sequence[Row]:
    query = select(*model.__table__.c).where(where).order_by(*order)
    return session.execute(query).mappings().all()


def compared(
    code: str, table: str, left: Mapping[Key, Row], kept: Mapping[Key, Row]
) -> Iterator[Fault]:
    for key in left.keys() - kept.keys():
        yield Fault(fault=Kind.MISSING_ROW, number=code, table=table, seq=key[0])
    for key in kept.keys() - left.keys():
        yield Fault(fault=Kind.ADDED_ROW, number=code, table=table, seq=key[0])
    for key in left.keys() & kept.keys():
        for column, value in left[key].items():
            if kept[key][column] != value:
                where = {"table": table, "column": column, "seq": key[0]}
                yield Fault(fault=Kind.WRONG_ROW, number=code, **where)
                break


def nothing(left: Left, event: Row) -> None:
    """A model that is chosen, a telephone that is looked at: no row of `left` follows."""


def joined(left: Left, event: Row) -> None:
    data = event["data"]
    left["force_member"][event["member_id"],] = {
        "office_code": data["office_code"],
        "kind": data["kind"],
        "joined_at": event["at"],
        "left_at": None,
        **(event["words"] or {}),
    }


def changed(left: Left, event: Row) -> None:
    """What its words told is not known any more once they are erased."""
    member, data, words = left["force_member"][event["member_id"],], event["data"], event["words"]
    if "kind" in data:
        member["kind"] = data["kind"]
    if words:
        member |= words["new"]
    for name in data["changed"] if words is None else ():
        if name in OF_A_PERSON:
            member.pop(name, None)


def removed(left: Left, event: Row) -> None:
    left["force_member"][event["member_id"],]["left_at"] = event["at"]
    for shift in left["force_shift"].values():
        theirs = shift["member_id"] == event["member_id"] and shift["cancelled_at"] is None
        if theirs and shift["ends_at"] > event["at"]:
            shift["cancelled_at"] = event["at"]


def planned(left: Left, event: Row) -> None:
    data = event["data"]
    left["force_shift"][data["shift_id"],] = {
        "member_id": event["member_id"],
        "street_code": event["street_code"],
        "starts_at": datetime.fromisoformat(data["starts_at"]),
        "ends_at": datetime.fromisoformat(data["ends_at"]),
        "cancelled_at": None,
    }


def cancelled(left: Left, event: Row) -> None:
    left["force_shift"][event["data"]["shift_id"],]["cancelled_at"] = event["at"]


def attended(left: Left, event: Row) -> None:
    data = event["data"]
    key = (event["member_id"], date.fromisoformat(data["day"]))
    left["force_day"][key] = {"present": data["present"], "seq": event["seq"]}


def marked(left: Left, event: Row) -> None:
    data = event["data"]
    left["force_mark"][event["member_id"], data["month"]] = {
        "mark": data["mark"],
        "seq": event["seq"],
    }


APPLY = {
    ForceAction.SET_MODEL: nothing,
    ForceAction.ADD: joined,
    ForceAction.CHANGE: changed,
    ForceAction.REMOVE: removed,
    ForceAction.REVEAL: nothing,
    ForceAction.PLAN_SHIFT: planned,
    ForceAction.CANCEL_SHIFT: cancelled,
    ForceAction.ATTEND: attended,
    ForceAction.MARK: marked,
}
