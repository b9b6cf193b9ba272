"""One request of a person: who he is, in which language he reads, what he sends, and his page."""

import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.access import sessions
from app.access.gate import WrongRole
from app.access.roles import ANYONE, Caller, Role
from app.city import City
from app.console import pages, safety
from app.console.api import Api
from app.console.desks import Desk, offered
from app.console.naming import Names
from app.kit.clock import Clock
from app.kit.db import Sessions
from app.kit.errors import Unauthenticated
from app.kit.messages import Message, language
from app.kit.share import in_turn
from app.kit.workdays import day_of
from app.offices.directory import OfficeEntry

PREFIX = "/console"
COOKIE = "jiesu_session"
LINES_OF_A_FORM = 200
Fields = Mapping[str, str]


class SessionOver(Unauthenticated):
    title = "Your session has ended"


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that was refused: its act, its fields as they were sent, and the problem."""

    act: str
    fields: Fields
    problem: Mapping[str, Any]
    missed: tuple[Mapping[str, Any], ...] = ()
    """Events that came between the page and the act."""
    kept: Message | None = None
    """What was done of it before it was refused."""


@dataclass(slots=True)
class Visit:
    request: Request
    api: Api
    caller: Caller
    form: FormData = field(default_factory=FormData)
    draft: Draft | None = None
    names: Names | None = None

    @property
    def city(self) -> City:
        return cast(City, self.request.app.state.api.state.city)

    @property
    def clock(self) -> Clock:
        return cast(Clock, self.request.app.state.api.state.clock)

    @property
    def office(self) -> OfficeEntry | None:
        """The office that the caller's key is bound to."""
        return self.city.offices.get(self.caller.office_code or "")

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query_params

    @property
    def here(self) -> str:
        """The page's own address."""
        url = self.request.url
        return url.path + (f"?{url.query}" if url.query else "")

    @property
    def is_part(self) -> bool:
        """Whether a part of a page is asked for, by htmx."""
        return "hx-request" in self.request.headers

    @property
    def fields(self) -> dict[str, str]:
        """The texts of the form that was sent, trimmed of nothing, each by its name."""
        return {name: value for name, value in self.form.items() if isinstance(value, str)}

    @property
    def offices(self) -> Names:
        """The offices by their names of today."""
        if self.names is None:
            self.names = Names(self.city.offices, day_of(self.clock()))
        return self.names

    @property
    def files(self) -> list[UploadFile]:
        """The files that were sent; a field left empty is none."""
        files = (value for _, value in self.form.multi_items() if isinstance(value, UploadFile))
        return [file for file in files if file.filename]

    async def act(self, target: str, body: Any, method: str = "POST") -> Any:
        """The request of the form that was sent: of the version that its page showed, and once."""
        version, once = (self.fields.get(name, "") for name in ("version", "once"))
        once = once if method == "POST" else ""
        body = self.offices.coded(body)
        return await self.api.post(target, body, version=version, once=once, method=method)

    @property
    def desks(self) -> tuple[Desk, ...]:
        return offered(self.request.app.state.desks, self.caller, self.office)

    def words(self, message: Message | str) -> str:
        return pages.words(message, self.api.language)

    def page(self, template: str, status: int = 200, **shown: Any) -> Response:
        """A page or a part of one; a template knows `visit`, `now`, and what is `shown`."""
        return pages.answer(
            template,
            self.api.language,
            status,
            visit=self,
            now=self.clock(),
            csrf=safety.stamp(self.request.app.state.secret, self.api.token),
            once=secrets.token_urlsafe(16),
            **shown,
        )

    def go(self, path: str, done: str = "") -> Response:
        """To another page (303), which says what was done. htmx goes there as a whole page."""
        mark = ("&" if "?" in path else "?") + f"done={quote(done)}" if done else ""
        answer = RedirectResponse(f"{PREFIX}{path}{mark}", 303)
        if self.is_part:
            return Response(status_code=204, headers={"HX-Redirect": answer.headers["location"]})
        return answer


Page = Callable[[Visit], Awaitable[Response]]


def page(
    path: str, show: Page, roles: Collection[Role] = ANYONE, methods: Collection[str] = ("GET",)
) -> Route:
    """A route of the console, for who is signed in with one of the `roles`."""

    async def answer(request: Request) -> Response:
        form = FormData() if request.method in safety.SAFE else await sent(request)
        try:
            return await show(await checked(request, form, roles))
        finally:
            await form.close()

    return Route(path, answer, methods=list(methods))


async def checked(request: Request, form: FormData, roles: Collection[Role]) -> Visit:
    """Refuses SessionOver, WrongRole, and OtherSession of a form that another one's page sent."""
    visit = await signed_in(request)
    if visit.caller.role not in roles:
        raise WrongRole(Message("a key of the role {role} may not do that", role=visit.caller.role))
    if request.method not in safety.SAFE:
        given = request.headers.get(safety.HEADER) or form.get(safety.FIELD)
        safety.check_stamp(request.app.state.secret, visit.api.token, given)
    visit.form = form
    return visit


async def sent(request: Request) -> FormData:
    """The form that was sent; refusals show what was typed into it. Refuses (OtherSite) another
    site's, and TooLarge."""
    safety.check_origin(request)
    form = await request.form(max_fields=LINES_OF_A_FORM)
    request.state.form = form
    return form


async def signed_in(request: Request) -> Visit:
    """Refuses SessionOver."""
    token = request.cookies.get(COOKIE, "")
    state = request.app.state
    caller = await state.api.state.gate.caller(token) if token else None
    if caller is None:
        raise SessionOver(Message("sign in again; nothing was changed"))
    request.state.caller_id = caller.id
    await keep_alive(request, token)
    api = Api(state.api, state.client, token, language.get(), request.state.request_id)
    return Visit(request, api, caller)


async def keep_alive(request: Request, token: str) -> None:
    """A session in use is renewed; each process asks for it once in some minutes."""
    state = request.app.state
    if state.renewals.is_due(token):
        await in_turn(partial(renew, state.api.state.sessions, state.secret), token)


def renew(sessions_of: Sessions, secret: bytes, token: str) -> None:
    with sessions_of.begin() as session:
        sessions.renew(session, secret, token)
