"""The life of a whistle and of each summons: the moves of each action (RULEBOOK D.14.4, H1 to H11).

MOVES and SUMMONS_MOVES are the whole of it; parts.py has who acts, guards.py the other conditions.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple, TypeVar

from app.kit.errors import Conflict
from app.kit.messages import Message
from app.whistles.life.loop import (
    ANSWERED,
    AWAITED,
    BLOWN,
    LATER,
    ON_SITE,
    PROGRESS,
    UNDER_WAY,
    UNSETTLED,
    VALID,
    SummonsStatus,
    WhistleAction,
    WhistleStatus,
)

A, P, S = WhistleAction, SummonsStatus, WhistleStatus

T = TypeVar("T", bound=StrEnum)
Moves = Mapping[tuple[T, WhistleAction], tuple[T, ...]]


def staying(
    action: WhistleAction, statuses: Iterable[T]
) -> dict[tuple[T, WhistleAction], tuple[T, ...]]:
    return {(status, action): (status,) for status in statuses}


def ending(
    action: WhistleAction, statuses: Iterable[T], end: T
) -> dict[tuple[T, WhistleAction], tuple[T, ...]]:
    return {(status, action): (end,) for status in statuses}


def following(
    actions: Iterable[WhistleAction], statuses: Iterable[WhistleStatus]
) -> dict[tuple[WhistleStatus, WhistleAction], tuple[WhistleStatus, ...]]:
    """The same, or what follows from the summonses."""
    return {
        (status, action): tuple(dict.fromkeys((status, *PROGRESS)))
        for status in statuses
        for action in actions
    }


MOVES: Moves[WhistleStatus] = {
    # H1: blown, confirmed by the chief, composed; taken back before anybody has come
    (S.DRAFT, A.DRAFT): (S.DRAFT,),
    (S.DRAFT, A.BLOW): (S.BLOWN,),
    **staying(A.CONFIRM, VALID),
    **staying(A.LAPSE, VALID),
    (S.DRAFT, A.COMPOSE): (S.DRAFT,),
    **following([A.COMPOSE], UNDER_WAY | {S.FED_BACK}),
    **ending(A.CANCEL, (S.DRAFT, S.BLOWN, S.ESCALATED), S.CANCELLED),
    # D.14.6: the other street; the initiator leads unless both agree otherwise
    **staying(A.JOIN, UNSETTLED),
    **staying(A.PROPOSE_LEAD, UNSETTLED),
    **staying(A.AGREE_LEAD, UNSETTLED),
    **staying(A.DECLINE_LEAD, UNSETTLED),
    # H2 to H6: what its summoned offices do, and what follows for the whistle
    **staying(A.ISSUE_CODE, UNSETTLED),
    **staying(A.ACCEPT, UNDER_WAY | {S.FED_BACK}),
    **following(
        [
            *(A.REPORT_IN, A.FEED_BACK, A.OBJECT, A.RULE_OBJECTION),
            *(A.CONSENT, A.INTERIM_RELEASE, A.WAIVE),
        ],
        UNDER_WAY | {S.FED_BACK},
    ),
    **staying(A.HAND_OVER, UNDER_WAY | {S.FED_BACK}),
    **staying(A.DECLINE, UNSETTLED),
    (S.VERIFYING, A.RULE_OBJECTION): (S.VERIFYING,),
    **ending(A.START, (S.BLOWN, S.ASSEMBLING, S.RETURNED, S.ESCALATED), S.IN_ACTION),
    **staying(A.LEAVE, BLOWN),
    # D.15 拒不履行: told by the street, looked into by the district
    **staying(A.REPORT_REFUSAL, UNSETTLED),
    **staying(A.RULE_REFUSAL, UNSETTLED | {S.SETTLED, S.EVALUATED}),
    # D.2 督办 of whom it summoned, and the answer that is owed
    **staying(A.SUPERVISE, UNSETTLED),
    **staying(A.ANSWER, UNSETTLED | {S.SETTLED, S.EVALUATED}),
    **staying(A.UNANSWERED, UNSETTLED | {S.SETTLED, S.EVALUATED}),
    **staying(A.RELEASE, UNSETTLED),
    **staying(A.ABSENT, UNSETTLED),
    **staying(A.MISS, UNSETTLED),
    # D.14.4: a campaign is organised, keeps its days and ends with a summary
    **staying(A.ORGANISE, UNDER_WAY | {S.DRAFT, S.FED_BACK}),
    **staying(A.LOG, UNDER_WAY | {S.FED_BACK}),
    **staying(A.MEET, UNDER_WAY | {S.FED_BACK}),
    **staying(A.NOTIFY, UNDER_WAY | {S.FED_BACK}),
    **staying(A.CONCLUDE, UNDER_WAY | {S.FED_BACK}),
    **staying(A.CORRECT_LOG, UNSETTLED),
    # H7, H8: verified by the street, settled by the district, or sent back
    **ending(A.VERIFY, (S.FED_BACK, S.RETURNED, S.ESCALATED, S.VERIFYING), S.VERIFYING),
    (S.VERIFYING, A.SETTLE): (S.SETTLED,),
    (S.VERIFYING, A.SEND_BACK): (S.RETURNED,),
    # H9: each department is evaluated; the last one ends it, or the time to do so
    (S.SETTLED, A.EVALUATE): (S.SETTLED, S.EVALUATED),
    (S.SETTLED, A.CLOSE): (S.EVALUATED,),
    **staying(A.THANK, (S.SETTLED, S.EVALUATED)),
    **staying(A.APPEAL_EVALUATION, (S.SETTLED, S.EVALUATED)),
    **staying(A.DECIDE_EVALUATION, (S.SETTLED, S.EVALUATED)),
    # H10, H11
    **ending(A.ESCALATE, UNSETTLED, S.ESCALATED),
    **following([A.COORDINATE], UNDER_WAY | {S.FED_BACK, S.VERIFYING}),
    **{
        (status, A.RULE_FALSE): tuple(dict.fromkeys((S.FALSE, status, *PROGRESS)))
        for status in UNSETTLED | {S.SETTLED}
    },
    # the days to rule outlast the chief's evaluation of what was settled
    (S.EVALUATED, A.RULE_FALSE): (S.FALSE, S.EVALUATED),
    (S.FALSE, A.APPEAL): (S.FALSE,),
    (S.FALSE, A.TOO_MANY_FALSE): (S.FALSE,),
    **staying(A.READ_SIGNAL, VALID | {S.FALSE}),
    (S.FALSE, A.DECIDE_APPEAL): (S.FALSE, S.SETTLED, S.EVALUATED, *PROGRESS, *LATER),
}

SUMMONS_MOVES: Moves[SummonsStatus] = {
    (P.DRAFT, A.BLOW): (P.SENT,),
    # H2
    (P.SENT, A.ACCEPT): (P.ACCEPTED,),
    (P.SENT, A.JOIN): (P.ACCEPTED,),
    # H3: an absence stays on record when its office comes late; who left may come back
    **ending(A.REPORT_IN, AWAITED | {P.ABSENT}, P.ARRIVED),
    **staying(A.REPORT_IN, ON_SITE),
    **ending(A.ABSENT, AWAITED, P.ABSENT),
    # H4
    (P.ARRIVED, A.START): (P.WORKING,),
    **ending(A.FEED_BACK, (P.ARRIVED, P.WORKING), P.FED_BACK),
    # 事不完、人不撤: leaving ends nothing
    **staying(A.LEAVE, ON_SITE | {P.OBJECTED, P.RELEASED, P.WITHDRAWN_BY_RULING}),
    **ending(A.INTERIM_RELEASE, (P.ARRIVED, P.WORKING), P.WORKING),
    (P.WORKING, A.MISS): (P.WORKING,),
    # H5: verified done, or handed over to another office with its consent
    (P.FED_BACK, A.RELEASE): (P.RELEASED,),
    (P.FED_BACK, A.HAND_OVER): (P.FED_BACK,),
    **staying(A.CONSENT, AWAITED | {P.ARRIVED, P.WORKING}),
    (P.FED_BACK, A.CONSENT): (P.WORKING,),
    **staying(A.DECLINE, frozenset(P) - {P.DRAFT, P.RELEASED, P.WITHDRAWN_BY_RULING}),
    # an objection 异议, and its ruling
    **ending(A.OBJECT, (P.SENT, P.ACCEPTED, P.ARRIVED, P.WORKING), P.OBJECTED),
    (P.OBJECTED, A.RULE_OBJECTION): (P.WITHDRAWN_BY_RULING, P.SENT, P.ARRIVED),
    # H8: work goes on; who was released stays so
    (P.FED_BACK, A.SEND_BACK): (P.WORKING,),
    # D.14.7: the wrong department is let go, and the whistle goes on
    **ending(A.RULE_FALSE, frozenset(P) - {P.DRAFT, P.WITHDRAWN_BY_RULING}, P.WITHDRAWN_BY_RULING),
    # D.14.5: it goes on without an office that has not come or does not answer; its record stays
    **staying(A.WAIVE, AWAITED | {P.ABSENT, P.OBJECTED, P.ARRIVED, P.WORKING}),
}


class IllegalWhistleMove(Conflict):
    title = "This whistle does not allow that action now"


def move(moves: Moves[T], status: T, action: WhistleAction, to: T | None = None) -> T:
    """The new status. Refuses (IllegalWhistleMove) a move outside the table."""
    outcomes = moves.get((status, action), ())
    if to is None and len(outcomes) == 1:
        return outcomes[0]
    if to is None or to not in outcomes:
        raise IllegalWhistleMove(
            Message("cannot {action} what is {status}", action=action, status=status)
        )
    return to


class Called(NamedTuple):
    """A summons, as far as the whistle's own status follows from it."""

    status: SummonsStatus
    required: bool
    has_arrived: bool
    waived: bool = False


def progress(summonses: Iterable[Called], started: bool) -> WhistleStatus:
    """H6: the whistle's status by its departments' summonses, without the other street's.

    The required ones decide; where none is required, all that were neither withdrawn nor waived.
    Where none is left, nothing is left to feed back.
    """
    valid = [each for each in summonses if each.status is not P.WITHDRAWN_BY_RULING]
    required = [each for each in valid if each.required]
    deciding = required or [each for each in valid if not each.waived]
    if all(each.status in ANSWERED for each in deciding):
        return S.FED_BACK
    if started or all(each.has_arrived for each in deciding):
        return S.IN_ACTION
    return S.ASSEMBLING if any(each.has_arrived for each in valid) else S.BLOWN
