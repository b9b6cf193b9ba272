"""Files of a ticket over HTTP.

A file comes as the raw body; its kind is read from its first bytes alone; the same file twice is
one. It goes out to callers who may see the ticket, as a download only.
"""

from dataclasses import dataclass
from pathlib import Path as Folder
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.access.gate import allow
from app.access.roles import HANDLERS, Caller, Role
from app.attachments import service as attachments
from app.attachments import store
from app.attachments.models import Attachment
from app.attachments.store import MediaType
from app.kit.db import AllSessions, Sessions
from app.kit.errors import TooLarge
from app.kit.hop import in_loop
from app.kit.web.etag import IfMatch
from app.kit.web.route import JsonRequest, Route
from app.kit.web.streams import AtStreams, Content, sliced
from app.kit.web.wire import At, Line, View
from app.tickets.acts import locking
from app.tickets.acts.acting import Changing
from app.tickets.acts.change import Change
from app.tickets.citizens import NEAR_THE_SUBJECT
from app.tickets.views import scope
from app.tickets.views.http import Looking, Seen

MOST_BYTES = 10_000_000


class FileTooLarge(TooLarge):
    title = "A file is at most 10 MB"


class FileRequest(JsonRequest):
    async def body(self) -> bytes:
        """Refuses (FileTooLarge) a body at its first byte too many."""
        if not hasattr(self, "_body"):
            read = bytearray()
            async for chunk in self.stream():
                read += chunk
                if len(read) > MOST_BYTES:
                    raise FileTooLarge(f"at most {MOST_BYTES} bytes", most_bytes=MOST_BYTES)
            self._body = bytes(read)
        return self._body


class FileRoute(Route):
    """As every route, with a larger body that is no JSON."""

    request_class = FileRequest

    def reads_first(self) -> bool:
        return False


router = APIRouter(prefix="/v1/tickets", tags=["attachments"], route_class=FileRoute)


class AttachmentView(View):
    id: int
    ticket_number: str
    media_type: MediaType
    size: int
    sha256: str
    name: str | None
    office_code: str | None
    at: At


Sender = Annotated[Caller, Depends(allow(HANDLERS | {Role.OPERATOR, Role.CALLBACK}))]


def to_attach_to(number: str, caller: Sender, sessions: AllSessions) -> str:
    """The ticket's number; no connection to the database waits for a slow sender."""
    with sessions() as session:
        return scope.get(session, caller, number).number


AttachTo = Annotated[str, Depends(to_attach_to)]


async def sent(request: Request, number: AttachTo) -> bytes:
    """The body; read only when the caller and the ticket are known."""
    await in_loop()
    return await request.body()


async def folder(request: Request) -> Folder:
    kept: Folder = request.app.state.settings.attachments
    return kept


Kept = Annotated[Folder, Depends(folder)]


@dataclass
class Upload:
    content: Annotated[bytes, Depends(sent)]
    folder: Kept
    name: Annotated[Line | None, Query(description="What you call the file")] = None


@router.post("/{number}/attachments", status_code=201, responses={200: {"model": AttachmentView}})
def attach_file(
    caller: Sender,
    number: AttachTo,
    upload: Annotated[Upload, Depends()],
    doing: Changing,
    if_match: IfMatch,
) -> AttachmentView:
    """A file, as the raw body; 200 where the ticket has it already."""

    def check(change: Change) -> None:
        attachments.known_kind(upload.content)
        locking.check_version(change, if_match)

    def attach(change: Change) -> Attachment:
        same = attachments.same_file(change, upload.content)
        if same:
            doing.response.status_code = 200
            return same
        return attachments.attach(change, upload.folder, upload.content, upload.name)

    reference = doing.once(lambda: str(doing.take(caller, number, check, attach).id), 201)
    made = doing.session.get_one(Attachment, int(reference))
    doing.response.headers["Location"] = f"{router.prefix}/{number}/attachments/{made.id}"
    return AttachmentView.model_validate(made)


@router.get("/{number}/attachments")
def list_files(ticket: Seen, looking: Looking) -> list[AttachmentView]:
    """The files of a ticket, oldest first; of a secret one an office does not read their names."""
    files = attachments.of(looking.session, ticket.number)
    views = [AttachmentView.model_validate(row) for row in files]
    if ticket.secret and looking.caller.role in NEAR_THE_SUBJECT:
        return [view.model_copy(update={"name": None}) for view in views]
    return views


@router.get("/{number}/attachments/{attachment_id}", response_class=Response)
def download_file(
    request: Request,
    ticket: Seen,
    looking: Looking,
    attachment_id: Annotated[int, Path(ge=1, lt=2**63)],
    folder: Kept,
    streams: AtStreams,
) -> Response:
    """The file itself, never shown by a browser in our name and never kept on its way; an office
    gets a photograph without its metadata (place, time, telephone)."""
    file = attachments.find(looking.session, ticket.number, attachment_id)
    near, secret = looking.caller.role in NEAR_THE_SUBJECT, ticket.secret
    name = f"{ticket.number}-{file.id}.{file.media_type.suffix}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }

    def read(sessions: Sessions) -> Content:
        content = store.get(folder, file.sha256)
        if near:
            content = attachments.for_office(content, file.media_type, secret)
        return Content({**headers, "Content-Length": str(len(content))}, sliced(content))

    return streams.answer(request.state.caller_id, read, file.media_type)
