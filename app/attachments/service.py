"""Files of a ticket: photos of callers and of finished work (RULEBOOK D.16)."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.attachments import metadata, store
from app.attachments.models import Attachment
from app.attachments.store import MediaType
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from app.tickets.acts.change import Change
from app.tickets.event_data import Attached
from app.tickets.life.lifecycle import MOVES, Action, IllegalMove

MOST_FILES = 50


class UnknownFile(Invalid):
    title = "Only JPEG, PNG, WebP, HEIC and PDF files are taken"


class FileWithheld(Forbidden):
    title = "This file stays with the hotline: it may tell who sent it"


class TooManyFiles(Conflict):
    title = "The ticket has as many files as it may have"


class NoSuchFile(NotFound):
    title = "There is no such file on this ticket"


def known_kind(content: bytes) -> MediaType:
    """The kind of a file, by its first bytes. Refuses (UnknownFile) other kinds."""
    kind = store.kind_of(content)
    if kind is None:
        raise UnknownFile("its first bytes are those of no such file")
    return kind


def attach(change: Change, folder: Path, content: bytes, name: str | None) -> Attachment:
    """Keep a file, and record an event with its hash and without its name."""
    kind, ticket, caller = known_kind(content), change.ticket, change.caller
    check_open(change)
    file = Attachment(
        ticket_number=ticket.number,
        seq=ticket.version + 1,
        sha256=store.put(folder, content),
        media_type=kind,
        size=len(content),
        name=name,
        office_code=caller.office_code if caller else None,
        at=change.now,
    )
    change.session.add(file)
    change.record(
        Action.ATTACH,
        ticket.status,
        data=Attached(sha256=file.sha256, media_type=file.media_type, size=file.size),
    )
    change.session.flush()
    return file


def for_office(content: bytes, kind: MediaType, secret: bool) -> bytes:
    """Without metadata. Refuses (FileWithheld), on a secret ticket, a file that cannot be freed of
    them."""
    bare = metadata.without(content, kind)
    if bare is None and secret:
        raise FileWithheld(f"the metadata of this {kind} cannot be taken out")
    return content if bare is None else bare


def same_file(change: Change, content: bytes) -> Attachment | None:
    name = sha256(content).hexdigest()
    query = select(Attachment).filter_by(ticket_number=change.ticket.number, sha256=name)
    return change.session.scalar(query)


def check_open(change: Change) -> None:
    """Refuses (IllegalMove) a ticket that ended without a callback, unless in a group, and
    (TooManyFiles) a full one."""
    ticket = change.ticket
    if (ticket.status, Action.ATTACH) not in MOVES:
        raise IllegalMove(f"cannot attach to a ticket that is {ticket.status}")
    count = select(func.count()).where(Attachment.ticket_number == ticket.number)
    if (change.session.scalar(count) or 0) >= MOST_FILES:
        raise TooManyFiles(f"at most {MOST_FILES}")


def of(session: Session, number: str) -> Sequence[Attachment]:
    """The files of a ticket, oldest first."""
    rows = select(Attachment).filter_by(ticket_number=number).order_by(Attachment.id)
    return session.scalars(rows).all()


def find(session: Session, number: str, attachment_id: int) -> Attachment:
    """Refuses (NoSuchFile) a file of another ticket, and an unknown one."""
    query = select(Attachment).filter_by(ticket_number=number, id=attachment_id)
    file = session.scalar(query)
    if file is None:
        raise NoSuchFile(f"no file {attachment_id} on {number}")
    return file
