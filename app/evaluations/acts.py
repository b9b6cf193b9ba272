"""Acts of an evaluation: a street marks, a department appeals, the district decides, the evaluator
enters the rest (RULEBOOK D.15, D.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.evaluations import books, compute, waiting
from app.evaluations.books import Writer
from app.evaluations.events import Appealed, Decided, Entered, Entry, Key, Marked
from app.evaluations.marks import Word
from app.evaluations.models import PerformanceSeal, Step
from app.evaluations.schemas import (
    AppealDecision,
    MarkItems,
    NewAppeal,
    NewMark,
    NewOther,
    NewUnitMark,
)
from app.evaluations.terms import Term
from app.kit import decimals
from app.kit.clock import Clock
from app.kit.errors import Conflict, Invalid
from app.kit.instants import recording
from app.kit.messages import Message
from app.kit.web.wire import in_utc
from app.offices.directory import CITY_CENTRE
from app.rankings.published import AlreadySealed
from app.tickets.acts.extension import FourEyes


class MarkOutOfRange(Invalid):
    title = "A mark has no more points than its item gives"


class ReasonMissing(Invalid):
    title = "Another mark than the proposed one has its reason"


class EvaluationLate(Conflict):
    title = "The time for that step of the evaluation has passed"


class NothingProposed(Conflict):
    title = "No whistle proposes a mark that could be confirmed"


class DealingsOnRecord(Conflict):
    title = "Whistles of this period are on record"


class MarkSetAside(Conflict):
    title = "The district has set the street's mark aside"


class NothingToAppeal(Conflict):
    title = "This street has put no mark that could be appealed against"


class AppealRepeated(Conflict):
    title = "That was appealed against, or decided, before"


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a caller on the evaluations of a term."""

    session: Session
    caller: Caller
    term: Term
    clock: Clock

    def writer(self, owner_code: str) -> Writer:
        """The owner's book, locked to the commit; then the time."""
        recording(self.session, self.clock)
        book = books.locked(self.session, self.term.name, owner_code)
        return Writer(self.session, book, self.caller, self.clock())

    def check_time(self, writer: Writer, until: str) -> None:
        """Refuses (EvaluationLate) after the term's deadline, appeal or decision time."""
        last = getattr(self.term, until)
        if writer.now > last:
            raise EvaluationLate(
                Message("it was possible until {until}", until=last), until=in_utc(last)
            )


def mark(act: Act, street: str, office: str, body: NewMark) -> None:
    """Put or change a street's mark of a department; the same mark again changes nothing. Against
    another one the department appeals anew.

    Refuses MarkOutOfRange, ReasonMissing, EvaluationLate, MarkSetAside, NothingProposed and
    DealingsOnRecord.
    """
    check_range(act.term, body.items)
    writer = act.writer(street)
    facts = compute.behind(act.session, act.term, writer.now, street)
    key = (street, office)
    proposed = facts.proposed(key)
    check_reason(body, proposed)
    act.check_time(writer, "deadline_at")
    before = facts.entries.marks.get(key)
    check_record(body.word, proposed, before)
    words = {"reason": body.reason, "veto": body.veto.text if body.veto else None}
    data = Marked(body.word, exact_items(body.items), body.veto is not None)
    if put(writer, Step.MARK, key, data, words, before):
        waiting.tell(writer, Step.MARK, office, [office])
        waiting.decided(writer, act.term, key)


def mark_unit(act: Act, street: str, unit: str, body: NewUnitMark) -> None:
    """The same for a community or a section of the street itself. Refuses MarkOutOfRange and
    EvaluationLate."""
    check_range(act.term, body.items)
    writer = act.writer(street)
    act.check_time(writer, "deadline_at")
    facts = compute.behind(act.session, act.term, writer.now, street)
    key = (street, unit)
    data = Marked(body.word, exact_items(body.items))
    words = {"reason": body.reason}
    put(writer, Step.MARK_UNIT, key, data, words, facts.entries.units.get(key))


def put(
    writer: Writer,
    action: Step,
    key: Key,
    data: Marked,
    words: Mapping[str, str | None],
    before: Entry | None,
) -> bool:
    """Whether it is another mark than before."""
    if before and before.opinion == data.opinion and same_words(writer, before, words):
        return False
    writer.write(action, key[1], data, words)
    return True


def same_words(writer: Writer, before: Entry, words: Mapping[str, str | None]) -> bool:
    book = writer.book
    known = books.statements(writer.session, [book.term], book.owner_code)
    statement = known.get((book.term, book.owner_code, before.seq))
    former = statement.words if statement else {}
    return former == {name: text for name, text in words.items() if text is not None}


def check_range(term: Term, items: MarkItems | None) -> None:
    """Refuses (MarkOutOfRange) an item above the points that the policy gives it."""
    rules = term.policy.evaluation.marks
    most = {name: getattr(rules, name) for name in MarkItems.model_fields}
    faults = [
        {"pointer": f"/items/{name}", "detail": Message("from 0 to {most}", most=points)}
        for name, points in most.items()
        if items and getattr(items, name) > points
    ]
    if faults:
        first = Message("{field} {fault}", field=faults[0]["pointer"], fault=faults[0]["detail"])
        raise MarkOutOfRange(first, errors=faults)


def check_reason(body: NewMark, proposed: Fraction | None) -> None:
    if body.items is None or body.reason or proposed is None:
        return
    if total(body.items) != proposed:
        detail = Message("needed, as the record proposes {proposed}", proposed=proposed)
        raise ReasonMissing(detail, errors=[{"pointer": "/reason", "detail": detail}])


def check_record(word: Word, proposed: Fraction | None, before: Entry | None) -> None:
    """Refuses MarkSetAside, NothingProposed, DealingsOnRecord."""
    if before and before.opinion.set_aside:
        raise MarkSetAside(Message("what the record proposes stands"))
    if word is Word.CONFIRM and proposed is None:
        raise NothingProposed(Message("mark the items, or say that there were no dealings"))
    if word is Word.NO_DEALINGS and proposed is not None:
        raise DealingsOnRecord(
            Message("confirm the proposed mark, or mark the items with a reason")
        )


def exact_items(items: MarkItems | None) -> dict[str, str] | None:
    if items is None:
        return None
    return {name: str(Fraction(getattr(items, name))) for name in MarkItems.model_fields}


def total(items: MarkItems) -> Fraction:
    return decimals.total(Fraction(getattr(items, name)) for name in MarkItems.model_fields)


def appeal(act: Act, office: str, district: str, body: NewAppeal) -> str:
    """A department appeals once against a street's word, up to `eval.appeal` after the deadline.

    Refuses EvaluationLate, NothingToAppeal and AppealRepeated.
    """
    writer = act.writer(body.street_code)
    act.check_time(writer, "appeal_until")
    entry = entry_of(act, writer, office)
    if entry.appeal:
        raise AppealRepeated(Message("one appeal is heard against a mark"))
    writer.write(Step.APPEAL, office, Appealed(), {"text": body.text})
    waiting.tell(writer, Step.APPEAL, office, [body.street_code, district])
    waiting.ask(writer, act.term, (body.street_code, office), district)
    return office


def decide(act: Act, office: str, body: AppealDecision) -> str:
    """The street's district decides; an approved appeal sets mark and veto aside.

    Refuses EvaluationLate, NothingToAppeal, AppealRepeated and FourEyes.
    """
    writer = act.writer(body.street_code)
    entry = entry_of(act, writer, office)
    made = entry.appeal
    if made and act.term.policy.auth.four_eyes and act.caller.id in (entry.actor, made.actor):
        raise FourEyes(Message("who marked or appealed does not decide"))
    act.check_time(writer, "decide_until")
    if made is None:
        raise NothingToAppeal(Message("the department has not appealed"))
    if made.approved is not None:
        raise AppealRepeated(Message("it was decided"))
    writer.write(Step.DECIDE, office, Decided(approve=body.approve), {"text": body.text})
    waiting.tell(writer, Step.DECIDE, office, [body.street_code, office])
    waiting.decided(writer, act.term, (body.street_code, office))
    return office


def entry_of(act: Act, writer: Writer, office: str) -> Entry:
    street = writer.book.owner_code
    facts = compute.behind(act.session, act.term, writer.now, street)
    entry = facts.entries.marks.get((street, office))
    if entry is None:
        raise NothingToAppeal(Message("what stands is the record's, or the street had no dealings"))
    return entry


def enter(act: Act, office: str, body: NewOther) -> None:
    """The rest of a department's performance, until its term is sealed. Refuses AlreadySealed."""
    writer = act.writer(CITY_CENTRE)
    if act.session.get(PerformanceSeal, act.term.name):
        raise AlreadySealed(
            Message("{period} is sealed", period=act.term.name), status_now="sealed", allowed=[]
        )
    facts = compute.behind(act.session, act.term, writer.now, CITY_CENTRE)
    other = Fraction(body.other)
    if facts.entries.others.get(office) != other:
        writer.write(Step.ENTER, office, Entered(other=str(other)))
