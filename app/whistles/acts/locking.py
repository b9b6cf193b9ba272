"""Locks: a whistle is locked, brought up to date and checked before an act changes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import Caller, Role
from app.city import City
from app.kit.clock import Clock
from app.kit.entities.reading import Entities
from app.kit.errors import Conflict, Stale
from app.kit.instants import HELD
from app.kit.messages import Message
from app.kit.web.etag import Versions
from app.tickets.views.scope import NUMBER, asked
from app.tickets.views.view import Viewer
from app.whistles.acts import due
from app.whistles.acts.change import WhistleChange
from app.whistles.life import permission
from app.whistles.life.loop import WhistleAction
from app.whistles.life.parts import WHO, WhistlePart
from app.whistles.life.refusals import NotYourWhistle
from app.whistles.models import Summons, Whistle
from app.whistles.standing import summons_standing
from app.whistles.views import scope, view
from app.whistles.views.scope import existing, in_scope


class WhistleChanged(Stale):
    title = "The whistle has changed since you read it"


def locked(
    session: Session, city: City, caller: Caller, number: str, clock: Clock
) -> WhistleChange:
    """Lock the whistle until the commit and apply its due changes. Refuses NoSuchWhistle."""
    whistles = recorded_in_scope(caller.role).read(session, **asked(caller, number))
    whistle = existing(number, whistles[0] if whistles else None)
    change = WhistleChange(session, city, whistle, summonses_of(session, number), clock())
    due.apply_due(change)
    change.give_part(caller)
    return change


@cache
def recorded_in_scope(role: Role) -> Entities[Whistle]:
    """The locked whistle, for a recorder."""
    newest = in_scope(role).add_columns(HELD).with_for_update(of=Whistle)
    return Entities(Whistle, newest, anew=True)


def summonses_of(session: Session, number: str) -> list[Summons]:
    """As they are now, in order of office; who has locked the whistle changes them alone."""
    return SUMMONSES.read(session, number=number)


SUMMONSES = Entities(
    Summons,
    select(Summons).where(Summons.whistle_number == NUMBER).order_by(Summons.office_code),
    anew=True,
)


def check_part(change: WhistleChange, action: WhistleAction, of: Summons | None) -> None:
    """Refuses NotYourWhistle."""
    parts = change.parts if of is None else parts_in(change, of)
    if not parts & WHO[action]:
        raise NotYourWhistle(
            Message("{action} is done by: {parts}", action=action, parts=sorted(WHO[action]))
        )


def parts_in(change: WhistleChange, of: Summons) -> frozenset[WhistlePart]:
    """The caller's, in what concerns that summons."""
    if change.caller is None:
        return change.parts
    return scope.office_parts(change.caller, change.parts, of.office_code, of.through_centre)


def check_state(
    change: WhistleChange, action: WhistleAction, of: Summons | None, if_match: Versions | None
) -> None:
    """Refuses WhistleChanged (`If-Match`), then IllegalWhistleMove."""
    version = change.whistle.version
    if if_match is not None and str(version) not in if_match:
        raise WhistleChanged(
            Message("it is at version {version}", version=version), version=version
        )
    if of is None:
        permission.check(change.standing, action)
    else:
        permission.check_summons(change.standing, summons_standing(of), action)


def on_records(change: WhistleChange) -> list[WhistleAction]:
    """What the caller may do about the records of its departments."""
    if change.caller is None:
        return []
    viewer = Viewer(change.caller, change.city, change.now, change.session)
    return view.acts_on_records(viewer, change.whistle, change.parts)


@contextmanager
def explained(change: WhistleChange, of: Summons | None) -> Iterator[None]:
    """A conflict in this block carries the status and the caller's allowed actions: of the summons
    where the act is on one, else of the whistle."""
    whistle = change.standing
    try:
        yield
    except Conflict as met:
        facts: dict[str, object] = {"whistle_status": whistle.status}
        if of is None:
            facts = {"status_now": whistle.status}
            facts["allowed"] = [*permission.allowed(whistle, change.parts), *on_records(change)]
        elif change.caller is not None:
            summons = summons_standing(of)
            parts = parts_in(change, of)
            facts["status_now"] = summons.status
            facts["allowed"] = permission.summons_allowed(whistle, summons, parts)
        met.facts = {**facts, **met.facts}
        raise
