"""Campaigns over HTTP: a whistle's command, teams, days, meetings, notices and summary."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.kit.errors import NotFound
from app.kit.messages import Message
from app.kit.web.etag import OF_CALLER, tagged
from app.kit.web.route import Route
from app.tickets.acts.forms import Words
from app.whistles.acts.acting import WhistleAct, on_whistle
from app.whistles.campaigns import acts, view
from app.whistles.campaigns.forms import Campaign, CorrectedDay, Meeting, TeamDay
from app.whistles.campaigns.schemas import CampaignView
from app.whistles.http import Looking, Seen
from app.whistles.life.loop import WhistleAction
from app.whistles.views.schemas import WhistleView

A = WhistleAction

router = APIRouter(prefix="/v1/whistles", tags=["whistles"], route_class=Route)


class NoSuchCampaign(NotFound):
    title = "This whistle is no campaign"


@router.post("/{number}/campaign")
def organise_campaign(
    act: Annotated[WhistleAct, on_whistle(A.ORGANISE)], body: Campaign
) -> WhistleView:
    """专项行动: command and teams of key work, named for the first time or anew."""
    return act(acts.organise, body, acts.check_campaign)


@router.get("/{number}/campaign", response_model=CampaignView)
def show_campaign(request: Request, response: Response, looking: Looking, whistle: Seen) -> object:
    """Command, teams, every day with its figures, attendance, meetings, notices, summary."""
    if whistle.campaign_at is None:
        raise NoSuchCampaign(Message("{number} has no command and no teams", number=whistle.number))
    response.headers.update(OF_CALLER)
    return tagged(request, response, whistle.version, view.view_of(looking, whistle))


@router.post("/{number}/campaign/log")
def log_day(act: Annotated[WhistleAct, on_whistle(A.LOG)], body: TeamDay) -> WhistleView:
    """A team's day: who was present, what was done, figures."""
    return act(acts.log_day, body, acts.check_day)


@router.post("/{number}/campaign/correct-log")
def correct_day(
    act: Annotated[WhistleAct, on_whistle(A.CORRECT_LOG)], body: CorrectedDay
) -> WhistleView:
    """A logged day as it should have been; what was logged stays on record."""
    return act(acts.correct_day, body, acts.check_day)


@router.post("/{number}/campaign/meet")
def meet(act: Annotated[WhistleAct, on_whistle(A.MEET)], body: Meeting) -> WhistleView:
    """联席会议 with its resolutions."""
    return act(acts.meet, body, acts.check_meeting)


@router.post("/{number}/campaign/notify")
def notify_all(act: Annotated[WhistleAct, on_whistle(A.NOTIFY)], body: Words) -> WhistleView:
    """进展通报 to every office that takes part."""
    return act(acts.notify, body)


@router.post("/{number}/campaign/conclude")
def conclude_campaign(
    act: Annotated[WhistleAct, on_whistle(A.CONCLUDE)], body: Words
) -> WhistleView:
    """The summary; from now on its offices may be released."""
    return act(acts.conclude, body)
