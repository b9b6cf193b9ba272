"""Requests that arrive together are taken in together: they share locks, statements and commit.

A request alone is a group of one, and what comes while a group is being written is the next one. A
second is written beside one that waits, as for a key that another process holds. Under load a next
group is gathered for a moment: requests that share a group take half as much of the processor, and
those that are taken in one by one stand in line for each other. A request that is no plain new one
(its key came before, its citizen has an open ticket on the same matter or is locked by another
transaction, the database refuses its group) is taken in by itself, once its group is committed, and
no group waits for it. With 32 connections this, and statements that are made once, take in fourteen
requests where one was taken in before (docs/performance.md).
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus

import sqlalchemy as sa
from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.kit.db import Sessions, commits, is_out_of_reach
from app.kit.errors import Unavailable
from app.kit.exchange import exchanging
from app.kit.instants import recording
from app.kit.messages import Message
from app.kit.web.again import DEADLOCK, TRIES
from app.kit.web.idempotency import Claims
from app.tickets.intake import plain, receive, related
from app.tickets.intake.arrival import Arrival, arrive, as_of
from app.tickets.intake.beside import beside
from app.tickets.intake.commits import Trace, was_committed
from app.tickets.intake.receive import Taken
from app.tickets.intake.requests import PATH, Answer, Mark, Outcome, Request
from app.tickets.views.view import Members, Viewer, numbered

MOST = 64
GATHERING_SECONDS = 0.001
"""Between two groups, where requests wait: who comes alone never waits for it."""
LONG_SECONDS = 0.1
"""No group that waits for nobody is written for so long."""
BY_THEMSELVES = 4
"""Requests that may wait for others' locks."""


class Together:
    """Takes requests in, as many as are there: one group, and one more beside each that takes long,
    `at_once` at most."""

    def __init__(self, engine: sa.Engine, sessions: Sessions, at_once: int) -> None:
        self.threads = CapacityLimiter(at_once)
        """Its own, as its connections are: no queue elsewhere keeps it waiting."""
        self.other_threads = CapacityLimiter(BY_THEMSELVES)
        self.engine = engine
        self.sessions = sessions
        self.waiting: deque[Request] = deque()
        self.writers: set[asyncio.Task[None] | None] = set()
        self.long = 0
        """Groups that take long."""
        self.by_themselves: set[asyncio.Task[None]] = set()
        self.written: set[Mark] = set()
        """The citizens and keys of the requests that are being written."""

    async def receive(self, request: Request) -> Answer:
        """Refuses what intake refuses; a client that goes away takes nothing back."""
        self.waiting.append(request)
        self.begin()
        return await request.answer

    @property
    def room(self) -> int:
        """How many groups may be written at once."""
        return min(1 + self.long, int(self.threads.total_tokens))

    def begin(self) -> None:
        if self.waiting and len(self.writers) < self.room:
            self.writers.add(asyncio.create_task(self.write()))

    async def write(self) -> None:
        """As long as there are requests; none comes between the last look and the end."""
        try:
            await self.write_groups()
        finally:
            self.writers.discard(asyncio.current_task())

    async def write_groups(self) -> None:
        """Until none is left, or another writer sees to them."""
        while len(self.writers) <= self.room and (group := self.next_group()):
            try:
                with self.watched():
                    await self.take_in(group)
            except Exception as fault:  # each sender is told; the next group is written
                self.tell(group, dict.fromkeys(range(len(group)), fault))
            if self.waiting:
                await asyncio.sleep(GATHERING_SECONDS)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While a group is written: when it takes long, another may begin."""
        takes_long = False

        def note() -> None:
            nonlocal takes_long
            takes_long = True
            self.long += 1
            self.begin()

        bell = asyncio.get_running_loop().call_later(LONG_SECONDS, note)
        try:
            yield
        finally:
            bell.cancel()
            self.long -= takes_long

    def tell(self, group: Sequence[Request], outcomes: Mapping[int, Outcome]) -> None:
        """By place in the group; a request without an outcome is taken in by itself."""
        for place, request in enumerate(group):
            if place in outcomes:
                self.settle(request, outcomes[place])
            else:
                task = asyncio.create_task(self.write_alone(request))
                self.by_themselves.add(task)
                task.add_done_callback(self.by_themselves.discard)

    async def write_alone(self, request: Request) -> None:
        outcome: Outcome
        try:
            outcome = await to_thread.run_sync(
                by_itself, self.sessions, request, limiter=self.other_threads
            )
        except Exception as fault:
            outcome = fault
        self.settle(request, outcome)
        self.begin()  # whoever waited for his citizen or key

    def settle(self, request: Request, outcome: Outcome) -> None:
        self.written -= request.marks
        settle(request.answer, outcome)

    async def take_in(self, group: Sequence[Request]) -> None:
        """Refuses (Unavailable) where nobody can tell what became of the commit."""
        outcomes: Mapping[int, Outcome] | None = None
        try:
            async with exchanging(self.engine, self.threads) as exchange:
                outcomes = await plain.take_in(exchange, group, self.was_committed)
                self.tell(group, outcomes)
                if not self.waiting:
                    await asyncio.sleep(0)  # the answers go out before the connection goes back
        except Unavailable:
            raise
        except Exception:
            if outcomes is None:
                self.tell(group, {})  # whoever's fault it is, he alone is told of it

    async def was_committed(self, trace: Trace) -> bool:
        return await to_thread.run_sync(was_committed, self.sessions, trace, limiter=self.threads)

    def next_group(self) -> list[Request]:
        """Of a citizen and of a key one request at a time is being written: who comes after it
        waits for his turn, and sees what became of it."""
        group: list[Request] = []
        left: list[Request] = []
        while self.waiting and len(group) < MOST:
            request = self.waiting.popleft()
            if request.marks & self.written:
                left.append(request)
            else:
                group.append(request)
                self.written |= request.marks
        self.waiting.extendleft(reversed(left))
        return group


def settle(answer: "asyncio.Future[Answer]", outcome: Answer | Exception) -> None:
    """Unless its client went away meanwhile."""
    if answer.cancelled():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)


def by_itself(sessions: Sessions, request: Request) -> Outcome:
    """The same for one request, whatever it is. A deadlock's victim is tried again."""
    for _ in range(TRIES):
        try:
            return committed(sessions, request)
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", None) != DEADLOCK:
                return outcome_of(fault)
        except Exception as fault:
            return fault
    return Unavailable(Message("others were changing the same rows; nothing was changed"))


def outcome_of(fault: DBAPIError) -> Unavailable | DBAPIError:
    """A database that is away is told as such; anything else is a fault of ours."""
    if not is_out_of_reach(fault):
        return fault
    refusal = Unavailable(Message("the database did not answer"))
    refusal.__cause__ = fault
    return refusal


def committed(sessions: Sessions, request: Request) -> Answer:
    """D.11 for one request, in a transaction of its own. Where the connection is lost at its
    commit, the database is asked what became of it; raises what the database does where nothing
    came of it."""
    begun: list[str] = []
    commits.set(begun)
    with sessions() as session:
        answer = any_one(session, request)
        trace = trace_of(session, answer.number)
        try:
            session.commit()
        except DBAPIError:
            if not (begun and trace and was_committed(sessions, trace)):
                raise
    return answer


def trace_of(session: Session, number: str) -> Trace | None:
    """None: nothing was written."""
    row = session.execute(TRACE, {"number": number}).one()
    return Trace(row.transaction, number, row.updated_at) if row.transaction else None


TRACE = sa.text("""
    SELECT pg_current_xact_id_if_assigned()::text AS transaction, updated_at
    FROM ticket WHERE number = :number
""")


def any_one(session: Session, request: Request) -> Answer:
    """D.11 for one request; for one whose key came before, what it then became."""
    now = recording(session, request.clock)
    claims = Claims(session, PATH)
    for earlier in claims.take(dict.fromkeys(request.names, request.body_hash), now).values():
        earlier.check(request.body_hash)
        arrival = as_of(request.city, request.new, now)
        taken = Taken(earlier.object, HTTPStatus(earlier.status))
        return answer(session, request, arrival, taken)._replace(replayed=True)
    arrival = arrive(request.city, request.new, now)
    [taken] = receive.take(session, request.city, request.caller, [arrival], request.clock)
    claims.settle(dict.fromkeys(request.names, taken))
    return answer(session, request, arrival, taken)


def answer(session: Session, request: Request, arrival: Arrival, taken: Taken) -> Answer:
    """What the request became, as that is now."""
    members = ticket(session, request, taken.number, arrival.at)
    since = arrival.at - timedelta(days=arrival.policy.repeat.days)
    known = related.read(
        session.connection(), request.city.cipher, arrival.caller, arrival.subject, since
    )
    also = beside(request.city, arrival, known, taken.number)
    return request.as_answer(taken.status, members, also)


def ticket(session: Session, request: Request, number: str, now: datetime) -> Members:
    """As its sender may see it."""
    session.flush()
    viewer = Viewer(request.caller, request.city, now, session)
    [members] = numbered(viewer, [number], bulk=False)
    return members
