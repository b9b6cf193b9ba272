"""False whistles 空哨 and 乱吹哨: the district rules after it has heard both sides, the street
appeals once, to the city (RULEBOOK D.14.7)."""

from datetime import timedelta

from msgspec import UNSET

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.tickets.acts.forms import Words
from app.whistles.acts import false_signals, summoning
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import AppealDecision, FalseRuling
from app.whistles.event_data import AppealDecided, FoundFalse, WhistleData
from app.whistles.life.ladder import CITY_DESK
from app.whistles.life.loop import (
    AWAITED,
    UNDER_WAY,
    Finding,
    SummonsKind,
    SummonsStatus,
    WhistleAction,
    WhistleKind,
    WhistleStatus,
)
from app.whistles.life.moves import IllegalWhistleMove
from app.whistles.models import Summons

A, S = WhistleAction, WhistleStatus


class BothSides(Invalid):
    title = "Both sides are heard before a whistle is found false"


class HazardUnsaid(Invalid):
    title = "Of an emergency it is said whether the danger was plausible"


class GoodFaith(IllegalWhistleMove):
    title = "An emergency blown in good faith is never false"


class RuledByCity(IllegalWhistleMove):
    title = "The city has decided on an appeal: this whistle is not false"


class NobodyLeft(IllegalWhistleMove):
    title = "Every department would be withdrawn: that is a reckless whistle"


def check_ruling(change: WhistleChange, body: FalseRuling) -> None:
    """Refuses BothSides and HazardUnsaid."""
    heard = [statement.office_code for statement in body.statements]
    taking_part = {change.whistle.street_code, *(each.office_code for each in change.summonses)}
    for place, code in enumerate(heard):
        if code not in taking_part:
            raise one_sided(
                f"/statements/{place}/office_code",
                Message("{office_code} takes no part in this whistle", office_code=code),
            )
    if change.whistle.street_code not in heard:
        raise one_sided("/statements", Message("the street that blew it is not heard"))
    if not set(heard) & other_side(change, body):
        raise one_sided("/statements", Message("no summoned office is heard"))
    if is_empty_emergency(change, body) and body.hazard_plausible is None:
        detail = Message("is missing for an emergency")
        raise HazardUnsaid(detail, errors=[{"pointer": "/hazard_plausible", "detail": detail}])


def one_sided(pointer: str, detail: Message) -> BothSides:
    return BothSides(detail, errors=[{"pointer": pointer, "detail": detail}])


def is_empty_emergency(change: WhistleChange, body: FalseRuling) -> bool:
    return change.whistle.kind is WhistleKind.EMERGENCY and body.finding is Finding.EMPTY


def rule_false(change: WhistleChange, body: FalseRuling) -> None:
    """H11. The whistle is false, and leaves no trace in any evaluation; or departments were the
    wrong ones, which are let go, and it goes on. Refuses GoodFaith, NobodyLeft and, once the city
    has upheld an appeal, RuledByCity."""
    if is_empty_emergency(change, body) and body.hazard_plausible:
        raise GoodFaith
    if body.finding is Finding.WRONG_DEPARTMENT:
        let_go(change, body)
        return
    whistle, rules = change.whistle, change.policy.whistle.false
    if whistle.appeal_decided_at is not None:
        raise RuledByCity
    whistle.ruled_from, whistle.finding = whistle.status, body.finding
    whistle.ruled_at = change.now
    whistle.appeal_until = change.now + timedelta(days=rules.appeal_days)
    data = FoundFalse(
        finding=body.finding,
        heard=[statement.office_code for statement in body.statements],
        withdrawn=[],
        appeal_until=whistle.appeal_until,
    )
    change.record(A.RULE_FALSE, data, words_of(body), to=S.FALSE)
    false_signals.tell(change)


def let_go(change: WhistleChange, body: FalseRuling) -> None:
    """The wrong departments: those heard beside the street."""
    heard = [statement.office_code for statement in body.statements]
    valid = [each for each in departments(change) if not is_withdrawn(each)]
    wrong = [each for each in valid if each.office_code in heard]
    if len(wrong) == len(valid):
        raise NobodyLeft
    for summons in wrong:
        change.move(summons, A.RULE_FALSE)
        summons.withdrawn_at, summons.escalate_at = change.now, None
    follows = change.whistle.status in UNDER_WAY | {S.FED_BACK}
    data = FoundFalse(
        finding=body.finding, heard=heard, withdrawn=[each.office_code for each in wrong]
    )
    change.beside |= {each.office_code for each in wrong}
    after = change.follow() if follows else change.whistle.status
    change.record(A.RULE_FALSE, data, words_of(body), to=after)


def other_side(change: WhistleChange, body: FalseRuling) -> set[str]:
    """The departments; the other street, where no department is called. A department that was let
    go is not let go again."""
    called = departments(change)
    if body.finding is Finding.WRONG_DEPARTMENT:
        return {each.office_code for each in called if not is_withdrawn(each)}
    return {each.office_code for each in called or change.summonses}


def departments(change: WhistleChange) -> list[Summons]:
    return [each for each in change.summonses if each.kind is SummonsKind.DEPARTMENT]


def is_withdrawn(summons: Summons) -> bool:
    return summons.status is SummonsStatus.WITHDRAWN_BY_RULING


def words_of(body: FalseRuling) -> dict[str, object]:
    statements = {statement.office_code: statement.text for statement in body.statements}
    return {"text": body.text, "statements": statements}


def appeal(change: WhistleChange, body: Words) -> None:
    """The street's chief, once, to the city."""
    change.whistle.appealed_at = change.now
    change.beside.add(CITY_DESK)
    change.record(A.APPEAL, WhistleData(), words={"text": body.text})


def is_awaited(summons: Summons) -> bool:
    """Whether its office is still to come; another street that has joined needs not (D.14.6)."""
    joined = summons.kind is SummonsKind.PEER and summons.status is not SummonsStatus.SENT
    return summons.status in AWAITED and not joined


def decide_appeal(change: WhistleChange, body: AppealDecision) -> None:
    """The city's word, final. Upheld, the whistle is again what it was, and keeps its settlement;
    who had not come has new limits, and the chief as long as before to evaluate."""
    whistle = change.whistle
    whistle.appeal_decided_at = change.now
    change.beside.add(CITY_DESK)
    after, renewed = S.FALSE, []
    if body.uphold:
        assert whistle.ruled_from is not None  # set by the ruling
        after, whistle.finding, whistle.ended_at = whistle.ruled_from, None, None
        for summons in change.summonses:
            if is_awaited(summons):
                summoning.set_limits(summons, whistle, change.policy, change.now)
                renewed.append(summons)
    data = AppealDecided(
        uphold=body.uphold, summonses=summoning.sent(change, renewed) if renewed else UNSET
    )
    change.record(A.DECIDE_APPEAL, data, words={"text": body.text}, to=after)
