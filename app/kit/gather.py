"""Questions that come at the same moment are answered by one reading.

A reading of its own costs a request a hop to a thread, a connection and a round trip, which take
longer than what is read. Nobody waits for a timer: a question alone is read at once, and those that
come while others are being read are the next group. No answer is older than its question.
"""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import islice
from typing import Generic, TypeVar

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool

MOST = 64

Q = TypeVar("Q", bound=Hashable)
A = TypeVar("A")

Read = Callable[[sa.Connection, Sequence[Q]], Mapping[Q, A]]
"""The answers to different questions, in statements of which each is a snapshot by itself."""


class Gathered(Generic[Q, A]):
    """Reads for one event loop: at most `most` questions a group, and `at_once` groups at once."""

    def __init__(
        self, engine: sa.Engine, read: Read[Q, A], at_once: int = 1, most: int = MOST
    ) -> None:
        self.engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.read, self.at_once, self.most = read, at_once, most
        self.asked: dict[Q, list[asyncio.Future[A | None]]] = {}
        """Whoever asks the same waits for the same answer."""
        self.readers: set[asyncio.Task[None] | None] = set()

    async def answer(self, question: Q) -> A | None:
        """None where there is none. Raises what the database does, to the whole group alike: each
        request is then to be answered by itself."""
        return await self.ask(question)

    async def answers(self, questions: Sequence[Q]) -> list[A | None]:
        """In their order."""
        return await asyncio.gather(*map(self.ask, questions))

    def ask(self, question: Q) -> "asyncio.Future[A | None]":
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[A | None] = loop.create_future()
        self.asked.setdefault(question, []).append(answer)
        if len(self.readers) < self.at_once:
            self.readers.add(loop.create_task(self.read_on()))
        return answer

    async def read_on(self) -> None:
        """As long as there are questions."""
        try:
            while self.asked:
                group = {
                    question: self.asked[question] for question in islice(self.asked, self.most)
                }
                for question in group:
                    del self.asked[question]
                await self.settle(group)
        finally:
            self.readers.discard(asyncio.current_task())

    async def settle(self, group: Mapping[Q, Sequence["asyncio.Future[A | None]"]]) -> None:
        fault: Exception | None = None
        answers: Mapping[Q, A] = {}
        try:
            answers = await run_in_threadpool(self.read_all, list(group))
        except Exception as raised:
            fault = raised
        for question, waiting in group.items():
            for answer in waiting:
                if answer.cancelled():
                    continue  # its client went away
                if fault:
                    answer.set_exception(fault)
                else:
                    answer.set_result(answers.get(question))

    def read_all(self, questions: Sequence[Q]) -> Mapping[Q, A]:
        with self.engine.connect() as connection:
            return self.read(connection, questions)
