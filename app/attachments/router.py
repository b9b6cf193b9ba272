"""Files of a ticket over HTTP.

A file comes as the raw body, or several in a form, as browsers send it; its kind is read from its
bytes alone; the same file twice is one. It goes out to callers who may see the ticket, as a
download only.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path as Folder
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.access.gate import allow
from app.access.roles import HANDLERS, Caller, Role
from app.attachments import service as attachments
from app.attachments import store
from app.attachments.content import Piece, parts, size_of
from app.attachments.kinds import MediaType
from app.attachments.models import Attachment
from app.attachments.service import Most
from app.attachments.store import Received
from app.attachments.upload import Files, receive
from app.kit.db import AllSessions, Sessions
from app.kit.errors import NotFound
from app.kit.hop import in_loop
from app.kit.web.etag import IfMatch
from app.kit.web.idempotency import Claims, KeyHeader
from app.kit.web.route import JsonRequest, Route
from app.kit.web.streams import AtStreams, Content
from app.kit.web.wire import At, Line, View
from app.tickets.acts import locking
from app.tickets.acts.acting import Changing
from app.tickets.acts.change import Change
from app.tickets.citizens import NEAR_THE_SUBJECT
from app.tickets.views import scope
from app.tickets.views.http import Looking, Seen

RECEIVED = "jiesu.files"
DESKS = frozenset({Role.OPERATOR, Role.CALLBACK, Role.DISPATCHER, Role.SUPERVISOR, Role.PANEL})


class FileRequest(JsonRequest):
    async def files(self) -> Files:
        """Read once, to disk. Refuses as `receive` does."""
        if RECEIVED not in self.scope:
            settings = self.app.state.settings
            files = Files(settings.attachments, max(settings.most_bytes.values()))
            self.scope[RECEIVED] = files
            await receive(self.headers.get("content-type", ""), self.stream(), files)
        received: Files = self.scope[RECEIVED]
        return received

    async def body(self) -> bytes:
        """What an Idempotency-Key stands for: the files, without what a form has between them."""
        return (await self.files()).meant()


class FileRoute(Route):
    """As every route, with files for a body, which are gone in the end unless they were kept."""

    request_class = FileRequest

    def reads_first(self) -> bool:
        return False

    def get_route_handler(self) -> Any:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Any:
            try:
                return await handle(request)
            finally:
                files: Files | None = request.scope.pop(RECEIVED, None)
                if files:
                    files.end()

        return answer


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


class AttachmentsView(View):
    """The files of a form, in their order."""

    items: list[AttachmentView]


Sender = Annotated[Caller, Depends(allow(HANDLERS | DESKS | {Role.DISTRICT}))]


def to_attach_to(
    request: Request, number: str, caller: Sender, sessions: AllSessions, key: KeyHeader = None
) -> str:
    """The ticket's number; no connection to the database waits for a slow sender. One that is no
    longer the caller's passes where his key came before: the files tell whether it is repeated."""
    with sessions() as session:
        try:
            return scope.get(session, caller, number).number
        except NotFound:
            name = (request.state.caller_id, key or "")
            if not Claims(session, request.url.path).earlier([name]):
                raise
            return number


AttachTo = Annotated[str, Depends(to_attach_to)]


async def sent(request: Request, number: AttachTo) -> Files:
    """The files; read only when the caller and the ticket are known."""
    await in_loop()
    assert isinstance(request, FileRequest)
    return await request.files()


async def most(request: Request) -> Most:
    largest: Most = request.app.state.settings.most_bytes
    return largest


async def folder(request: Request) -> Folder:
    kept: Folder = request.app.state.settings.attachments
    return kept


Kept = Annotated[Folder, Depends(folder)]


@dataclass
class Upload:
    """What was sent, of what size it may be, and who calls it what."""

    files: Annotated[Files, Depends(sent)]
    largest: Annotated[Most, Depends(most)]
    name: Annotated[Line | None, Query(description="Your name for a file in the body")] = None

    def __post_init__(self) -> None:
        self.kinds: list[MediaType] = []

    def check(self) -> None:
        """Refuses UnknownFile, FileTooLarge."""
        self.kinds = attachments.known_kinds(self.files, self.largest)

    def attach(self, change: Change) -> list[tuple[Attachment, bool]]:
        """Each file, and whether the ticket has it only now."""
        return [self.attach_one(change, *file) for file in zip(self.files, self.kinds, strict=True)]

    def attach_one(
        self, change: Change, file: Received, kind: MediaType
    ) -> tuple[Attachment, bool]:
        same = attachments.same_file(change, file)
        if same:
            return same, False
        file.name = file.name or self.name
        return attachments.attach(change, file, kind), True


@router.post(
    "/{number}/attachments",
    status_code=201,
    response_model=AttachmentView | AttachmentsView,
    responses={200: {"model": AttachmentView | AttachmentsView}},
)
def attach_file(
    caller: Sender,
    number: AttachTo,
    upload: Annotated[Upload, Depends()],
    doing: Changing,
    if_match: IfMatch,
) -> AttachmentView | AttachmentsView:
    """A file as the raw body, or the files of a form; 200 where the ticket has all of them already.
    Of a form all are taken or none is."""

    def check(change: Change) -> None:
        upload.check()
        locking.check_version(change, if_match)

    def take() -> str:
        attached = doing.take(caller, number, check, upload.attach)
        doing.response.status_code = 201 if any(is_new for _, is_new in attached) else 200
        return " ".join(str(file.id) for file, _ in attached)

    with doing.once.remembered():
        scope.get(doing.session, caller, number)
    made = [
        AttachmentView.model_validate(doing.session.get_one(Attachment, int(reference)))
        for reference in doing.once(take, 201).split(" ")
    ]
    if upload.files.is_form:
        return AttachmentsView(items=made)
    doing.response.headers["Location"] = f"{router.prefix}/{number}/attachments/{made[0].id}"
    return made[0]


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
    gets a photograph or a recording without its metadata (place, time, telephone)."""
    file = attachments.find(looking.session, ticket.number, attachment_id)
    near, secret = looking.caller.role in NEAR_THE_SUBJECT, ticket.secret
    headers = {
        "Content-Disposition": disposition(file, is_named=not (near and secret)),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }

    def read(sessions: Sessions) -> Content:
        sending = sent_out(folder, file, near, secret)
        length = next(sending)
        return Content({**headers, "Content-Length": str(length)}, sending)

    return streams.answer(request.state.caller_id, read, file.media_type)


def sent_out(
    folder: Folder, file: Attachment, near: bool, secret: bool
) -> Generator[Any, None, None]:
    """First the length, then the parts."""
    with store.opened(folder, file.sha256) as content:
        pieces: Sequence[Piece] = [range(len(content))]
        if near:
            pieces = attachments.for_office(content, file.media_type, secret)
        yield size_of(pieces)
        yield from parts(content, pieces)


def disposition(file: Attachment, is_named: bool) -> str:
    """A download under its ticket's number; where the sender's name may be known, under that
    (RFC 6266), which ends as files of its kind do."""
    suffix = f".{file.media_type.suffix}"
    plain = f'attachment; filename="{file.ticket_number}-{file.id}{suffix}"'
    if not is_named or not file.name:
        return plain
    ends = file.name.lower().endswith(suffix)
    return f"{plain}; filename*=UTF-8''{quote(file.name if ends else file.name + suffix, safe='')}"
