"""Refusals of acts on whistles and summonses, by the rule that is in the way (RULEBOOK D.14)."""

from app.kit.errors import Forbidden
from app.whistles.life.moves import IllegalWhistleMove


class NotYourWhistle(Forbidden):
    title = "That is another's part in this whistle"


class SomebodyArrived(IllegalWhistleMove):
    title = "Somebody has arrived: a whistle is cancelled before"


class ConfirmedBefore(IllegalWhistleMove):
    title = "This whistle is confirmed, or was blown by the chief"


class ReportedInBefore(IllegalWhistleMove):
    title = "This office has reported in, and has not left"


class ArriveFirst(IllegalWhistleMove):
    title = "At W1 an office arrives first, and objects after"


class WhistleObjectionLate(IllegalWhistleMove):
    title = "The time to object to this summons has passed"


class WhistleObjectionRepeated(IllegalWhistleMove):
    title = "This office has objected to this summons before"


class NotYetThere(IllegalWhistleMove):
    title = "This office has not reported in"


class NoInterimRelease(IllegalWhistleMove):
    title = "A W1 whistle ends on the spot: there is no interim release"


class StillSummoned(IllegalWhistleMove):
    title = "A required office has not been released"


class NothingOffered(IllegalWhistleMove):
    title = "No action is offered to this office"


class OfferOpen(IllegalWhistleMove):
    title = "An action is offered to another office, which has not answered"


class NoRefusal(IllegalWhistleMove):
    title = "This office is not absent, has not left, and has time to do its part"


class RefusalReported(IllegalWhistleMove):
    title = "The district knows of this office's refusal"


class NothingReported(IllegalWhistleMove):
    title = "No refusal was reported, or the district has ruled on it"


class NotFedBack(IllegalWhistleMove):
    title = "A required office has not fed back"


class VerifiedBefore(IllegalWhistleMove):
    title = "This street has verified before"


class ObjectionUndecided(IllegalWhistleMove):
    title = "The district has not ruled on an objection"


class OtherStreetUnverified(IllegalWhistleMove):
    title = "A street that takes part has not verified"


class HazardRemains(IllegalWhistleMove):
    title = "An emergency is verified once its hazard is removed"


class MarkedNotThanked(IllegalWhistleMove):
    title = "This office is marked, or is a street: it is not thanked"


class ThankedBefore(IllegalWhistleMove):
    title = "This office has been thanked"


class NoSignal(IllegalWhistleMove):
    title = "No signal waits for the district"


class NoLeadToGive(IllegalWhistleMove):
    title = "No other street has joined, or no street leads this whistle"


class LeadProposed(IllegalWhistleMove):
    title = "A street has not answered who is to lead"


class NoLeadProposed(IllegalWhistleMove):
    title = "Nobody has proposed that another street lead"


class LeadAskedOfAnother(IllegalWhistleMove):
    title = "Another street answers who is to lead"


class AnswerOwed(IllegalWhistleMove):
    title = "This office owes an answer already, or is not supervised"


class NothingAsked(IllegalWhistleMove):
    title = "No answer is owed"


class TopOfLadder(IllegalWhistleMove):
    title = "There is no tier above"


class NobodyCoordinates(IllegalWhistleMove):
    title = "The street coordinates by itself: the whistle was not raised"


class RulingLate(IllegalWhistleMove):
    title = "The time to find this whistle false has passed"


class AppealLate(IllegalWhistleMove):
    title = "The time to appeal has passed"


class AppealedBefore(IllegalWhistleMove):
    title = "A ruling is appealed once"


class NoAppeal(IllegalWhistleMove):
    title = "Nobody has appealed, or the appeal is decided"


class NoCampaign(IllegalWhistleMove):
    title = "This whistle is no campaign"


class CampaignUnfit(IllegalWhistleMove):
    title = "Key work becomes a campaign, and not at W1"


class CampaignOver(IllegalWhistleMove):
    title = "This campaign has its summary"


class CampaignUnderWay(IllegalWhistleMove):
    title = "This campaign has no summary yet: its offices stay as long as it lasts"


class NotRequired(IllegalWhistleMove):
    title = "The whistle does not wait for this office"


class StillThere(IllegalWhistleMove):
    title = "This office has come and is there: the whistle is raised first"
