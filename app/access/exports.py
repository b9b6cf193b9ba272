"""Exports: who streamed a whole list out of the service, what of it, and whether all of it went."""

import re
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import Identity, Index, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.access.roles import Caller, Role
from app.kit.clock import Clock
from app.kit.db import Base, Code, Sessions, one_of
from app.kit.web.paging import Order, instant
from app.kit.web.streams import AtStreams, Content, Streams
from app.kit.web.wire import At, View

NUMBER = re.compile(r"\d(?:[ -]?\d){6,}")
"""A telephone or another number of a person; an office's code in a parameter of its own stays."""

UNTOLD = frozenset({"phone", "cursor"})


class Export(Base):
    """A stream that was begun; `ended_at` and `bytes` are told when its last part was sent."""

    __tablename__ = "export"
    __table_args__ = (Index("ix_export_at", "at", "id"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    caller: Mapped[Code]
    role: Mapped[Role] = mapped_column(one_of(Role))
    path: Mapped[str]
    query: Mapped[dict[str, Any]]
    media_type: Mapped[str]
    bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    ended_at: Mapped[datetime | None]


class ExportView(View):
    """`caller` is a key's id; `query` has the filters, no telephone."""

    at: At
    caller: str
    role: Role
    path: str
    query: dict[str, Any]
    media_type: str
    bytes: int | None
    ended_at: At | None


NEWEST = Order((Export.at, Export.id), (instant, int), falling=True)


@dataclass(frozen=True, slots=True)
class Exports:
    """The streams of a process, each on record before its first part is sent."""

    request: Request
    streams: Streams

    def answer(
        self, caller: Caller, read: Callable[[Sessions], Content], media_type: str
    ) -> StreamingResponse:
        recorded = on_record(self.request, caller, media_type, read)
        return self.streams.answer(caller.id, recorded, media_type)


async def exporting(request: Request, streams: AtStreams) -> Exports:
    return Exports(request, streams)


AtExports = Annotated[Exports, Depends(exporting)]


def on_record(
    request: Request, caller: Caller, media_type: str, read: Callable[[Sessions], Content]
) -> Callable[[Sessions], Content]:
    """The same reading of a stream, which writes its record first."""
    clock: Clock = request.app.state.clock
    begun = {
        "at": clock(),
        "caller": caller.id,
        "role": caller.role,
        "path": request.url.path,
        "query": parameters_of(request),
        "media_type": media_type,
    }

    def read_on_record(sessions: Sessions) -> Content:
        content = read(sessions)
        with ExitStack() as unrecorded:
            unrecorded.callback(content.parts.close)
            with sessions.begin() as session:
                export = Export(**begun)
                session.add(export)
                session.flush()
                number = export.id
            unrecorded.pop_all()
        return Content(content.headers, counted(content.parts, sessions, number, clock))

    return read_on_record


def parameters_of(request: Request) -> dict[str, str]:
    """The parameters of a query, without telephones and other numbers of a person in words."""
    return {
        name: "…" if name in UNTOLD else NUMBER.sub("…", value) if name == "q" else value
        for name, value in request.query_params.items()
    }


def counted(
    parts: Generator[bytes, None, None], sessions: Sessions, number: int, clock: Clock
) -> Generator[bytes, None, None]:
    total = 0
    with closing(parts):
        for part in parts:
            total += len(part)
            yield part
    with sessions.begin() as session:
        ended = update(Export).where(Export.id == number)
        session.execute(ended.values(bytes=total, ended_at=clock()))


def page(session: Session, limit: int, cursor: str | None) -> tuple[Sequence[Export], str | None]:
    """Every export, newest first, and the cursor of the next page."""
    return NEWEST.page(session, select(Export), cursor, limit)
