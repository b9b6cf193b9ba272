"""Handing over: an action that another summoned office takes over with its consent, so that the one
that gave it up can be released (H5)."""

from collections.abc import Iterable, Sequence

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.tickets.acts.forms import Words
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import HandOver
from app.whistles.event_data import HandedOver, OfferDeclined, TakenOver
from app.whistles.life import clocks
from app.whistles.life.loop import (
    AWAITED,
    ON_SITE,
    SummonsKind,
    SummonsStatus,
    WhistleAction,
)
from app.whistles.life.moves import IllegalWhistleMove
from app.whistles.models import ActionItem, Summons
from app.whistles.views.scope import summoned

A = WhistleAction

ABLE = AWAITED | ON_SITE
"""Statuses in which an office can take something over."""


class BadHandOver(Invalid):
    title = "That cannot be handed over"


class OfferPending(IllegalWhistleMove):
    title = "That office has not answered another offer yet"


def kept(items: Iterable[ActionItem]) -> list[ActionItem]:
    """Those that were not handed over."""
    return [item for item in items if item.handed_to is None]


def check(change: WhistleChange, summons: Summons, body: HandOver) -> None:
    """Refuses (BadHandOver) an office that the whistle does not summon, or the same, and actions
    that this one does not have."""
    called = {each.office_code for each in change.summonses if each.kind is SummonsKind.DEPARTMENT}
    if body.to_office_code not in called - {summons.office_code}:
        detail = Message(
            "{office} is not summoned beside it: compose the whistle first",
            office=body.to_office_code,
        )
        raise bad("/to_office_code", detail)
    own = {item.seq for item in kept(change.items(summons))}
    for place, number in enumerate(body.actions):
        if number not in own:
            asked = {"office": summons.office_code, "number": number}
            raise bad(f"/actions/{place}", Message("{office} has no action {number}", **asked))


def bad(pointer: str, detail: Message) -> BadHandOver:
    return BadHandOver(detail, errors=[{"pointer": pointer, "detail": detail}])


def offer(change: WhistleChange, summons: Summons, body: HandOver) -> None:
    """The street asks another office to take actions over. Refuses OfferPending, and
    IllegalWhistleMove where that office can take nothing over now."""
    to = summoned(change.summonses, body.to_office_code)
    if to.offered_from is not None:
        parties = {"office": to.office_code, "other": to.offered_from}
        raise OfferPending(Message("{office} is asked to take over from {other}", **parties))
    if to.status not in ABLE:
        detail = Message("{office} is {status}", office=to.office_code, status=to.status)
        raise IllegalWhistleMove(detail, office_code=to.office_code)
    change.move(summons, A.HAND_OVER)
    to.offered_from, to.offered_actions = summons.office_code, sorted(body.actions)
    to.offered_at = change.now
    to.offer_due_at = clocks.accept_due(change.policy, change.whistle.level, change.now)
    change.beside.add(to.office_code)
    data = HandedOver(
        office_code=summons.office_code,
        summons=summons.status,
        to_office_code=to.office_code,
        actions=to.offered_actions,
        offer_due_at=to.offer_due_at,
    )
    change.record(A.HAND_OVER, data, words={"text": body.text})


def consent(change: WhistleChange, summons: Summons, body: Words) -> None:
    """The office takes them over: it owes their results from now on, and is required where the one
    that gave them up is. What it had fed back stays."""
    giver = summoned(change.summonses, summons.offered_from or "")
    given = offered(change, giver, summons)
    taken = add(change, summons, given)
    for item in given:
        item.handed_to, item.handed_at = summons.office_code, change.now
    numbers = [item.seq for item in given]
    forget(summons)
    change.move(summons, A.CONSENT)
    if summons.status is SummonsStatus.WORKING:
        summons.fed_back_at = None
    summons.required = summons.required or giver.required
    change.beside.add(giver.office_code)
    data = TakenOver(
        office_code=summons.office_code,
        summons=summons.status,
        from_office_code=giver.office_code,
        actions=numbers,
        taken=taken,
        required=summons.required,
    )
    change.record(A.CONSENT, data, words={"text": body.text})


def offered(change: WhistleChange, giver: Summons, summons: Summons) -> list[ActionItem]:
    wanted = summons.offered_actions or []
    return [item for item in change.items(giver) if item.seq in wanted]


def add(change: WhistleChange, summons: Summons, given: Sequence[ActionItem]) -> list[int]:
    """The actions as the office has them: their numbers."""
    last = max(item.seq for item in change.items(summons))
    made = [
        ActionItem(
            whistle_number=summons.whistle_number,
            office_code=summons.office_code,
            seq=seq,
            action=item.action,
            taken_from=item.office_code,
        )
        for seq, item in enumerate(given, last + 1)
    ]
    change.session.add_all(made)
    return [item.seq for item in made]


def decline(change: WhistleChange, summons: Summons, body: Words) -> None:
    """The office does not take them over; or the street takes its offer back."""
    assert summons.offered_from is not None  # its guard says so
    assert summons.offered_actions is not None
    data = OfferDeclined(
        office_code=summons.office_code,
        summons=summons.status,
        from_office_code=summons.offered_from,
        actions=summons.offered_actions,
    )
    change.beside.add(summons.offered_from)
    forget(summons)
    change.record(A.DECLINE, data, words={"text": body.text})


def forget(summons: Summons) -> None:
    summons.offered_from = summons.offered_actions = None
    summons.offered_at = summons.offer_due_at = None


def take_back(change: WhistleChange, givers: Iterable[Summons]) -> None:
    """Who goes on with its work gives nothing up."""
    codes = {summons.office_code for summons in givers}
    for summons in change.summonses:
        if summons.offered_from in codes:
            forget(summons)
