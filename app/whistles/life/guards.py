"""Guards: conditions of an action beside the status and the caller's part (RULEBOOK D.14)."""

from collections.abc import Callable

from app.kit.messages import Message
from app.kit.workdays import day_of
from app.whistles.life.ladder import ABOVE
from app.whistles.life.loop import (
    OVER,
    SummonsStatus,
    Tier,
    WhistleAction,
    WhistleKind,
    WhistleLevel,
    WhistleStatus,
)
from app.whistles.life.refusals import (
    AnswerOwed,
    AppealedBefore,
    AppealLate,
    ArriveFirst,
    CampaignOver,
    CampaignUnderWay,
    CampaignUnfit,
    ConfirmedBefore,
    LeadAskedOfAnother,
    LeadProposed,
    MarkedNotThanked,
    NoAppeal,
    NobodyCoordinates,
    NoCampaign,
    NoInterimRelease,
    NoLeadProposed,
    NoLeadToGive,
    NoRefusal,
    NoSignal,
    NotFedBack,
    NothingAsked,
    NothingOffered,
    NothingReported,
    NotRequired,
    NotYetThere,
    ObjectionUndecided,
    OfferOpen,
    OtherStreetUnverified,
    RefusalReported,
    ReportedInBefore,
    RulingLate,
    SomebodyArrived,
    StillSummoned,
    StillThere,
    ThankedBefore,
    TopOfLadder,
    VerifiedBefore,
    WhistleObjectionLate,
    WhistleObjectionRepeated,
)
from app.whistles.life.standings import SummonsStanding, WhistleStanding

A, P, S = WhistleAction, SummonsStatus, WhistleStatus


def nobody_arrived(whistle: WhistleStanding) -> None:
    if any(each.has_arrived for each in whistle.summonses):
        raise SomebodyArrived


def unconfirmed(whistle: WhistleStanding) -> None:
    if whistle.confirmed:
        raise ConfirmedBefore


def all_fed_back(whistle: WhistleStanding) -> None:
    answered = OVER | {P.FED_BACK}
    left = [each.office_code for each in whistle.deciding if each.status not in answered]
    if left:
        raise NotFedBack(Message("awaited: {left}", left=left), office_codes=left)


def all_released(whistle: WhistleStanding) -> None:
    left = [each.office_code for each in whistle.deciding if each.status not in OVER]
    if left:
        raise StillSummoned(Message("not released: {left}", left=left), office_codes=left)
    objected = [each.office_code for each in whistle.summonses if each.status is P.OBJECTED]
    if objected:
        raise ObjectionUndecided(
            Message("objected: {objected}", objected=objected), office_codes=objected
        )
    if whistle.unverified:
        raise OtherStreetUnverified(
            Message("awaited: {left}", left=whistle.unverified), office_codes=whistle.unverified
        )


def to_organise(whistle: WhistleStanding) -> None:
    if whistle.kind is not WhistleKind.KEY_WORK or whistle.level is WhistleLevel.W1:
        raise CampaignUnfit(
            Message("it is {kind} at the level {level}", kind=whistle.kind, level=whistle.level)
        )
    if whistle.concluded:
        raise CampaignOver


def of_campaign(whistle: WhistleStanding) -> None:
    if not whistle.is_campaign:
        raise NoCampaign


def campaign_open(whistle: WhistleStanding) -> None:
    of_campaign(whistle)
    if whistle.concluded:
        raise CampaignOver


def no_campaign_open(whistle: WhistleStanding) -> None:
    if whistle.is_campaign and not whistle.concluded:
        raise CampaignUnderWay


def to_verify(whistle: WhistleStanding) -> None:
    no_campaign_open(whistle)
    all_fed_back(whistle)
    if whistle.verified:
        raise VerifiedBefore


def has_tier_above(whistle: WhistleStanding) -> None:
    if whistle.tier not in ABOVE:
        raise TopOfLadder(
            Message("it is coordinated at the tier {tier}", tier=whistle.tier), tier=whistle.tier
        )


def was_raised(whistle: WhistleStanding) -> None:
    if whistle.tier is Tier.STREET:
        raise NobodyCoordinates


def lead_to_give(whistle: WhistleStanding) -> None:
    if not whistle.lead.is_free:
        raise NoLeadToGive
    if whistle.lead.proposed:
        raise LeadProposed


def asked_to_agree(whistle: WhistleStanding) -> None:
    lead_proposed(whistle)
    if not whistle.lead.awaits_caller:
        raise LeadAskedOfAnother


def lead_proposed(whistle: WhistleStanding) -> None:
    if not whistle.lead.proposed:
        raise NoLeadProposed
    if not whistle.lead.concerns_caller:
        raise LeadAskedOfAnother


def in_time_to_rule(whistle: WhistleStanding) -> None:
    if whistle.rule_until is not None and whistle.now > whistle.rule_until:
        raise RulingLate(Message("until {until}", until=whistle.rule_until))


def appealable(whistle: WhistleStanding) -> None:
    if whistle.appealed:
        raise AppealedBefore
    if whistle.appeal_until is not None and whistle.now > whistle.appeal_until:
        raise AppealLate(Message("until {until}", until=whistle.appeal_until))


def has_appeal(whistle: WhistleStanding) -> None:
    if not whistle.appealed or whistle.appeal_decided:
        raise NoAppeal


def signal_unread(whistle: WhistleStanding) -> None:
    if not whistle.signal:
        raise NoSignal


GUARDS: dict[WhistleAction, Callable[[WhistleStanding], None]] = {
    A.CANCEL: nobody_arrived,
    A.CONFIRM: unconfirmed,
    A.PROPOSE_LEAD: lead_to_give,
    A.AGREE_LEAD: asked_to_agree,
    A.DECLINE_LEAD: lead_proposed,
    A.VERIFY: to_verify,
    A.SETTLE: all_released,
    A.ESCALATE: has_tier_above,
    A.COORDINATE: was_raised,
    A.RULE_FALSE: in_time_to_rule,
    A.APPEAL: appealable,
    A.DECIDE_APPEAL: has_appeal,
    A.READ_SIGNAL: signal_unread,
    A.ORGANISE: to_organise,
    A.LOG: campaign_open,
    A.CORRECT_LOG: of_campaign,
    A.MEET: campaign_open,
    A.NOTIFY: campaign_open,
    A.CONCLUDE: campaign_open,
}


def come_back(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    """Who is there comes once; to a campaign, once a day."""
    is_there = summons.has_arrived and not summons.is_away
    if is_there and not (whistle.is_campaign and is_new_day(whistle, summons)):
        raise ReportedInBefore


def is_new_day(whistle: WhistleStanding, summons: SummonsStanding) -> bool:
    return summons.came_at is not None and day_of(summons.came_at) < day_of(whistle.now)


def in_time_to_object(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    """先到场后异议 at W1; at W2 and W3 within a share of the accept limit."""
    if summons.has_objected:
        raise WhistleObjectionRepeated
    if summons.object_until is None:
        if not summons.has_arrived:
            raise ArriveFirst
    elif whistle.now > summons.object_until:
        raise WhistleObjectionLate


def arrived(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    if not summons.has_arrived:
        raise NotYetThere


def may_go(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    no_campaign_open(whistle)
    asked = [each for each in whistle.summonses if each.status not in OVER and each.offered_from]
    for each in asked:
        if summons.office_code in (each.office_code, each.offered_from):
            detail = Message("awaited: {offices}", offices=each.office_code)
            raise OfferOpen(detail, office_codes=[each.office_code])


def has_offer(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    if summons.offered_from is None:
        raise NothingOffered


def takes_longer(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    if whistle.level is WhistleLevel.W1:
        raise NoInterimRelease


def in_the_way(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    """Who has come is waived when it has left, or the whistle is coordinated from above."""
    if summons not in whistle.deciding:
        raise NotRequired
    if summons.has_arrived and not summons.is_away and whistle.tier is Tier.STREET:
        raise StillThere


SUMMONS_GUARDS: dict[WhistleAction, Callable[[WhistleStanding, SummonsStanding], None]] = {
    A.REPORT_IN: come_back,
    A.OBJECT: in_time_to_object,
    A.LEAVE: arrived,
    A.INTERIM_RELEASE: takes_longer,
    A.RELEASE: may_go,
    A.CONSENT: has_offer,
    A.DECLINE: has_offer,
    A.WAIVE: in_the_way,
}


def supervisable(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    if summons.supervised or summons.status is P.WITHDRAWN_BY_RULING or summons.is_peer:
        raise AnswerOwed


def supervised(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    if not summons.supervised:
        raise NothingAsked


def refuses(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    """It stays away, has left, or does nothing until the plan date."""
    if summons.refusal is not None:
        raise RefusalReported
    overdue = whistle.finish_at is not None and whistle.now > whistle.finish_at
    idle = summons.status in (P.ARRIVED, P.WORKING) and (summons.has_left or overdue)
    if summons.is_peer or not (idle or summons.status is P.ABSENT):
        raise NoRefusal


def refusal_reported(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    if not summons.refusal or summons.status is P.WITHDRAWN_BY_RULING:
        raise NothingReported


def to_thank(whistle: WhistleStanding, summons: SummonsStanding) -> None:
    """驻区单位 who came: not assessed, thanked."""
    if summons.is_marked or summons.is_peer:
        raise MarkedNotThanked
    arrived(whistle, summons)
    if summons.thanked:
        raise ThankedBefore


OFFICE_GUARDS: dict[WhistleAction, Callable[[WhistleStanding, SummonsStanding], None]] = {
    A.REPORT_REFUSAL: refuses,
    A.RULE_REFUSAL: refusal_reported,
    A.SUPERVISE: supervisable,
    A.ANSWER: supervised,
    A.THANK: to_thank,
}
