"""What every request passes before its endpoint, whatever the room.

The order of refusals is the contract's: who you are, what your role may, what is yours to see, and
only then the form. So a body that cannot be read is not refused here: it is handed on as a refusal
in a list, which no form accepts (out of an object pydantic would read attributes), and told by
kit/web/problems.py once the caller is known.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from inspect import iscoroutinefunction
from typing import Any, TypeVar, get_origin

from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_parameterless_sub_dependant
from fastapi.routing import APIRoute, APIRouter
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit import messages
from app.kit.errors import Invalid, Malformed, TooLarge
from app.kit.hop import Work, carried, closing, settle
from app.kit.web.again import MOST_BYTES, hear_again, repeated
from app.kit.web.once import GivenTwice, check_headers, check_query, is_plain, members

NO_JSON = messages.template("the body is not JSON: line {line}, column {column}")
HEAD = "jiesu.head"
"""In a scope: nothing but the head of the answer is wanted."""
DECODER = json.JSONDecoder(object_pairs_hook=members)
WAY = "jiesu.way"
"""In a scope: the application that a router is to run."""
BODILESS = frozenset({"GET", "DELETE"})


class JsonRequest(Request):
    """A request whose body, when it is no JSON or too large, reads as the refusal to be told."""

    refused: TooLarge | None = None

    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            read = bytearray()
            async for chunk in self.stream():
                read += chunk
                if len(read) > MOST_BYTES:
                    self.refused = TooLarge(
                        messages.Message("a JSON body is at most 1 MB"), most_bytes=MOST_BYTES
                    )
                    break
            self._body = bytes(read)
        return self._body

    async def json(self) -> Any:
        if self.refused:
            return [self.refused]
        body = await self.body()
        try:
            return DECODER.decode(body.decode())
        except RecursionError:
            return [Malformed(messages.Message("the JSON is nested too deeply"))]
        except ValueError as fault:
            return [Malformed(unreadable(fault))]


def unreadable(fault: ValueError) -> messages.Message:
    """The reason why a body is no JSON."""
    if isinstance(fault, GivenTwice):
        return messages.reason_of(fault)
    if isinstance(fault, json.JSONDecodeError):
        return messages.Message(NO_JSON, line=fault.lineno, column=fault.colno)
    if isinstance(fault, UnicodeDecodeError):
        return messages.Message("the body is not UTF-8")
    return messages.Message("a number in the JSON has too many digits")


Quick = Callable[[Request], Work[Response | None]]
E = TypeVar("E", bound=Callable[..., Any])


QUICK: dict[Callable[..., Any], Quick] = {}
"""By endpoint."""


def quickly(quick: Quick) -> Callable[[E], E]:
    """For the few routes that are asked all day: the usual request is answered before FastAPI's
    handling and dependencies, and whatever is unusual in it (None) by the endpoint, which refuses
    what is to be refused, and repeats what the database did not answer."""

    def mark(endpoint: E) -> E:
        QUICK[endpoint] = quick
        return endpoint

    return mark


class Route(APIRoute):
    """The one route class: forgiving reading, no unknown query parameter, deadlocks repeated.

    Applications take such routes as they are (`app.routes.extend`): `include_router` would build
    handlers of its own.
    """

    request_class: type[JsonRequest] = JsonRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(query_names(self.dependant))
        check = get_parameterless_sub_dependant(depends=Depends(only(names)), path=self.path_format)
        self.dependant.dependencies.append(check)
        self.answering = repeated(self.app)
        self.app = self.as_sent(self.answering)

    def as_sent(self, app: ASGIApp) -> ASGIApp:
        """The route's answers as they leave; the usual request's, too."""
        return app

    def get_route_handler(self) -> Callable[[Request], Any]:
        settle(self.dependant)
        handle, reads_first = super().get_route_handler(), self.reads_first()

        async def answer(request: Request) -> Any:
            if reads_first:
                await request.body()
            return await closing(request, handle)

        async def carry(request: Request) -> Any:
            return await carried(answer(self.request_class(request.scope, request.receive)))

        return carry

    def reads_first(self) -> bool:
        """Whether a body without a form, which only a key's claim looks at, is read before the
        request holds anything; one with a form FastAPI reads first."""
        waits_for_its_client = iscoroutinefunction(self.endpoint)
        bodiless = BODILESS.intersection(self.methods or ())
        return not (waits_for_its_client or self.body_field or bodiless)


class Heads:
    """HEAD is answered as GET is; the server leaves the body away (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        asked = {**scope, "method": "GET", HEAD: True}
        try:
            await self.app(asked, receive, send)
        finally:
            scope.update(asked, method="HEAD")


class Straight:
    """Finds the routes of QUICK before all others, and answers their usual requests: a router tries
    its eighty one by one, and Starlette makes ready for refusals. Whatever else there is goes that
    way, to its endpoint."""

    def __init__(self, app: ASGIApp, router: APIRouter) -> None:
        self.app = app
        self.otherwise = router.middleware_stack
        router.middleware_stack = self.go_on
        self.routes: dict[tuple[str, int], list[Route]] = defaultdict(list)
        """By method and number of slashes."""
        self.apps: dict[str, ASGIApp] = {}
        """By the route's identity: the usual request, and its endpoint for any other."""
        for route in router.routes:
            if isinstance(route, Route) and route.endpoint in QUICK:
                self.apps[route.unique_id] = self.usual(route)
                for method in route.methods or ():
                    self.routes[method, route.path.count("/")].append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self.route(scope) if scope["type"] == "http" else None
        await (self.apps[route.unique_id] if route else self.app)(scope, receive, send)

    def usual(self, route: Route) -> ASGIApp:
        """Where answers are changed as they leave, refusals are not: so within what tells those."""
        quick = QUICK[route.endpoint]
        if type(route) is not Route:
            return self.onward(route.as_sent(quick_first(quick, route.answering, raising)))
        return quick_first(
            quick, self.onward(route.answering), lambda fault: self.onward(raising(fault))
        )

    def onward(self, app: ASGIApp) -> ASGIApp:
        """The application behind all that Starlette does for an endpoint."""

        async def run(scope: Scope, receive: Receive, send: Send) -> None:
            scope[WAY] = app
            await self.app(scope, receive, send)

        return run

    async def go_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope.pop(WAY, self.otherwise)(scope, receive, send)

    def route(self, scope: Scope) -> Route | None:
        for route in self.routes.get((scope["method"], scope["path"].count("/")), ()):
            match, matched = route.matches(scope)
            if match is Match.FULL:
                scope.update(matched)
                return route
        return None


def query_names(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Each with whether it is a list."""
    for below in dependant.dependencies:
        yield from query_names(below)
    for field in dependant.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            for name, info in model.model_fields.items():
                yield info.alias or name, get_origin(info.annotation) is list
        else:
            yield field.alias, get_origin(model) is list


def only(known: Mapping[str, bool]) -> Callable[[Request], Any]:
    """Refuses unknown query parameters, and whatever is given twice."""
    lists = frozenset(name for name, is_list in known.items() if is_list)

    async def refuse_unmeant(request: Request) -> None:
        check_headers(request)
        check_query(request, lists)
        unknown = sorted(set(request.query_params) - known.keys())
        if unknown:
            raise Invalid(
                messages.Message("unknown query parameter {unknown}", unknown=unknown[0]),
                known=sorted(known),
                errors=[
                    {"pointer": f"/query/{name}", "detail": messages.Message("unknown")}
                    for name in unknown
                ],
            )

    return refuse_unmeant


def quick_first(quick: Quick, app: ASGIApp, failing: Callable[[Exception], ASGIApp]) -> ASGIApp:
    """The endpoint hears again what was heard of its client."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        heard: list[Message] = []
        request = JsonRequest(scope, hear_again(heard, receive))
        answer: ASGIApp | None
        try:
            answer = await carried(quick(request)) if is_plain(scope) else None
        except (DBAPIError, PoolTimeout):
            answer = None
        except Exception as fault:
            answer = failing(fault)
        await (answer or app)(scope, hear_again(heard, receive), send)

    return run


def raising(fault: Exception) -> ASGIApp:
    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        raise fault

    return run
