"""A street's chief makes up its centre: model, people, changes of them; and who calls them."""

from dataclasses import replace

from sqlalchemy import select

from app.forces.models import ForceMember, ForceShift
from app.forces.recording import RosterChange
from app.forces.roster import (
    ForceAction,
    Person,
    check_alone,
    check_home,
    check_new,
    check_seat,
)
from app.forces.schemas import Because, ForceContact, MemberChange, NewMember, NewMembers, NewModel
from app.forces.service import person_of
from app.kit.errors import Invalid
from app.kit.messages import Message, Vocabulary, Word

CHANGEABLE = ("kind", "seat", "name", "phone", "duty")
CHANGEABLE_WORDS = Vocabulary("changeable of a member", CHANGEABLE)
OF_A_PERSON = frozenset({"name", "phone", "duty"})


class NoSuchModel(Invalid):
    title = "There is no such model of a centre"


class NothingChanged(Invalid):
    title = "Nothing would be changed"


def set_model(change: RosterChange, body: NewModel) -> None:
    """Refuses NoSuchModel. People keep their seats where the new model has them."""
    if body.model not in change.city.centres:
        known = sorted(change.city.centres)
        errors = [{"pointer": "/model", "detail": Message("is none of {known}", known=known)}]
        raise NoSuchModel(
            Message("no model {model!r}", model=body.model), known=known, errors=errors
        )
    if change.force.model == body.model:
        return
    former, change.force.model = change.force.model, body.model
    seats = {seat.code for seat in change.city.centres[body.model].seats}
    for member in change.present():
        if member.seat not in seats:
            member.seat = None
    change.record(ForceAction.SET_MODEL, data={"model": body.model, "former": former})


def add(change: RosterChange, body: NewMembers) -> None:
    """All or none. Refuses NoSuchOffice, NotPostedHere, NoSuchSeat, SameTwice and TwiceInRoster."""
    people = [person(new) for new in body.members]
    for n, new in enumerate(people):
        pointer = f"/members/{n}"
        home = change.city.office(new.office_code, f"{pointer}/office_code", change.now)
        check_home(change.street, home, new.kind, pointer)
        check_seat(change.model, change.street, new, pointer)
    check_new([person_of(member) for member in change.present()], people)
    for member in body.members:
        join(change, member)


def join(change: RosterChange, new: NewMember) -> None:
    member = ForceMember(
        street_code=change.street.code,
        office_code=new.office_code,
        kind=new.kind,
        seat=new.seat,
        name=new.name,
        phone=new.phone,
        duty=new.duty,
        joined_at=change.now,
    )
    change.session.add(member)
    change.session.flush()
    data = {"office_code": new.office_code, "kind": new.kind, "seat": new.seat}
    words = {"name": new.name, "phone": new.phone, "duty": new.duty}
    change.record(ForceAction.ADD, member.id, data, words)


def person(new: NewMember) -> Person:
    return Person(new.office_code, new.name, new.phone, new.kind, new.seat)


def alter(change: RosterChange, member: ForceMember, body: MemberChange) -> None:
    """Refuses NothingChanged, NotPostedHere, NoSuchSeat and TwiceInRoster."""
    given = body.model_dump(include={*CHANGEABLE} & body.model_fields_set)
    new = {
        name: value
        for name, value in given.items()
        if value != getattr(member, name) and (value is not None or name == "seat")
    }
    if not new:
        names = [Word(name, CHANGEABLE_WORDS.kind) for name in CHANGEABLE]
        raise NothingChanged(Message("name one of {names} with another value", names=names))
    of_rules = {name: value for name, value in new.items() if name != "duty"}
    altered = replace(person_of(member), **of_rules)
    check_home(change.street, change.city.offices[member.office_code], altered.kind, "")
    check_seat(change.model, change.street, altered, "")
    check_alone([person_of(other) for other in change.present()], altered, "")
    former = {name: getattr(member, name) for name in new}
    for name, value in new.items():
        setattr(member, name, value)
    data = {name: value for name, value in new.items() if name not in OF_A_PERSON}
    words = {
        "reason": body.reason,
        "former": {name: value for name, value in former.items() if name in OF_A_PERSON},
        "new": {name: value for name, value in new.items() if name in OF_A_PERSON},
    }
    change.record(ForceAction.CHANGE, member.id, {**data, "changed": sorted(new)}, words)


def remove(change: RosterChange, member: ForceMember, body: Because) -> None:
    """He leaves the roster now; what was planned for him from now on is cancelled."""
    planned = select(ForceShift).where(
        ForceShift.member_id == member.id,
        ForceShift.ends_at > change.now,
        ForceShift.cancelled_at.is_(None),
    )
    for shift in change.session.scalars(planned):
        shift.cancelled_at = change.now
    member.left_at = change.now
    change.record(ForceAction.REMOVE, member.id, words={"reason": body.reason})


def reveal(change: RosterChange, member: ForceMember, body: Because) -> ForceContact:
    """His telephone in the clear, with the record of who saw it and why."""
    change.record(ForceAction.REVEAL, member.id, words={"reason": body.reason})
    return ForceContact(name=member.name, phone=member.phone)
