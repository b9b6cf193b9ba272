"""Rounds: what the service does by itself at intervals, beside the requests."""

from contextlib import suppress
from functools import partial

from fastapi import FastAPI

from app.access import service as access
from app.erasure import files
from app.erasure.service import erase_some
from app.evaluations import waiting
from app.figures import EVERY_SECONDS
from app.kit.host.background import Act
from app.kit.instants import StillRecording
from app.kit.web import metrics
from app.kit.workdays import years_missing
from app.rankings.counting.keep_days import keep as keep_days
from app.routing import service as routing
from app.seals.audit import days
from app.suggest import service as suggesting
from app.sweep import forget_keys, sweep_some
from app.tickets.search.follow import follow_round
from app.whistles.proposing import signals

USES_SECONDS = 60.0
ASKED_SECONDS = 600.0
ERASED_SECONDS = 60.0


def acts(app: FastAPI) -> tuple[Act, ...]:
    """The acts of the background, on connections of their own."""
    settings, sessions = app.state.settings, app.state.own_sessions

    def sweep() -> bool:
        return sweep_some(sessions, app.state.city, app.state.clock).more

    def forget() -> bool:
        return forget_keys(sessions, app.state.clock)

    def count_days() -> bool:
        keep_days(sessions, app.state.city, app.state.clock)
        metrics.calendar_years_missing.set(years_missing(app.state.clock()))
        return False

    def hash_days() -> bool:
        return days.keep_some(sessions, app.state.clock)

    def learn() -> bool:
        with sessions() as session:
            routing.refresh(session, app.state.city.router)
            suggesting.refresh(session, app.state.city.suggester)
        return False

    return (
        Act("note_uses", USES_SECONDS, partial(note_uses, app)),
        Act("sweep", settings.sweep_seconds, sweep),
        Act("forget_keys", settings.sweep_seconds, forget),
        Act("count_days", settings.sweep_seconds, count_days),
        Act("hash_days", settings.sweep_seconds, hash_days),
        Act("ask_forms", ASKED_SECONDS, partial(ask_forms, app)),
        Act("erase", ERASED_SECONDS, partial(erase, app)),
        Act("tell_missing", ASKED_SECONDS, partial(tell_missing, app)),
        Act("follow", settings.learn_seconds, partial(follow, app)),
        Act("learn", settings.learn_seconds, learn),
        Act("count_pools", EVERY_SECONDS, app.state.figures.count_pools),
    )


def erase(app: FastAPI) -> bool:
    sessions = app.state.own_sessions
    more = erase_some(sessions, app.state.city, app.state.clock)
    return files.remove_some(sessions, app.state.settings.attachments) or more


def note_uses(app: FastAPI) -> bool:
    uses, carried = app.state.gate.uses(), dict(app.state.gate.carried)
    with app.state.own_sessions.begin() as session:
        access.note_uses(session, uses)
        access.carry_over(session, carried)
    app.state.gate.note_recorded(uses)
    return False


def ask_forms(app: FastAPI) -> bool:
    with app.state.own_sessions.begin() as session:
        waiting.ask_forms(session, app.state.city, app.state.clock())
    return False


def tell_missing(app: FastAPI) -> bool:
    with app.state.own_sessions.begin() as session:
        signals.tell_missing(session, app.state.city, app.state.clock())
    return False


def follow(app: FastAPI) -> bool:
    """While a long transaction records, as a simulation's does, a search looks at all that
    changed."""
    with suppress(StillRecording):
        follow_round(app.state.own_sessions, app.state.clock)
    return False
