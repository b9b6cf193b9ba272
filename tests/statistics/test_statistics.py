"""Statistics over HTTP, against a slow recount and other endpoints with the same figures."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI

from app.callbacks.models import Assessment, Callback, Correction, Exclusion
from app.kit.db import Base
from app.policy.documents import Policies
from app.sweep import sweep
from app.tickets.events import Event
from app.tickets.life.lifecycle import TERMINAL, Channel, Status, TicketType
from app.tickets.life.objections import Ground, Ruling
from app.tickets.models import Dispatch, Ticket
from app.tickets.proceedings import Objection
from tests.aids import given
from tests.aids import recount as slow
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock

JIANWAI, DONGHUAMEN, POWER, MARKET = "110105001", "110101001", "ent-power", "110105-market"
OFFICES = [WANGJING, JIANWAI, DONGHUAMEN, POWER, MARKET]
DISTRICTS = {WANGJING: CHAOYANG, JIANWAI: CHAOYANG, MARKET: CHAOYANG, DONGHUAMEN: "110101"}
CATEGORIES = [None, "0701", "0702", "0101"]
START = datetime.fromisoformat("2026-10-19T00:00:00+08:00")
NOW = START + timedelta(days=20)
HOUR = timedelta(hours=1)
Json = dict[str, Any]


@dataclass
class Life:
    """A ticket with the facts of the KPIs."""

    number: str
    status: Status
    type: str
    channel: str
    category: str | None
    office: str
    received_at: datetime
    sent_at: datetime
    by_itself: bool
    acknowledged_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    assessed_at: datetime | None
    withdrawn_at: datetime | None
    answers: tuple[str | None, ...]
    corrected: tuple[str | None, ...] | None
    ruling: str | None
    objected: bool
    moved_to: str | None
    excluded: bool
    reworks: int
    returns: int
    repeat_of: str | None
    late_when_held: bool
    merge_group: str | None

    @property
    def lead(self) -> str:
        return self.moved_to or self.office

    @property
    def due_at(self) -> datetime:
        return self.sent_at + 168 * HOUR

    @property
    def ended_at(self) -> datetime | None:
        return self.closed_at or self.withdrawn_at

    @property
    def on_time(self) -> bool:
        """By the first reply."""
        return self.replied_at is not None and self.replied_at <= self.due_at

    @property
    def had_to_sign(self) -> bool:
        """It did not end before it had to be signed for."""
        spared = self.ended_at is not None and self.ended_at <= self.sent_at + 2 * HOUR
        return self.acknowledged_at is not None or not spared

    @property
    def had_to_reply(self) -> bool:
        stood = self.status == "on_hold" and not self.late_when_held and not self.reworks
        return not stood and (self.withdrawn_at is None or self.withdrawn_at > self.due_at)


def somewhen(chance: Random, since: datetime, hours: int) -> datetime:
    return since + timedelta(minutes=chance.randrange(0, hours * 60))


def answers(chance: Random) -> tuple[str | None, ...]:
    if chance.random() < 0.2:
        return ("unreached", None, None, None)
    return (
        "reached",
        chance.choice(["yes", "no", "unsure"]),
        chance.choice(["resolved", "partly", "unresolved", "no_answer"]),
        chance.choice(["very", "satisfied", "basic", "dissatisfied", "no_answer"]),
    )


def lives(seed: int, number: int = 80) -> list[Life]:
    chance = Random(seed)
    return [life(chance, n) for n in range(number)]


def life(chance: Random, n: int) -> Life:
    received_at = somewhen(chance, START - timedelta(days=5), 24 * 24)
    sent_at = received_at + chance.choice([0, 0, 0, 7, 90]) * timedelta(minutes=1)
    called_at = somewhen(chance, sent_at, 200)
    assessed_at = called_at if called_at < NOW and chance.random() < 0.8 else None
    closed = assessed_at is not None and chance.random() < 0.8
    open_statuses = [Status.IN_PROGRESS, Status.ON_HOLD, Status.REWORK]
    other = [*open_statuses, Status.VOID, Status.WITHDRAWN, Status.NOT_ACCEPTED]
    status = Status.CLOSED if closed else chance.choice(open_statuses if assessed_at else other)
    ruling = chance.choice([*Ruling, None])
    objected = chance.random() < 0.3
    office = chance.choice(OFFICES)
    moves = objected and ruling in (Ruling.UPHOLD, Ruling.CONSULT)
    elsewhere = [code for code in OFFICES if code != office]
    return Life(
        number=f"BJ20261019{n:07}",
        status=status,
        type=chance.choice(["complaint", "complaint", "help", "consult", "praise"]),
        channel=chance.choice(["phone", "wechat", "patrol", "media"]),
        category=chance.choice(CATEGORIES),
        office=office,
        received_at=received_at,
        sent_at=sent_at,
        by_itself=chance.random() < 0.7,
        acknowledged_at=somewhen(chance, sent_at, 4) if chance.random() < 0.8 else None,
        replied_at=somewhen(chance, sent_at, 200) if chance.random() < 0.7 else None,
        closed_at=assessed_at if closed else None,
        assessed_at=assessed_at,
        withdrawn_at=somewhen(chance, sent_at, 200) if status is Status.WITHDRAWN else None,
        answers=answers(chance),
        corrected=answers(chance) if chance.random() < 0.3 else None,
        ruling=ruling,
        objected=objected,
        moved_to=chance.choice(elsewhere) if moves else None,
        excluded=chance.random() < 0.15,
        reworks=int(chance.random() < 0.2 and assessed_at is not None),
        returns=int(chance.random() < 0.2),
        repeat_of=f"BJ20261019{chance.randrange(n):07}" if n and chance.random() < 0.2 else None,
        merge_group=f"BJ20261019{n // 10:07}" if chance.random() < 0.2 else None,
        late_when_held=chance.random() < 0.5,
    )


def rows(life: Life) -> Iterator[Base]:
    yield from dispatches(life)
    if life.by_itself:
        yield event(life)
    if life.objected:
        yield Objection(
            ticket_number=life.number,
            seq=3,
            dispatch_seq=1,
            office_code=life.office,
            ground=Ground.NOT_MY_AREA,
            raised_at=life.sent_at,
            ruling=life.ruling,
            ruled_at=life.sent_at if life.ruling else None,
        )
    if life.assessed_at:
        yield from counted(life, life.assessed_at)


def ticket(life: Life) -> Ticket:
    return Ticket(
        number=life.number,
        status=life.status,
        since=life.received_at,
        version=1,
        channel=Channel(life.channel),
        type=TicketType(life.type),
        category=life.category,
        urgency="L3",
        secret=False,
        anonymous=False,
        street_code=life.office if life.office[:6] in ("110105", "110101") else None,
        office_code=life.lead,
        policy="beijing-2019",
        received_at=life.received_at,
        replied_at=None if life.reworks else life.replied_at,
        assessed_at=life.assessed_at,
        closed_at=life.ended_at,
        reworks=life.reworks,
        returns=life.returns,
        repeat_of=life.repeat_of,
        due_left=-life.late_when_held * HOUR if life.status == "on_hold" else None,
        updated_at=life.received_at,
        chain_head=b"",
    )


def dispatches(life: Life) -> Iterator[Dispatch]:
    for seq, office in enumerate(filter(None, (life.office, life.moved_to)), 1):
        ended = life.moved_to is not None and seq == 1
        yield Dispatch(
            ticket_number=life.number,
            seq=seq,
            office_code=office,
            role="lead",
            dispatched_at=life.sent_at,
            acknowledge_due_at=life.sent_at + 2 * HOUR,
            contact_due_at=life.sent_at + 24 * HOUR,
            due_at=life.due_at,
            acknowledged_at=life.acknowledged_at,
            ended_at=life.sent_at if ended else None,
            end_reason="objection_upheld" if ended else None,
        )


def event(life: Life) -> Event:
    return Event(
        ticket_number=life.number,
        seq=2,
        at=life.sent_at,
        actor="system",
        action="route",
        from_status=Status.RECEIVED,
        to_status=Status.DISPATCHED,
        data={},
        link=b"",
    )


ANSWERS = ("reach", "contacted", "resolved", "satisfied")


def counted(life: Life, at: datetime) -> Iterator[Base]:
    yield Assessment(
        ticket_number=life.number,
        office_code=life.lead,
        district_code=DISTRICTS.get(life.lead),
        category=life.category,
        type=life.type,
        channel=life.channel,
        urgency="L3",
        anonymous=False,
        merge_group=life.merge_group,
        **dict(zip(ANSWERS, life.answers, strict=True)),
        contact_ok=life.acknowledged_at is not None,
        late=not life.on_time,
        assessed_at=at,
        recorded_at=at,
    )
    if life.excluded:
        yield Exclusion(ticket_number=life.number, code="X1", decided_at=at, recorded_at=at)


def corrections(life: Life) -> Iterator[dict[str, Any]]:
    """The answers of a corrected callback, before and after."""
    if life.corrected and life.assessed_at:
        was = dict(zip(ANSWERS, life.answers, strict=True))
        now = dict(zip(ANSWERS, life.corrected, strict=True))
        yield {"was": was, "now": now, "number": life.number, "at": life.assessed_at}


Store = Callable[[Iterable[Life]], None]


@pytest.fixture
def store(app: FastAPI, people: People, clock: StillClock) -> Store:
    """Puts lives on record as they stand on the twentieth day of the period."""
    clock.at = NOW

    def put(everyone: Iterable[Life]) -> None:
        stored = list(everyone)
        with app.state.sessions.begin() as session:
            for batch in (map(ticket, stored), (row for life in stored for row in rows(life))):
                session.add_all(batch)
                session.flush()
            for life in stored:
                for heard in corrections(life):
                    correct(session, **heard)

    return put


def correct(session: Any, was: Json, now: Json, number: str, at: datetime) -> None:
    made = callback(number, at, was)
    session.add(made)
    session.flush()
    session.add(
        Correction(
            ticket_number=number, callback_id=made.id, corrected_at=at, recorded_at=at, **now
        )
    )


def callback(number: str, at: datetime, was: Json) -> Any:
    return Callback(ticket_number=number, seq=9, cycle=0, attempt=1, at=at, final=True, **was)


def read(people: People, by: str, **asked: Any) -> Json:
    answer = people("analyst").get("/statistics/2026-11", by=by, **asked)
    assert answer.status_code == 200, answer.text
    statistics: Json = answer.json()
    return statistics


def pair(rate: Json) -> tuple[Any, ...]:
    return Fraction(rate["numerator"]), rate["denominator"]


def within(at: datetime | None) -> bool:
    return at is not None and START <= at < NOW


TAKEN = ("complaint", "help")
"""The types above that `assess.types` names."""


def recount(everyone: Iterable[Life], office: str) -> dict[str, tuple[int, int]]:
    """An office's KPIs, slow and plain, by the words of RULEBOOK D.20."""
    all_of_them = list(everyone)
    given_here = [
        (life, here, here == life.moved_to or life.moved_to is None)
        for life in all_of_them
        for here in filter(None, (life.office, life.moved_to))
        if here == office and within(life.sent_at) and life.status != "void"
    ]
    judged = [
        life
        for life, _, active in given_here
        if active and life.sent_at + 2 * HOUR < NOW and life.had_to_sign
    ]
    objected = [life for life, here, _ in given_here if life.objected and here == life.office]
    upheld = [
        life
        for life in objected
        if life.ruling in ("uphold", "duplicate", "not_acceptable", "info_wrong")
    ]
    rejected = [life for life in objected if life.ruling == "reject"]
    led = [life for life in all_of_them if life.lead == office]
    due = [
        life
        for life in led
        if within(life.due_at) and life.status not in ("void", "not_accepted") and life.had_to_reply
    ]
    called = [life for life in led if within(life.assessed_at)]
    closed = [life for life in led if within(life.closed_at)]
    again = {life.repeat_of for life in all_of_them}
    received = [
        life
        for life in led
        if within(life.received_at)
        and life.type in TAKEN
        and life.status not in ("void", "not_accepted")
    ]
    opened = [life for life in led if life.status not in TERMINAL]
    return {
        "acknowledge_rate": share(
            judged,
            lambda life: bool(
                life.acknowledged_at and life.acknowledged_at <= life.sent_at + 2 * HOUR
            ),
        ),
        "on_time_rate": share(due, lambda life: life.on_time),
        "first_time_rate": share(
            closed, lambda life: not life.reworks and not life.returns and life.number not in again
        ),
        "objection_rate": (len(objected), len(given_here)),
        "objection_uphold_rate": (len(upheld), len(upheld) + len(rejected)),
        "objection_reject_rate": (len(rejected), len(upheld) + len(rejected)),
        "dispatch_accuracy": (len(given_here) - len(upheld), len(given_here)),
        "rework_rate": share(called, lambda life: bool(life.reworks)),
        "hold_rate": share(opened, lambda life: life.status == "on_hold"),
        "repeat_rate": share(received, lambda life: life.repeat_of is not None),
        "automatic_share": share(received, lambda life: life.by_itself),
    }


def share(of: list[Life], counts: Callable[[Life], bool]) -> tuple[int, int]:
    return sum(map(counts, of)), len(of)


@pytest.mark.parametrize("seed", range(4))
def test_every_kpi_is_the_one_of_a_slow_recount(people: People, store: Store, seed: int) -> None:
    everyone = lives(seed)
    store(everyone)
    shown = {row["code"]: row for row in read(people, "office")["rows"]}
    for office in OFFICES:
        for kpi, expected in recount(everyone, office).items():
            assert pair(shown[office][kpi]) == expected, (office, kpi)


@pytest.mark.parametrize("seed", range(4))
def test_by_office_it_says_what_the_rankings_say(people: People, store: Store, seed: int) -> None:
    store(lives(seed))
    shown = {row["code"]: row for row in read(people, "office")["rows"]}
    for league in ("streets", "enterprises"):
        for ranked in ranking(people, league):
            agree(shown.get(ranked["office_code"]), ranked)


@pytest.mark.parametrize("seed", range(4))
def test_by_district_it_says_what_the_districts_league_says(
    people: People, store: Store, seed: int
) -> None:
    store(lives(seed))
    shown = {row["code"]: row for row in read(people, "district")["rows"]}
    for ranked in ranking(people, "districts"):
        agree(shown.get(ranked["office_code"]), ranked)


@pytest.mark.parametrize("seed", range(6))
def test_what_was_corrected_counts_as_it_was_corrected(
    people: People, store: Store, seed: int
) -> None:
    """Against the independent recount of the rates, in which only the true answers stand."""
    everyone = lives(seed)
    store(everyone)
    expected = slow.recount(map(case, filter(is_assessed, everyone)), "2026-11")
    shown = {row["code"]: row for row in read(people, "office")["rows"]}
    for office, row in expected.items():
        figures = shown[office]
        assert (figures["assessed"], figures["excluded"]) == (row.assessed, row.excluded)
        assert pair(figures["response"]) == (row.response, row.assessed)
        assert pair(figures["resolution"]) == (row.resolution, row.resolution_of)
        assert pair(figures["satisfaction"]) == (row.satisfaction, row.satisfaction_of)


def is_assessed(life: Life) -> bool:
    return life.assessed_at is not None


def case(life: Life) -> Json:
    """The case in an older system's words, with the corrected answers alone."""
    assert life.assessed_at is not None
    sent_at = life.sent_at.isoformat()
    contact = {"at": sent_at, "method": "call", "reached": True}
    answers = dict(zip(ANSWERS, life.corrected or life.answers, strict=True))
    return {
        "external_id": life.number,
        "type": life.type,
        "channel": life.channel,
        "office_code": life.lead,
        "urgency": "L3",
        "dispatched_at": sent_at,
        "contacts": [contact] if life.acknowledged_at else [],
        "replied_at": None,
        "callback": {"at": life.assessed_at.isoformat(), **answers},
        "merge_group": life.merge_group,
        "excluded": life.excluded,
    }


def ranking(people: People, league: str) -> list[Json]:
    rows: list[Json] = people("analyst").get("/rankings/2026-11", league=league).json()["rows"]
    return rows


def agree(row: Json | None, ranked: Json) -> None:
    if row is None:
        assert (ranked["assessed"], ranked["excluded"], ranked["on_hold"]) == (0, 0, 0)
        return
    for name in ("response", "resolution", "satisfaction", "assessed", "excluded", "not_assessed"):
        assert row[name] == ranked[name], name
    assert Fraction(row["overdue_rate"]["numerator"]) == ranked["overdue"]
    assert Fraction(row["hold_rate"]["numerator"]) == ranked["on_hold"]


@pytest.mark.parametrize("seed", range(3))
def test_however_it_is_cut_the_rows_add_up_to_one_total(
    people: People, store: Store, seed: int
) -> None:
    store(lives(seed))
    cuts = [read(people, by) for by in ("office", "district", "category", "channel")]
    for cut in [*cuts, read(people, "qiyou_wuxing")]:
        assert cut["total"] == cuts[0]["total"]
    for cut in cuts:
        for kpi, rate in rates(cut["total"]):
            parts = [pair(row[kpi]) for row in cut["rows"]]
            assert tuple(map(sum, zip(*parts, strict=True))) == pair(rate), (cut["by"], kpi)


def rates(row: Json) -> Iterator[tuple[str, Json]]:
    return ((name, value) for name, value in row.items() if name.endswith(("_rate", "ion", "nse")))


@pytest.mark.parametrize("seed", range(3))
def test_every_rate_lies_between_nought_and_a_hundred(
    people: People, store: Store, seed: int
) -> None:
    store(lives(seed))
    for row in read(people, "office")["rows"]:
        for kpi, rate in rates(row):
            numerator, denominator = pair(rate)
            assert 0 <= numerator <= denominator, kpi


def test_lists_count_what_the_statistics_count(people: People, clock: StillClock) -> None:
    for n in range(3):
        given.ticket(people, citizen={"phone": f"1391111111{n}"})
    given.ticket(people, type="praise", citizen={"phone": "13922222222"})
    clock.tick(days=1)
    since, until = "2026-10-19", "2026-11-18"

    listed = people.operator.get("/tickets", received_from=since, received_to=until).json()
    total = read(people, "channel")["total"]

    assert total["received"] == len([t for t in listed["items"] if t["type"] != "praise"]) == 3
    assert pair(total["automatic_share"]) == (3, 3)
    assert total["receive_to_dispatch"] == {"minutes": 0.0, "total": "0", "tickets": 3}


def test_a_street_that_does_all_in_time_is_seen_to(people: People, clock: StillClock) -> None:
    number = given.ticket(people, category="0701")
    clock.tick(minutes=5)
    given.awaiting(people, number)
    people.callback.post(f"/tickets/{number}/callbacks", given.CONTENT)
    clock.tick(days=10)

    row = next(r for r in read(people, "category")["rows"] if r["code"] == "0701")

    assert row["name"]
    for kpi in ("response", "acknowledge_rate", "on_time_rate", "first_time_rate", "reach_rate"):
        assert row[kpi] == {"percent": 100.0, "numerator": "1", "denominator": 1}, kpi
    assert row["rework_rate"] == {"percent": 0.0, "numerator": "0", "denominator": 1}
    assert row["objection_uphold_rate"]["percent"] is None


def test_what_is_published_hides_small_cells(people: People, store: Store) -> None:
    store(lives(1, 30))
    for row in read(people, "office", published=True)["rows"]:
        for kpi, rate in rates(row):
            assert rate["denominator"] == 0 or rate["denominator"] >= 5, kpi
        for name in ("assessed", "excluded", "not_assessed", "received"):
            assert row[name] in (None, 0) or row[name] >= 5


def test_periods_and_cuts_that_are_not_are_refused(people: People) -> None:
    analyst = people("analyst")

    assert analyst.get("/statistics/2026-13").status_code == 422
    assert analyst.get("/statistics/2031-01").status_code == 404
    assert analyst.get("/statistics/2026-11", by="person").status_code == 422
    assert analyst.get("/statistics/2026-11", of="all").status_code == 422


def test_the_same_facts_give_the_same_bytes(people: People, store: Store) -> None:
    store(lives(2))
    first = people("analyst").get("/statistics/2026-11")
    again = people("analyst").get(
        "/statistics/2026-11", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert again.status_code == 304


def test_who_is_not_in_the_sample_closes_without_a_callback(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    policies: Policies = app.state.city.policies
    first = policies.documents[0]
    rule = first.callback.model_copy(update={"sample": Fraction(1, 10**9)})
    sparing = Policies((first.model_copy(update={"callback": rule}), *policies.documents[1:]))
    app.state.city = replace(app.state.city, policies=sparing)
    number = given.ticket(people)
    given.awaiting(people, number)
    answered_at = clock.at
    assert people.callback.get("/callbacks/queue").json()["items"] == []

    clock.tick(seconds=1)
    assert sweep(app.state.sessions, app.state.city, clock) == 1

    shown = people.operator.get(f"/tickets/{number}").json()
    assert (shown["status"], shown["assessed_at"]) == ("closed", None)
    assert datetime.fromisoformat(shown["closed_at"]) == answered_at
    last = people.operator.get(f"/tickets/{number}/events").json()[-1]
    assert (last["action"], last["actor"]) == ("skip_callback", "system")
    assert read(people, "office")["total"]["assessed"] == 0


def test_a_rework_takes_nothing_from_a_first_reply_in_time(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people, category="0701")
    given.awaiting(people, number)
    people.callback.post(f"/tickets/{number}/callbacks", given.DISCONTENT)
    clock.tick(days=9)
    assert pair(read(people, "office")["total"]["on_time_rate"]) == (1, 1)


def test_a_withdrawal_in_time_is_no_breach_and_takes_none_away(
    people: People, clock: StillClock
) -> None:
    early = given.ticket(people)
    people.operator.does("withdraw", early, evidence="录音 1")
    late = given.ticket(people)
    people.street().does("acknowledge", late)
    clock.tick(days=7, microseconds=1)
    people.operator.does("withdraw", late, evidence="录音 2")
    clock.tick(days=1)
    total = read(people, "office")["total"]
    assert pair(total["acknowledge_rate"]) == (1, 1)
    assert pair(total["on_time_rate"]) == (0, 1)
