"""A change of one whistle: the locked rows, their caller, and the record it leaves.

Acts and due changes go through `WhistleChange`, so that status, timers, errands, event, words and
feed are written together and in one way.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.city import City
from app.feed import errands
from app.feed.service import News, append
from app.kit.entities.reading import Entities
from app.kit.ready import Statement
from app.policy.documents import Policy
from app.tickets import personal
from app.tickets.views.scope import NUMBER, OWN_OFFICE
from app.whistles import events, persons, standing
from app.whistles.evaluation import views as record_views
from app.whistles.evaluation.score import mark_until
from app.whistles.event_data import Moved, WhistleData, as_json
from app.whistles.life import falls, permission
from app.whistles.life.ladder import CITY_DESK, OF_THE_CITY
from app.whistles.life.loop import (
    BY_ITSELF,
    OF_STREETS,
    OF_SUMMONS,
    OF_TEAM,
    PROGRESS,
    TERMINAL,
    SummonsStatus,
    WhistleAction,
    WhistleStatus,
)
from app.whistles.life.moves import MOVES, SUMMONS_MOVES, move, progress
from app.whistles.life.parts import WhistlePart
from app.whistles.life.standings import WhistleStanding
from app.whistles.life.waits import Wait, waits
from app.whistles.models import ActionItem, Summons, Whistle
from app.whistles.views import scope

SYSTEM = "system"

A, S = WhistleAction, WhistleStatus

FOLLOWED = frozenset(
    {
        A.COMPOSE,
        A.REPORT_IN,
        A.FEED_BACK,
        A.OBJECT,
        A.RULE_OBJECTION,
        A.CONSENT,
        A.INTERIM_RELEASE,
        A.WAIVE,
        A.COORDINATE,
    }
)
"""After these the whistle's status follows from its summonses (H6)."""

NO_NEWS = frozenset({A.DRAFT, A.ISSUE_CODE})


ITEMS = Entities(
    ActionItem,
    select(ActionItem)
    .where(ActionItem.whistle_number == NUMBER, ActionItem.office_code == OWN_OFFICE)
    .order_by(ActionItem.seq),
)
INTRODUCED = """
    INSERT INTO whistle_party (office_code, whistle_number)
    SELECT office_code, %(number)s FROM unnest(%(offices)s::text[]) AS party (office_code)
    ON CONFLICT DO NOTHING
"""


@dataclass
class WhistleChange:
    session: Session
    city: City
    whistle: Whistle
    summonses: list[Summons]
    """In order of office."""
    now: datetime
    caller: Caller | None = None
    """None for a change that falls due by itself."""
    parts: frozenset[WhistlePart] = frozenset()
    beside: set[str] = field(default_factory=set)
    """Offices beside the usual ones to be told of this change."""

    @property
    def policy(self) -> Policy:
        return self.city.policies.named(self.whistle.policy)

    @property
    def standing(self) -> WhistleStanding:
        own = self.caller.office_code if self.caller else None
        return standing.standing_of(self.whistle, self.summonses, self.now, own)

    def give_part(self, caller: Caller) -> None:
        self.caller = caller
        self.parts = scope.parts(caller, self.whistle, self.summonses, self.policy)

    def items(self, summons: Summons) -> list[ActionItem]:
        """What is asked of the office, in order."""
        number, office_code = self.whistle.number, summons.office_code
        return ITEMS.read(self.session, number=number, own_office=office_code)

    def move(
        self, summons: Summons, action: WhistleAction, to: SummonsStatus | None = None
    ) -> None:
        """Refuses (IllegalWhistleMove) a move outside SUMMONS_MOVES."""
        summons.status = move(SUMMONS_MOVES, summons.status, action, to)

    def record(
        self,
        action: WhistleAction,
        data: WhistleData | None = None,
        words: Mapping[str, Any] | None = None,
        to: WhistleStatus | None = None,
        due_at: datetime | None = None,
    ) -> None:
        """Move the whistle and write the event. Refuses (IllegalWhistleMove) a move outside MOVES.

        `data` holds codes, numbers and times; `words` holds texts of persons. `due_at` is the
        instant at which the change fell due; the new status counts from it.
        """
        whistle, before = self.whistle, self.whistle.status
        goal = to or (self.follow() if action in FOLLOWED else None)
        whistle.status = move(MOVES, before, action, goal)
        if whistle.status is not before:
            self.begin(due_at or self.now)
        whistle.version += 1
        whistle.updated_at = self.now
        self.write(self.event(action, before, data, due_at), words or {})
        self.set_timers()
        if action not in NO_NEWS:
            append(self.session, self.news(action, data))

    def follow(self) -> WhistleStatus:
        """H6; a whistle that was sent back or escalated, or is a draft, stays so until somebody
        comes; what a street has verified stays so while all is fed back."""
        status, called = self.whistle.status, standing.called(self.summonses)
        after = progress(called, self.whistle.started_at is not None)
        keeps = status not in PROGRESS and after is S.BLOWN
        keeps = keeps or (status is S.VERIFYING and after is S.FED_BACK)
        return status if keeps or status is S.DRAFT else after

    def begin(self, at: datetime) -> None:
        """A new status counts from this instant."""
        whistle = self.whistle
        whistle.since = at
        if whistle.status is S.FED_BACK:
            whistle.fed_back_at = at
        if whistle.status is S.SETTLED:
            whistle.mark_due_at = mark_until(at, self.policy.evaluation)
        if whistle.status in TERMINAL:
            whistle.ended_at = at
            whistle.mark_due_at = None

    def event(
        self,
        action: WhistleAction,
        before: WhistleStatus,
        data: WhistleData | None,
        due_at: datetime | None,
    ) -> dict[str, Any]:
        falls_due = action in BY_ITSELF or due_at is not None
        whistle, caller = self.whistle, None if falls_due else self.caller
        return {
            "whistle_number": whistle.number,
            "seq": whistle.version,
            "at": self.now,
            "due_at": due_at,
            "actor": caller.id if caller else SYSTEM,
            "role": caller.role if caller else None,
            "office_code": caller.office_code if caller else None,
            "action": action,
            "from_status": before if whistle.version > 1 else None,
            "to_status": whistle.status,
            "data": as_json(data),
        }

    def write(self, event: Mapping[str, Any], words: Mapping[str, Any]) -> None:
        """Link the event to the whistle's last one."""
        spoken = {name: text for name, text in words.items() if text is not None}
        head = events.write(self.session, self.whistle.chain_head, event, spoken)
        self.whistle.chain_head = head

    def set_timers(self) -> None:
        """Set the next due change, and what waits in whose inbox."""
        whistle = self.whistle
        fall = falls.next_fall(*standing.timers_of(whistle, self.summonses))
        whistle.next_due_at = fall.at if fall else None
        is_settled = whistle.status is WhistleStatus.SETTLED
        marked = record_views.marked(self.session, whistle.number) if is_settled else ()
        every = waits(*standing.waiting_of(whistle, self.summonses), marked)
        names = self.citizens
        rows = (self.errand(wait, names) for wait in every)
        errands.replace(self.session, whistle.number, rows)

    @property
    def citizens(self) -> Sequence[str]:
        """Names of those for whose tickets it is blown."""
        every = persons.names(self.session, self.city.cipher, [self.whistle.number])
        return every.get(self.whistle.number, [])

    def errand(self, wait: Wait, names: Sequence[str]) -> dict[str, Any]:
        """What the inbox shows: place and matter, and to all but the street no telephone and no
        citizen in them."""
        whistle = self.whistle
        texts = {name: getattr(whistle, name) for name in ("matter", "place", "meeting_point")}
        if wait.office_code != whistle.street_code:
            texts = personal.hide_all(texts, *names)
        return {
            "office_code": wait.office_code,
            "kind": wait.kind,
            "because": wait.because,
            "since": wait.since,
            "until": wait.until,
            "data": {
                "status": whistle.status,
                "kind": whistle.kind,
                "level": whistle.level,
                **texts,
                "street_code": whistle.street_code,
                "summoned_office_code": wait.of or None,
            },
        }

    def news(self, action: WhistleAction, data: WhistleData | None) -> list[News]:
        """Feed entries: of a summons for its office, the streets and their districts; of the
        whistle for every office that takes part."""
        entry: dict[str, Any] = {"status": self.whistle.status}
        if isinstance(data, Moved):
            entry |= {"office_code": data.office_code, "summons": data.summons}
        own = data.office_code if isinstance(data, Moved) else None
        whole = action not in OF_SUMMONS | OF_TEAM | OF_STREETS and own is None
        return [
            News(code, self.now, action, whistle_number=self.whistle.number, data=entry)
            for code in sorted(self.concerned(own, whole))
        ]

    def concerned(self, own: str | None, whole: bool) -> set[str]:
        if self.whistle.blown_at is None:
            return {self.whistle.street_code}
        streets = {self.whistle.street_code, *self.peers()}
        let_go = SummonsStatus.WITHDRAWN_BY_RULING
        offices = {
            each.office_code
            for each in self.summonses
            if each.office_code == own or (whole and each.status is not let_go)
        }
        if self.whistle.tier in OF_THE_CITY:
            streets.add(CITY_DESK)
        return streets | offices | self.beside | set(self.districts({*streets, *offices}))

    def peers(self) -> set[str]:
        return {each.office_code for each in self.standing.summonses if each.is_peer}

    def districts(self, offices: Iterable[str]) -> Collection[str]:
        """Of the offices that lie in one."""
        entries = (self.city.offices.get(code) for code in offices)
        return {entry.district_code for entry in entries if entry and entry.district_code}

    def let_know(self, offices: Iterable[str]) -> None:
        """Each office and its district know of the whistle from now on."""
        codes = set(offices)
        self.introduce(codes | set(self.districts(codes)))

    def introduce(self, offices: Iterable[str]) -> None:
        """These offices know of the whistle from now on, and nobody else."""
        known = {"number": self.whistle.number, "offices": sorted(offices)}
        Statement(INTRODUCED, known).run(self.session.connection())

    def check_open(self, action: WhistleAction) -> None:
        permission.check(self.standing, action)
