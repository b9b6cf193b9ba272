"""Many requests in one call, by the same way in: each line stands alone and has its own answer."""

import json
from collections.abc import AsyncIterable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from msgspec.structs import replace
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.city import City
from app.kit.clock import Clock
from app.kit.errors import Refusal, TooLarge
from app.kit.messages import Message
from app.kit.web import ndjson
from app.kit.web.idempotency import Claimed, Claims, KeyReused, KeyText, keyed_hash
from app.kit.web.ndjson import Line, LineTooLong
from app.kit.web.once import meant
from app.kit.web.problems import describe
from app.tickets.intake import receive as intake
from app.tickets.intake.arrival import Arrival, arrive
from app.tickets.intake.beside import of_words
from app.tickets.intake.forms import NewTicket
from app.tickets.intake.receive import Taken

MOST_LINES = 1_000
READ_AT_ONCE = 100
PATH = "/v1/tickets/batch"

Answer = dict[str, Any]


class TooManyLines(TooLarge):
    title = "A batch has at most 1,000 lines"


class NewLine(NewTicket):
    never_blank = frozenset({"idempotency_key"})

    idempotency_key: KeyText | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """A line that may be received; `body_hash` tells it from another under the same key."""

    number: int
    key: str | None
    body_hash: bytes
    arrival: Arrival


FORM = TypeAdapter(NewLine)


async def read(stream: AsyncIterable[bytes]) -> list[Line]:
    """All lines. Refuses TooManyLines and LineTooLong before anything is done."""
    lines: list[Line] = []
    async for some in ndjson.chunks(stream, READ_AT_ONCE):
        lines += some
        if len(lines) > MOST_LINES:
            raise TooManyLines(most_lines=MOST_LINES)
        for line in some:
            if line.text is None:
                raise LineTooLong(
                    Message("line {number} is longer than 64 kB", number=line.number),
                    line=line.number,
                )
    return lines


@dataclass(frozen=True, slots=True)
class Batch:
    """Who brings it, and all that receiving it needs."""

    session: Session
    city: City
    caller: Caller
    secret: bytes
    clock: Clock
    now: datetime

    def receive(self, lines: Iterable[Line]) -> str:
        """T1 for each line that is fit; the answers as NDJSON, in order of the lines."""
        answers: dict[int, Answer] = {}
        fit: list[Fit] = []
        for line in lines:
            try:
                fit.append(self.arrive(line))
            except Refusal as refusal:
                answers[line.number] = refused(refusal)
        answers |= self.received(fit)
        rows = ({"line": number, **answers[number]} for number in sorted(answers))
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def arrive(self, line: Line) -> Fit:
        new = ndjson.parse(FORM, line)
        body_hash = keyed_hash(self.secret, meant(line.text or b""))
        arrival = replace(arrive(self.city, new, self.now), in_batch=True)
        return Fit(line.number, new.idempotency_key, body_hash, arrival)

    def received(self, fit: Sequence[Fit]) -> dict[int, Answer]:
        """What has no key, or comes first under its key, is written; the rest is told again."""
        first = {line.key: line for line in reversed(fit) if line.key}
        claims = Claims(self.session, PATH)
        hashes = {(self.caller.id, key): line.body_hash for key, line in first.items()}
        known = {key: claimed for (_, key), claimed in claims.take(hashes, self.now).items()}
        fresh = [
            line
            for line in fit
            if line.key is None or (line is first[line.key] and line.key not in known)
        ]
        arrivals = [line.arrival for line in fresh]
        taken = intake.take(self.session, self.city, self.caller, arrivals, self.clock)
        made = dict(zip((line.number for line in fresh), taken, strict=True))
        claims.settle({(self.caller.id, line.key): made[line.number] for line in fresh if line.key})
        known |= {
            key: Claimed(line.body_hash, *made[line.number])
            for key, line in first.items()
            if line.number in made
        }
        return {
            line.number: answer_of(made[line.number]) | self.worth_telling(line.arrival)
            if line.number in made
            else replayed(line, known[line.key or ""])
            for line in fit
        }

    def worth_telling(self, arrival: Arrival) -> Answer:
        """The danger that the words tell, who must be told, and personal data; if anything. No
        citizen is on the line, to whom a likely category would be read out."""
        every = of_words(self.city, arrival, arrival.suggestion)
        return {name: value for name, value in every.items() if value}


def answer_of(taken: Taken) -> Answer:
    """A new ticket, or the same citizen's open one, which then says so (D.11)."""
    answer: Answer = {"status": taken.status, "number": taken.number}
    return answer | ({"duplicate_of_open": True} if taken.status == HTTPStatus.OK else {})


def replayed(line: Fit, earlier: Claimed) -> Answer:
    if line.body_hash != earlier.body_hash:
        return refused(KeyReused(Message("the same key came before with another body")))
    return answer_of(Taken(earlier.object, HTTPStatus(earlier.status))) | {"replayed": True}


def refused(refusal: Refusal) -> Answer:
    problem = describe(refusal)
    return {"status": problem["status"], "problem": problem}
