"""Files of a ticket: photos and recordings of callers and of finished work (RULEBOOK D.16)."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.attachments import metadata
from app.attachments.content import Content, Piece
from app.attachments.kinds import MediaType, kind_of
from app.attachments.models import Attachment
from app.attachments.store import Received
from app.attachments.upload import FileTooLarge
from app.kit.entities.reading import Entities
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from app.kit.messages import Message
from app.kit.ready import Ready, parameter
from app.tickets.acts.change import Change
from app.tickets.event_data import Attached
from app.tickets.life.lifecycle import MOVES, Action, IllegalMove
from app.tickets.views.scope import NUMBER

MOST_FILES = 50

Most = Mapping[MediaType, int]
"""The bytes that a file of each kind may have."""


class UnknownFile(Invalid):
    title = "Files of this kind are not taken"


class FileWithheld(Forbidden):
    title = "This file stays with the hotline: it may tell who sent it"


class TooManyFiles(Conflict):
    title = "The ticket has as many files as it may have"


class NoSuchFile(NotFound):
    title = "There is no such file on this ticket"


def known_kinds(files: Iterable[Received], most: Most) -> list[MediaType]:
    """The kind of each file, by its bytes. Refuses (UnknownFile) other kinds, and (FileTooLarge)
    what is larger than files of its kind may be."""
    return [known_kind(file, most, place) for place, file in enumerate(files)]


def known_kind(file: Received, most: Most, place: int = 0) -> MediaType:
    with file.content() as content:
        kind = kind_of(content)
    pointer = f"/files/{place}"
    if kind is None:
        detail = Message("is none of {suffixes}", suffixes=list(suffixes()))
        if not file.size:
            detail = Message("is empty")
        errors = [{"pointer": pointer, "detail": detail}]
        raise UnknownFile(
            Message("the file {detail}, or is not whole", detail=detail), errors=errors
        )
    if file.size > most[kind]:
        raise FileTooLarge(
            Message(
                "a {suffix} file has at most {most} bytes", suffix=kind.suffix, most=most[kind]
            ),
            most_bytes=most[kind],
            errors=[{"pointer": pointer, "detail": Message("is too large")}],
        )
    return kind


def suffixes() -> list[str]:
    return sorted(kind.suffix for kind in MediaType)


def attach(change: Change, file: Received, kind: MediaType) -> Attachment:
    """Keep a file, and record an event with its hash and without its name."""
    ticket, caller = change.ticket, change.caller
    check_open(change)
    attachment = Attachment(
        ticket_number=ticket.number,
        seq=ticket.version + 1,
        sha256=file.keep(),
        media_type=kind,
        size=file.size,
        name=file.name,
        office_code=caller.office_code if caller else None,
        at=change.now,
    )
    change.session.add(attachment)
    data = Attached(sha256=attachment.sha256, media_type=kind, size=file.size)
    change.record(Action.ATTACH, ticket.status, data=data)
    change.session.flush()
    return attachment


def attach_bytes(change: Change, folder: Path, content: bytes, name: str) -> None:
    """The same of a file in memory, once."""
    file = Received(folder, name)
    try:
        file.write(content)
        if not same_file(change, file):
            kind = kind_of(content)
            assert kind is not None
            attach(change, file, kind)
    finally:
        file.end()


def for_office(content: Content, kind: MediaType, secret: bool) -> Sequence[Piece]:
    """Without metadata. Refuses (FileWithheld), on a secret ticket, a file that cannot be freed of
    them."""
    bare = metadata.without(content, kind)
    if bare is None and secret:
        raise FileWithheld(Message("the metadata of this {kind} cannot be taken out", kind=kind))
    return [range(len(content))] if bare is None else bare


def same_file(change: Change, file: Received) -> Attachment | None:
    sought = {"number": change.ticket.number, "sha256": file.sha256}
    return next(iter(SAME.read(change.session, **sought)), None)


SAME = Entities(
    Attachment,
    select(Attachment).where(
        Attachment.ticket_number == NUMBER,
        Attachment.sha256 == parameter("sha256", Attachment.sha256.type),
    ),
)


def check_open(change: Change) -> None:
    """Refuses (IllegalMove) a ticket that ended without a callback, unless in a group, and one that
    was erased, and (TooManyFiles) a full one."""
    ticket = change.ticket
    if (ticket.status, Action.ATTACH) not in MOVES or ticket.erased_at is not None:
        raise IllegalMove(
            Message("cannot attach to a ticket that is {status}", status=ticket.status)
        )
    change.session.flush()
    [[count]] = COUNT.rows(change.session.connection(), number=ticket.number)
    if count >= MOST_FILES:
        raise TooManyFiles(Message("at most {most_files}", most_files=MOST_FILES))


COUNT = Ready(select(func.count()).where(Attachment.ticket_number == NUMBER))


def of(session: Session, number: str) -> Sequence[Attachment]:
    """The files of a ticket, oldest first."""
    rows = select(Attachment).filter_by(ticket_number=number, erased=False).order_by(Attachment.id)
    return session.scalars(rows).all()


def find(session: Session, number: str, attachment_id: int) -> Attachment:
    """Refuses (NoSuchFile) a file of another ticket, and an unknown one."""
    query = select(Attachment).filter_by(ticket_number=number, id=attachment_id, erased=False)
    file = session.scalar(query)
    if file is None:
        raise NoSuchFile(
            Message(
                "no file {attachment_id} on {number}", attachment_id=attachment_id, number=number
            )
        )
    return file
