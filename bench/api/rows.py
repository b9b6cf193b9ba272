"""The rows of the bench: for each its work and the name of its yardstick."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

import psycopg

from app.period import Period
from bench.api.city import FIRST_PHONE
from bench.api.client import MARK, Item, Load
from bench.api.searched import COMMON, FIRST, SECOND
from bench.api.server import Failed, Server
from bench.api.turns import Turn

EVERYBODY = 32
FRESH = 15_000_000_000
"""Telephone numbers of new callers."""
PAGE = 50
FAR = 1000
"""A page far from the beginning of a list."""
PREPARING = 600
"""Seconds at most for the tickets of a turn to be made ready."""
DESKS = 8
"""The number of offices with polled inboxes."""


class Row(NamedTuple):
    name: str
    title: str
    load: Callable[["Site", float], Load]
    yardstick: str
    done: Callable[["Site"], float] = lambda _: 1
    """The amount of work in a request: tickets, cases, or 1."""
    grows: bool = False
    """Whether it is also measured on parts of the city."""


@dataclass(frozen=True, slots=True)
class Site:
    """A server with its city; loads are made of it."""

    server: Server
    send: Callable[[Load], Turn]
    lines: int
    opened: Period
    sealed: Period
    ask: Callable[..., list[Any]]
    """The rows of a query."""
    saturated: dict[str, float]
    """The rates measured, by row."""

    def get(
        self, paths: Sequence[str], key: str, seconds: float, clients: int = EVERYBODY, **more: Any
    ) -> Load:
        headers = more.pop("headers", "")
        items = [(request("GET", path, key, headers=headers),) for path in paths]
        return Load(self.server.port, items, clients, seconds, **more)


Search = Callable[[Site, float], Load]


def query(database: str) -> Callable[..., list[Any]]:
    def ask(text: str, *values: Any) -> list[Any]:
        with psycopg.connect(database) as connection:
            return connection.execute(text.encode(), values).fetchall()

    return ask


def request(
    method: str, path: str, key: str, body: bytes | None = None, headers: str = ""
) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}"
    if key:
        head += f"Authorization: Bearer {key}\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + (body or b"")


def new_ticket(address: str, phone: str) -> bytes:
    body = {
        "channel": "phone",
        "type": "complaint",
        "title": "夜间施工噪声",
        "content": "工地每天夜里十一点以后还在施工，影响居民休息。",
        "address": {"text": address},
        "citizen": {"name": "张三", "phone": phone},
    }
    return json.dumps(body, ensure_ascii=False).encode()


def addresses(site: Site) -> list[str]:
    """An address in each street of the city."""
    rows = site.ask(
        "SELECT DISTINCT ON (s.code) d.name || o.name || p.name || '3号楼' FROM place p"
        " JOIN bench.street s ON s.code = p.street_code JOIN office o ON o.code = s.code"
        " JOIN district d ON d.code = s.district"
        " WHERE p.kind = 'community' ORDER BY s.code, p.code"
    )
    return [address for (address,) in rows]


def fresh(site: Site) -> int:
    """The first of a million unused telephone numbers."""
    return FRESH + next(site.server.numbers) * 1_000_000


def post(site: Site, seconds: float, places: Sequence[str], clients: int, **more: Any) -> Load:
    key = site.server.key("operator")
    mark = MARK.decode()
    items = [(request("POST", "/v1/tickets", key, new_ticket(place, mark)),) for place in places]
    shown = {"first": fresh(site), "status": 201, **more}
    return Load(site.server.port, items, clients, seconds, **shown)


def post_fresh(site: Site, seconds: float) -> Load:
    return post(site, seconds, addresses(site), EVERYBODY)


def post_alone(site: Site, seconds: float) -> Load:
    return post(site, seconds, addresses(site), 1)


def post_regular(site: Site, seconds: float) -> Load:
    [(callers,)] = site.ask("SELECT count(*) FROM bench.caller")
    # another place and matter than before, or the caller's open ticket is urged and not a new made
    turn = next(site.server.numbers)
    places = [place.replace("3号楼", f"{turn}号院") for place in addresses(site)]
    load = post(site, seconds, places, EVERYBODY, first=FIRST_PHONE, numbers=callers)
    return replace(load, most=callers)


def post_storm(site: Site, seconds: float) -> Load:
    return post(site, seconds, addresses(site)[:1], EVERYBODY)


def post_paced(site: Site, seconds: float) -> Load:
    rate = 0.6 * site.saturated.get("post", 20)
    return replace(post_fresh(site, seconds), rate=rate)


def post_keyed(site: Site, seconds: float) -> Load:
    load = post_fresh(site, seconds)
    head = b"Idempotency-Key: bench-" + MARK + b"\r\nContent-Type:"
    items = [(text.replace(b"Content-Type:", head, 1),) for (text,) in load.items]
    return replace(load, items=items)


def batch(site: Site, seconds: float) -> Load:
    most = int(seconds * 3000 / site.lines) + 1
    items = [(text,) for text in batches(site, addresses(site), most)]
    content = (b'"number"', site.lines)  # a refused line has a problem instead
    return Load(site.server.port, items, 1, seconds, most=most, content=content)


def batches(site: Site, places: Sequence[str], number: int) -> Iterator[bytes]:
    """A number of batches of fresh callers' tickets."""
    key = site.server.key("operator")
    for _ in range(number):
        first = fresh(site)
        lines = [new_ticket(places[n % len(places)], str(first + n)) for n in range(site.lines)]
        yield request("POST", "/v1/tickets/batch", key, b"\n".join(lines))


def imports(site: Site, seconds: float) -> Load:
    key = site.server.key("admin")
    codes = [code for (code,) in site.ask("SELECT code FROM bench.street ORDER BY n")]
    items: list[Item] = []
    for _ in range(int(seconds * 5000 / site.lines) + 1):
        turn = next(site.server.numbers)
        lines = [past_case(site, codes, turn, n) for n in range(site.lines)]
        items.append((request("POST", "/v1/imports/cases", key, b"\n".join(lines)),))
    content = (f'"accepted":{site.lines},'.encode(), 1)
    return Load(site.server.port, items, 1, seconds, most=len(items), content=content)


def past_case(site: Site, codes: Sequence[str], turn: int, n: int) -> bytes:
    at = site.opened.starts_at + timedelta(seconds=n)
    called = {"reach": "reached", "contacted": "yes", "resolved": "resolved", "satisfied": "very"}
    case = {
        "external_id": f"OLD-{turn}-{n}",
        "type": "complaint",
        "channel": "phone",
        "category": None,
        "address": {"text": "北京市"},
        "office_code": codes[n % len(codes)],
        "urgency": "L3",
        "received_at": (at - timedelta(days=3)).isoformat(),
        "dispatched_at": (at - timedelta(days=3)).isoformat(),
        "contacts": [
            {"at": (at - timedelta(days=2)).isoformat(), "method": "call", "reached": True}
        ],
        "replied_at": (at - timedelta(days=1)).isoformat(),
        "callback": {"at": at.isoformat(), **called},
    }
    return json.dumps(case, ensure_ascii=False).encode()


def numbers(site: Site) -> list[str]:
    rows = site.ask(
        "SELECT number FROM bench.made WHERE status = 'closed' ORDER BY md5(number) LIMIT 2000"
    )
    return [number for (number,) in rows]


def ticket(site: Site, seconds: float) -> Load:
    paths = [f"/v1/tickets/{number}" for number in numbers(site)]
    return site.get(paths, site.server.key("operator"), seconds)


def events(site: Site, seconds: float) -> Load:
    paths = [f"/v1/tickets/{number}/events" for number in numbers(site)]
    return site.get(paths, site.server.key("operator"), seconds)


def office(site: Site, seconds: float) -> Load:
    codes = site.ask("SELECT code FROM bench.street ORDER BY n")
    paths = [f"/v1/offices/{code}" for (code,) in codes]
    return site.get(paths, site.server.key("operator"), seconds)


def desks(site: Site) -> list[tuple[str, str]]:
    """Offices with full inboxes, each with its handler's key."""
    rows = site.ask(
        "SELECT waits_for FROM ticket WHERE waits_for IS NOT NULL AND length(waits_for) = 9"
        " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s",
        DESKS,
    )
    return [(code, site.server.key("handler", code)) for (code,) in rows]


def inbox(site: Site, seconds: float) -> Load:
    items = [(request("GET", f"/v1/inbox?limit={PAGE}", key),) for _, key in desks(site)]
    return Load(site.server.port, items, EVERYBODY, seconds)


def inbox_unchanged(site: Site, seconds: float) -> Load:
    items: list[Item] = []
    path = f"/v1/inbox?limit={PAGE}"
    for _, key in desks(site):
        tag = site.server.call("GET", path, key).headers["etag"]
        items.append((request("GET", path, key, headers=f"If-None-Match: {tag}\r\n"),))
    return Load(site.server.port, items, EVERYBODY, seconds, status=304)


def feed(site: Site, seconds: float) -> Load:
    items = [(request("GET", f"/v1/feed?after=0&limit={PAGE}", key),) for _, key in desks(site)]
    return Load(site.server.port, items, EVERYBODY, seconds)


def tickets(site: Site, seconds: float) -> Load:
    return site.get([f"/v1/tickets?limit={PAGE}"], site.server.key("supervisor"), seconds)


def tickets_far(site: Site, seconds: float) -> Load:
    [(place,)] = site.ask("SELECT least(count(*) - 2, %s) FROM ticket", PAGE * FAR)
    [(at,)] = site.ask(
        "SELECT received_at FROM ticket ORDER BY received_at DESC, number DESC OFFSET %s LIMIT 1",
        max(place - PAGE, 0),
    )
    key = site.server.key("supervisor")
    until = at.isoformat().replace("+", "%2B")
    reply = site.server.call("GET", f"/v1/tickets?limit=1&received_to={until}", key)
    cursor = json.loads(reply.body)["next"]
    return site.get([f"/v1/tickets?limit={PAGE}&cursor={cursor}"], key, seconds)


def search(*words: str, role: str = "operator", office: str | None = None) -> Search:
    """A page of what has these words; alone, for its time is what is asked for."""

    def load(site: Site, seconds: float) -> Load:
        key = site.server.key(role, office)
        asked = f"q={quoted(' '.join(words))}&" if words else ""
        return site.get([f"/v1/tickets?{asked}limit={PAGE}"], key, seconds, 1)

    return load


def search_telephone(site: Site, seconds: float) -> Load:
    path = f"/v1/tickets?phone={FIRST_PHONE}&sort=received"
    return site.get([path], site.server.key("operator"), seconds, 1)


def dispatched(site: Site, number: int) -> list[tuple[str, str]]:
    """Fresh tickets in inboxes of streets, each with its street."""
    [(began,)] = site.ask("SELECT clock_timestamp()")
    for text in batches(site, addresses(site)[:DESKS], -(-number // site.lines)):
        site.send(Load(site.server.port, [(text,)], 1, 1, most=1))
    return site.ask(
        "SELECT number, office_code FROM ticket WHERE status = 'dispatched' AND version = 2"
        " AND length(office_code) = 9 AND received_at >= %s ORDER BY received_at LIMIT %s",
        began,
        number,
    )


def act(number: str, action: str, key: str, **body: Any) -> bytes:
    return request("POST", f"/v1/tickets/{number}/{action}", key, json.dumps(body).encode())


def begun(site: Site, number: str, office_code: str) -> Item:
    """Acknowledge and contact."""
    theirs = site.server.key("handler", office_code)
    contact = act(number, "contact", theirs, method="call", reached=True)
    return act(number, "acknowledge", theirs), contact


def acts(site: Site, seconds: float) -> Load:
    """Acknowledge and contact on dispatched tickets, fresh ones for each turn."""
    items = [begun(site, *row) for row in dispatched(site, max(int(seconds * 300), 10))]
    return Load(site.server.port, items, EVERYBODY, seconds, most=len(items))


def ranking(site: Site, seconds: float) -> Load:
    path = f"/v1/rankings/{site.opened.name}"
    return site.get([path], site.server.key("evaluator"), seconds, 4)


def new_request(site: Site, seconds: float, *after: bytes) -> Load:
    """A batch of one line, and what its sender asks for then."""
    key = site.server.key("operator")
    line = new_ticket(addresses(site)[0], MARK.decode())
    item = (request("POST", "/v1/tickets/batch", key, line), *after)
    return Load(site.server.port, [item], 1, seconds, first=fresh(site))


def ranking_changed(site: Site, seconds: float) -> Load:
    path = f"/v1/rankings/{site.opened.name}"
    return new_request(site, seconds, request("GET", path, site.server.key("evaluator")))


def new_assessment(site: Site, seconds: float, *after: bytes, **more: Any) -> Load:
    """A callback, and what its caller asks for then; fresh tickets await it in each turn."""
    rows = dispatched(site, max(int(seconds * 30), 2))
    key, reviewer = site.server.key("callback"), site.server.key("supervisor")
    replied = {"text": "已停工。", "citizen_feedback": {"method": "call"}}
    steps = [
        (
            *begun(site, number, code),
            act(number, "reply", site.server.key("handler", code), **replied),
            act(number, "review", reviewer, approve=True),
        )
        for number, code in rows
    ]
    made = site.send(Load(site.server.port, steps, 1, PREPARING, most=len(steps)))
    if made.wrong:
        raise Failed(f"{site.server.name}: {made.wrong} {made.sample!r}")
    answers = {"reach": "reached", "contacted": "yes", "resolved": "resolved", "satisfied": "very"}
    items = [(act(number, "callbacks", key, **answers), *after) for number, _ in rows]
    return Load(site.server.port, items, 1, seconds, most=len(items), **{"status": 201, **more})


def ranking_assessed(site: Site, seconds: float) -> Load:
    path = f"/v1/rankings/{site.opened.name}"
    after = request("GET", path, site.server.key("evaluator"))
    return new_assessment(site, seconds, after, former=201, status=200)


def ranking_sealed(site: Site, seconds: float) -> Load:
    path = f"/v1/rankings/{site.sealed.name}"
    return site.get([path], site.server.key("evaluator"), seconds, 4)


def ranking_unchanged(site: Site, seconds: float) -> Load:
    path, key = f"/v1/rankings/{site.opened.name}", site.server.key("evaluator")
    tag = site.server.call("GET", path, key).headers["etag"]
    headers = f"If-None-Match: {tag}\r\n"
    return site.get([path], key, seconds, headers=headers, status=304)


def route(site: Site, seconds: float) -> Load:
    paths = [f"/v1/route?text={quoted(place)}" for place in addresses(site)]
    return site.get(paths, site.server.key("operator"), seconds)


def route_batch(site: Site, seconds: float) -> Load:
    """As many lines as a batch of tickets, one batch after another."""
    places = addresses(site)
    texts = [json.dumps({"text": places[n % len(places)]}) for n in range(site.lines)]
    body = "\n".join(texts).encode()
    item = (request("POST", "/v1/route/batch", site.server.key("operator"), body),)
    content = (b'"candidates"', site.lines)  # a refused line has a problem instead
    return Load(site.server.port, [item], 1, seconds, content=content)


def quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def export(site: Site, seconds: float) -> Load:
    """All tickets of an office."""
    code, _ = desks(site)[0]
    headers = "Accept: application/x-ndjson\r\n"
    paths = [f"/v1/tickets?office_code={code}"]
    return site.get(paths, site.server.key("supervisor"), seconds, 1, headers=headers)


def exported(site: Site) -> float:
    code, _ = desks(site)[0]
    [(number,)] = site.ask("SELECT count(*) FROM ticket WHERE office_code = %s", code)
    return float(number)


def healthz(site: Site, seconds: float) -> Load:
    return site.get(["/healthz"], "", seconds)


def lines(site: Site) -> float:
    return float(site.lines)


def ranked() -> Iterator[Row]:
    yield Row("ranking", "open ranking", ranking, "group-by")
    yield Row("ranking-changed", "a new request, open ranking", ranking_changed, "new-request")
    yield Row("ranking-assessed", "a callback, open ranking", ranking_assessed, "new-assessment")
    yield Row("ranking-304", "open ranking, unchanged", ranking_unchanged, "healthz")
    yield Row("ranking-sealed", "sealed ranking", ranking_sealed, "healthz")
    yield Row("new-request", "a new request, in a batch", new_request, "")
    yield Row("new-assessment", "a callback", new_assessment, "")


def searched() -> Iterator[Row]:
    rarer = f"{chr(FIRST + 7)}{chr(SECOND + 7)}"
    yield Row("search", "a word of 5 % of the tickets", search(COMMON[1]), "healthz", grows=True)
    yield Row("search-rarer", "a word of 0.1 %", search(rarer), "healthz", grows=True)
    yield Row("search-both", "both words, which few have", search(COMMON[7], rarer), "healthz")
    yield Row("search-rare", "a number of one ticket", search("77"), "healthz", grows=True)
    yield Row("search-none", "two words that no ticket has", search(COMMON[1], rarer), "healthz")
    yield Row("search-phone", "a telephone, on record", search_telephone, "healthz")
    district = search(role="district", office="110105")
    yield Row("list-district", "a district's list, first page", district, "healthz", grows=True)


def every() -> Iterator[Row]:
    yield Row("post", "POST, 32 connections, fresh callers", post_fresh, "one-ticket", grows=True)
    yield Row("post-paced", "the same at 0.6 of its rate", post_paced, "")
    yield Row("post-alone", "POST alone", post_alone, "one-ticket-alone", grows=True)
    yield Row("post-key", "POST with an Idempotency-Key", post_keyed, "one-ticket")
    yield Row("post-regular", "POST, callers with 20 tickets", post_regular, "one-ticket")
    yield Row("post-storm", "POST, the same place for all", post_storm, "one-ticket")
    yield Row("batch", "batch, tickets", batch, "copy", lines)
    yield Row("ticket", "ticket by number", ticket, "healthz")
    yield Row("ticket-sql", "ticket by number", ticket, "select-ticket")
    yield Row("events", "its events", events, "healthz")
    yield Row("office", "office by code", office, "healthz")
    yield Row("inbox", "inbox page of 50", inbox, "healthz", grows=True)
    yield Row("inbox-304", "inbox, unchanged", inbox_unchanged, "healthz", grows=True)
    yield Row("list", "ticket list, first page", tickets, "healthz", grows=True)
    yield Row("list-1000", "ticket list, 1,000th page", tickets_far, "healthz", grows=True)
    yield from searched()
    yield Row("feed", "feed page of 50", feed, "healthz")
    yield Row("acts", "acknowledge and contact", acts, "healthz")
    yield from ranked()
    yield Row("route", "route", route, "healthz")
    yield Row("route-batch", "batch, routes", route_batch, "healthz", lines)
    yield Row("export", "export of a street, tickets", export, "copy-out", exported)
    yield Row("healthz", "/healthz", healthz, "select-1")
    yield Row("import", "import, cases", imports, "copy", lines)


ROWS = {row.name: row for row in every()}
