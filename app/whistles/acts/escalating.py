"""The ladder 街乡 → 区 → 市 → 中央: a whistle is raised, and coordinated from above (RULEBOOK
D.14.5). The street stays responsible for the citizen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import UNSET

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.offices.directory import OfficeKind
from app.tickets.acts.forms import Reason, Words
from app.tickets.acts.supervision import LONGEST
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import Coordination, Liaison
from app.whistles.event_data import Coordinated, Moved, Raised
from app.whistles.life.ladder import ABOVE, Trigger, owner
from app.whistles.life.loop import OVER, SummonsKind, Tier, WhistleAction
from app.whistles.models import Summons

A = WhistleAction


class BadCoordination(Invalid):
    title = "That is no way to coordinate this whistle"


def escalate(change: WhistleChange, body: Reason) -> None:
    """H10, by hand: power or owner is above the tier."""
    rise(change, Trigger.REQUEST, words={"reason": body.reason})


def rise(
    change: WhistleChange,
    trigger: Trigger,
    of: Summons | None = None,
    words: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
) -> None:
    """One tier up; two streets that do not agree go to the city at once (D.14.6). What a street
    verified before is verified anew."""
    whistle = change.whistle
    former = whistle.tier
    whistle.tier = Tier.CITY if trigger is Trigger.PEER else ABOVE[former]
    unverify(change)
    data = Raised(
        from_tier=former,
        to_tier=whistle.tier,
        trigger=trigger,
        owner=owner(whistle.tier, whistle.street_code, whistle.district_code),
        office_code=of.office_code if of else UNSET,
    )
    change.record(A.ESCALATE, data, words, due_at=due_at)


def unverify(change: WhistleChange) -> None:
    change.whistle.verified_at = None
    for summons in change.summonses:
        summons.verified_at = None


def coordinate(change: WhistleChange, body: Coordination) -> None:
    """Who coordinates names a lead department and a new date."""
    whistle, liaison = change.whistle, body.liaison
    whistle.lead_office_code = body.lead_office_code
    whistle.new_date_at = whistle.escalate_at = body.new_date_at
    data = Coordinated(
        lead_office_code=body.lead_office_code,
        new_date_at=body.new_date_at,
        liaison=liaison.office_code if liaison else UNSET,
    )
    words = {"text": body.text, "liaison_person": liaison.person if liaison else None}
    change.record(A.COORDINATE, data, words)


def check_coordination(change: WhistleChange, body: Coordination) -> None:
    """Refuses (BadCoordination) a lead that is not summoned, a date that has passed or lies more
    than a year ahead, and a liaison with what is no central office."""
    called = {
        each.office_code
        for each in change.summonses
        if each.kind is SummonsKind.DEPARTMENT and each.status not in OVER
    }
    if body.lead_office_code not in called:
        raise bad(
            "/lead_office_code",
            Message(
                "{lead_office_code} is not at work for this whistle",
                lead_office_code=body.lead_office_code,
            ),
        )
    if not change.now < body.new_date_at <= change.now + LONGEST:
        raise bad("/new_date_at", Message("must lie ahead, within a year"))
    if body.liaison is not None:
        check_liaison(change, body.liaison)


def check_liaison(change: WhistleChange, liaison: Liaison) -> None:
    office = change.city.office(liaison.office_code, "/liaison/office_code", change.now)
    if office.kind is not OfficeKind.CENTRAL:
        raise bad(
            "/liaison/office_code", Message("{office} is no central office", office=office.name)
        )
    if change.whistle.tier is not Tier.CENTRAL:
        raise bad(
            "/liaison", Message("the whistle is at the tier {tier}", tier=change.whistle.tier)
        )


def bad(pointer: str, detail: Message) -> BadCoordination:
    return BadCoordination(detail, errors=[{"pointer": pointer, "detail": detail}])


def waive(change: WhistleChange, summons: Summons, body: Words) -> None:
    """The whistle goes on without an office that has not come, has left or does not answer; what it
    owed stays on its record."""
    change.move(summons, A.WAIVE)
    summons.required, summons.waived_at, summons.escalate_at = False, change.now, None
    moved = Moved(office_code=summons.office_code, summons=summons.status)
    change.record(A.WAIVE, moved, words={"text": body.text})
