"""Appeals after the first callback: a second hearing 二次核实 (D.9), or exclusion 剔除 (D.10).

Offices appeal only where the citizen was not content. Exclusion goes by request, review and
decision [K7]; the shares are plausible, and ours.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import select

from app.access.roles import Role
from app.callbacks import appeals, disputes, exclusions
from app.callbacks.answers import ExclusionCode, Reach, Resolved, Satisfied
from app.callbacks.conduct import content
from app.callbacks.models import Callback, ExclusionRequest
from app.callbacks.schemas import NewCallback, NewCorrection, NewExclusion
from app.city import district_of
from app.simulate.life import DAY, Life, Step, desk
from app.simulate.requests import drawn
from app.tickets.acts.change import Change
from app.tickets.acts.forms import Decision, Words
from app.tickets.life.lifecycle import Action

DISPUTED = 0.02
HEARD = 0.85
DIFFERS = 0.25
EXCLUSION_ASKED = 0.03
CODES = {
    ExclusionCode.X1: 12,
    ExclusionCode.X2: 42,
    ExclusionCode.X3: 8,
    ExclusionCode.X4: 12,
    ExclusionCode.X5: 6,
    ExclusionCode.X6: 20,
}
REVIEWED = 0.85
PASSED_ON = 0.75
FLAGGED = 0.5
EXCLUDED = 0.65


def appeal(life: Life, body: NewCallback) -> Iterator[Step]:
    """The appeal of the office assessed, made only at the assessment."""
    if life.ticket.assessed_at != life.now:
        return
    life.first_callback = body
    if body.reach is not Reach.REACHED or content(body.answers):
        return
    if life.seldom(DISPUTED):
        yield dispute(life)
    elif life.seldom(EXCLUSION_ASKED):
        yield exclusion(life)


def dispute(life: Life) -> Step:
    def perform(change: Change, body: Words) -> None:
        disputes.dispute(change, counted(change), body)

    at = life.after(life.change.policy.callback.dispute, 2, 3)
    body = Words(text="录音与记录不一致，请复核。")
    return Step(at, life.handler(), Action.DISPUTE, perform, body)


def counted(change: Change) -> Callback:
    """The ticket's first final callback."""
    query = select(Callback).filter_by(ticket_number=change.ticket.number, final=True, cycle=0)
    return change.session.scalars(query).one()


def correct(life: Life, body: Words) -> Iterator[Step]:
    """A supervisor hears the recording again; mostly the record stands."""
    if life.first_callback is None or not life.likely(HEARD):
        return

    def perform(change: Change, heard: NewCorrection) -> None:
        disputes.correct(change, counted(change), heard)

    better = {"resolved": Resolved.RESOLVED, "satisfied": Satisfied.BASIC}
    record = life.first_callback.model_dump(exclude={"reasonable", "reason", "recording"})
    heard = NewCorrection(
        **(record | better if life.likely(DIFFERS) else record), text="已复听录音。"
    )
    yield Step(life.after(3 * DAY), desk(Role.SUPERVISOR), Action.HEAR_AGAIN, perform, heard)


def exclusion(life: Life) -> Step:
    body = NewExclusion(
        code=drawn(life.asked.chance, CODES), text="申请不纳入考评。", evidence="政策依据、告知记录"
    )
    within = timedelta(days=life.change.policy.exclude.request_days)
    at = life.after(within, 2, 3)
    return Step(at, life.handler(), Action.REQUEST_EXCLUSION, exclusions.ask, body)


def words_on(life: Life, body: NewExclusion) -> Iterator[Step]:
    """The district's review, for X3 a supervisor's, and after the district's days the evaluator's
    decision."""
    own = district_of(life.change.city, life.head.ticket.office_code or "")
    days = timedelta(days=life.change.policy.exclude.review_days)
    still, flagged = undecided(life), life.likely(FLAGGED)
    if body.code is ExclusionCode.X3:
        yield word(life, Role.SUPERVISOR, flagged, still)._replace(at=life.after(days))
    if own and life.likely(REVIEWED):
        passed = word(life, Role.DISTRICT, life.likely(PASSED_ON), still)
        yield passed._replace(at=life.after(days), who=life.district(own))
    excluded = life.likely(EXCLUDED) and (flagged or body.code is not ExclusionCode.X3)
    at = life.after(3 * DAY) + days
    yield word(life, Role.EVALUATOR, excluded, still)._replace(
        at=at, action=Action.DECIDE_EXCLUSION, perform=exclusions.decide
    )


def word(life: Life, role: Role, approve: bool, still: Callable[[], bool]) -> Step:
    body = Decision(approve=approve, text="已审核材料。")
    review = exclusions.review
    return Step(life.now, desk(role), Action.REVIEW_EXCLUSION, review, body, still)


def undecided(life: Life) -> Callable[[], bool]:
    """Whether nobody has refused the exclusion, and its period is not frozen yet."""

    def still() -> bool:
        change = life.change
        asked = change.session.get(ExclusionRequest, life.ticket.number)
        assessed_at = life.ticket.assessed_at
        if asked is None or assessed_at is None or False in (asked.reviewed, asked.flagged):
            return False
        period = change.city.periods.of(assessed_at)
        return life.now <= appeals.decided_until(period)

    return still
