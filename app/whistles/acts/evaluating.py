"""Evaluating 综合评价: the chief's points in each department's record of a settled whistle, and
the appeal against them (H9, RULEBOOK D.15)."""

from datetime import datetime
from fractions import Fraction

from app.kit.errors import Conflict, Invalid
from app.kit.messages import Message
from app.tickets.acts.extension import FourEyes
from app.tickets.acts.forms import Decision, Words
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import NewEvaluation
from app.whistles.evaluation import records, views
from app.whistles.evaluation.models import WhistleMark
from app.whistles.event_data import EvaluationDecided, Moved, WhistleEvaluated
from app.whistles.life.loop import WhistleAction, WhistleStatus
from app.whistles.life.refusals import NotYourWhistle
from app.whistles.models import Summons

A = WhistleAction


class PointsOutOfRange(Invalid):
    title = "An item has no more points than the policy gives it"


class EvaluationUnexplained(Invalid):
    title = "Few points, or rough conduct, are explained"


class NoRecord(Conflict):
    title = "That office has no record of this whistle"


class EvaluatedBefore(Conflict):
    title = "The street has evaluated that office for this whistle"


class NotEvaluated(Conflict):
    title = "The street has put no points that could be appealed against"


class EvaluationAppealLate(Conflict):
    title = "The time to appeal against this evaluation has passed"


class EvaluationAppealRepeated(Conflict):
    title = "That was appealed against, or decided, before"


def check(change: WhistleChange, summons: Summons, body: NewEvaluation) -> None:
    """Refuses NotYourWhistle, PointsOutOfRange and EvaluationUnexplained."""
    check_street(change, summons)
    rules = change.policy.evaluation
    points = {"effect": body.effect, "attitude": body.attitude}
    most = {name: getattr(rules.record, name) for name in points}
    faults = [
        {"pointer": f"/{name}", "detail": Message("from 0 to {most}", most=most[name])}
        for name, given in points.items()
        if given > most[name]
    ]
    if faults:
        first = Message("{field} {fault}", field=faults[0]["pointer"], fault=faults[0]["detail"])
        raise PointsOutOfRange(first, errors=faults)
    if body.text is None and (body.rough or min(points.values()) < rules.text_below):
        detail = Message(
            "needed below {text_below} points, and for rough conduct", text_below=rules.text_below
        )
        raise EvaluationUnexplained(detail, errors=[{"pointer": "/text", "detail": detail}])


def check_street(change: WhistleChange, summons: Summons) -> None:
    """Of two streets each evaluates the departments of its own district (D.15)."""
    street = summons.evaluated_by or change.whistle.street_code
    if change.caller is not None and change.caller.office_code != street:
        raise NotYourWhistle(Message("{street} evaluates that office", street=street))


def evaluate(change: WhistleChange, summons: Summons, body: NewEvaluation) -> None:
    """H9: once for each department; with the last one the whistle is evaluated.

    Refuses NoRecord and EvaluatedBefore.
    """
    if change.session.get(WhistleMark, key_of(summons)):
        raise EvaluatedBefore(Message("what was submitted stays"))
    open_to = unmarked(change)
    if summons.office_code not in open_to:
        raise NoRecord(Message("it was let go by ruling, is not marked, or was free to stay away"))
    assert change.caller is not None  # nobody's points fall due
    mark = WhistleMark(
        whistle_number=summons.whistle_number,
        office_code=summons.office_code,
        effect=str(Fraction(body.effect)),
        attitude=str(Fraction(body.attitude)),
        rough=body.rough,
        marked_at=change.now,
        marked_by=change.caller.id,
    )
    change.session.add(mark)
    change.session.flush()
    data = WhistleEvaluated(
        office_code=summons.office_code,
        summons=summons.status,
        effect=mark.effect,
        attitude=mark.attitude,
        rough=mark.rough,
    )
    last = open_to == {summons.office_code}
    to = WhistleStatus.EVALUATED if last else WhistleStatus.SETTLED
    change.record(A.EVALUATE, data, words={"text": body.text}, to=to)


def unmarked(change: WhistleChange) -> set[str]:
    """The offices whose records the chief has not marked."""
    number = change.whistle.number
    known = records.of_whistles(change.session, change.city.policies, [number], change.now)
    marked = views.marked(change.session, number)
    return {record.office_code for record in known.get(number, ())} - marked


def key_of(summons: Summons) -> tuple[str, str]:
    return summons.whistle_number, summons.office_code


def appeal(change: WhistleChange, summons: Summons, body: Words) -> None:
    """The department appeals once against the chief's points, within `eval.appeal`.

    Refuses NotEvaluated, EvaluationAppealRepeated and EvaluationAppealLate.
    """
    mark = mark_of(change, summons)
    if mark.appealed_at is not None:
        raise EvaluationAppealRepeated(Message("one appeal is heard against a record"))
    until = mark.marked_at + change.policy.evaluation.appeal
    if change.now > until:
        raise EvaluationAppealLate(Message("it was possible until {until}", until=until))
    assert change.caller is not None  # no appeal falls due
    mark.appealed_at, mark.appealed_by = change.now, change.caller.id
    due_at = change.now + change.policy.evaluation.appeal
    change.whistle.decide_due_at = min(change.whistle.decide_due_at or due_at, due_at)
    data = Moved(office_code=summons.office_code, summons=summons.status)
    change.record(A.APPEAL_EVALUATION, data, words={"text": body.text}, to=change.whistle.status)


def decide(change: WhistleChange, summons: Summons, body: Decision) -> None:
    """The district decides, and not who marked or appealed; approved, the record stands alone.

    Refuses NotEvaluated, EvaluationAppealRepeated and FourEyes.
    """
    mark = mark_of(change, summons)
    if mark.appealed_at is None:
        raise NotEvaluated(Message("the department has not appealed"))
    if mark.decided_at is not None:
        raise EvaluationAppealRepeated(Message("it was decided"))
    assert change.caller is not None  # no decision falls due
    others = (mark.marked_by, mark.appealed_by)
    if change.policy.auth.four_eyes and change.caller.id in others:
        raise FourEyes(Message("another person decides"))
    mark.set_aside, mark.decided_at = body.approve, change.now
    change.session.flush()
    change.whistle.decide_due_at = next_decision(change)
    data = EvaluationDecided(
        office_code=summons.office_code, summons=summons.status, approve=body.approve
    )
    change.record(A.DECIDE_EVALUATION, data, words={"text": body.text}, to=change.whistle.status)


def next_decision(change: WhistleChange) -> datetime | None:
    """Until when the district decides on the appeal that waits longest."""
    since = views.appealed_since(change.session, change.whistle.number)
    return since + change.policy.evaluation.appeal if since else None


def mark_of(change: WhistleChange, summons: Summons) -> WhistleMark:
    mark = change.session.get(WhistleMark, key_of(summons))
    if mark is None:
        raise NotEvaluated(Message("what stands is the record's"))
    return mark
