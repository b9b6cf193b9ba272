"""What FastAPI makes of the routes, with the key that they need, the lines that they take, an
example of each, and the problems that each may answer.

The problems are in `refusals.json`, made from the code by `python -m scripts.make_refusals`; the
examples in `examples.json`, made from openapi.md by `python -m scripts.make_examples`, and in
`bodies.json`, by hand.
"""

import json
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.imports.schemas import PastCase
from app.routing.schemas import RouteQuestion
from app.tickets.intake.batch import NewLine

Json = dict[str, Any]


def read(name: str) -> Json:
    made: Json = json.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return made


REFUSALS: dict[str, dict[str, list[str]]] = read("refusals.json")
"""By method and path: each status of a refusal, with the last parts of its problems' `type`."""
EXAMPLES: dict[str, Json] = read("examples.json")
"""By method and path: a `body` that was sent, and what was answered, by `status`."""
BODIES: dict[str, Json] = read("bodies.json")
"""By the name of its form, what openapi.md does not send."""
ABOUT = """接诉即办: a city's 12345 hotline takes requests in, dispatches each at once to the office
that answers for its address, and makes the month's ranking of what the citizens said.

Send `Authorization: Bearer <key>`. A refused call changes nothing and is told as a problem
(RFC 9457); its `type` stays, its words follow `Accept-Language`. `openapi.md` in the project
explains every route with requests to paste."""
KEYS = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key of `POST /v1/keys`: what it may do, its role says.",
    }
}
PROBLEM: Json = {
    "title": "Problem",
    "description": "RFC 9457; figures are further members.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
TITLES = {
    304: "You have the newest already",
    400: "Not readable as what it claims to be",
    401: "No key, or none that is known",
    403: "Not by this role, or another's part",
    404: "Not there, or not yours to know of",
    409: "The state of things does not allow it now",
    412: "It has changed since you read it",
    413: "More than is taken at once",
    422: "Readable, but against a rule of form",
    429: "Slow down",
    503: "A part of the service is out of reach",
}
LINES: dict[str, type[BaseModel]] = {
    "/v1/tickets/batch": NewLine,
    "/v1/route/batch": RouteQuestion,
    "/v1/imports/cases": PastCase,
}
"""The form of a line, by the route that takes NDJSON."""
REFERENCE = "#/components/schemas/{model}"
PAGE = "text/html"
PARAMETER = re.compile(r"{(\w+)}")
AT_THE_DOOR = {
    429: ("too-many-at-once", "too-many-requests"),
    503: ("not-started", "unavailable"),
}
"""Whatever the route, before anything of a request is looked at, or when no database is there."""
PROBLEMS = frozenset(TITLES) - {304}
OF_PAGES = (404, 409, 422, 503)
PROBLEM_JSON = "application/problem+json"
GENERATED = ("HTTPValidationError", "ValidationError")


class Described(FastAPI):
    written: bytes | None = None

    def openapi(self) -> Json:
        """Made once."""
        if self.openapi_schema is None:
            made = get_openapi(
                title=self.title, version=self.version, description=ABOUT, routes=self.routes
            )
            self.openapi_schema = completed(made)
        return self.openapi_schema


def show(request: Request) -> Response:
    """In a thread, as a plain `def`: making it takes most of a second."""
    app: Described = request.app
    if app.written is None:
        app.written = json.dumps(app.openapi(), ensure_ascii=False).encode()
    return Response(app.written, media_type="application/json")


ROUTES = [Route("/openapi.json", show)]


def completed(made: Json) -> Json:
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            complete(path, method, operation)
    lend(made["paths"])
    components = made.setdefault("components", {})
    schemas: Json = components.setdefault("schemas", {})
    for name in GENERATED:
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    for path, form in LINES.items():
        made["paths"][path]["post"]["requestBody"] = lines_of(form, schemas)
    components["securitySchemes"] = KEYS
    return made


def lines_of(form: type[BaseModel], schemas: Json) -> Json:
    """A body of lines; their form is added to the schemas."""
    schema = form.model_json_schema(ref_template=REFERENCE)
    for name, part in schema.pop("$defs", {}).items():
        schemas.setdefault(name, part)
    schemas[form.__name__] = schema
    line = {"$ref": REFERENCE.format(model=form.__name__)}
    content = {"application/x-ndjson": {"schema": line}}
    return {"description": "One JSON object a line.", "required": True, "content": content}


def complete(path: str, method: str, operation: Json) -> None:
    """A path's parameters are declared, its key, and each status of a problem."""
    parameters: list[Json] = operation.setdefault("parameters", [])
    declared = {given["name"] for given in parameters if given["in"] == "path"}
    for name in PARAMETER.findall(path):
        if name not in declared:
            text = {"type": "string", "title": name}
            parameters.append({"name": name, "in": "path", "required": True, "schema": text})
    if path.startswith("/v1/"):
        operation["security"] = [{name: [] for name in KEYS}]
    told_by_page = is_page(path, operation)
    for status, types in refusals(path, method, told_by_page):
        content = {PROBLEM_JSON: {"schema": problem(types)}} if status in PROBLEMS else {}
        if told_by_page:
            content |= {PAGE: {"schema": {"type": "string"}}}
        answer = {"description": TITLES[status], **({"content": content} if content else {})}
        operation["responses"][str(status)] = answer
    exemplify(operation, EXAMPLES.get(f"{method.upper()} {path}", {}))


def problem(types: Sequence[str]) -> Json:
    """The schema of a problem that is of one of these types, where they are known."""
    general = {"$ref": REFERENCE.format(model="Problem")}
    if not types:
        return general
    listed = {"enum": [f"/problems/{name}" for name in types]}
    return {"allOf": [general, {"properties": {"type": listed}}]}


def exemplify(operation: Json, example: Json) -> None:
    """The body that a caller sends, and the answers that he gets."""
    for content, given in exchanged(operation, example):
        if given is not None:
            content["example"] = given


def exchanged(operation: Json, example: Json) -> Iterator[tuple[Json, Any]]:
    """Each JSON that is sent or answered, and its example, where the route has one of its own."""
    parts = {"body": operation.get("requestBody", {}), **operation["responses"]}
    own = {"body": example.get("body"), **example.get("answers", {})}
    for name, part in parts.items():
        content = part.get("content", {}).get("application/json")
        if content:
            yield content, own.get(name)


def lend(paths: Json) -> None:
    """What no route shows by itself has the example of another one that is of the same form."""
    contents = [
        content
        for methods in paths.values()
        for operation in methods.values()
        for content, _ in exchanged(operation, {})
    ]
    known = {REFERENCE.format(model=name): body for name, body in BODIES.items()}
    known |= {
        content["schema"]["$ref"]: content["example"]
        for content in reversed(contents)
        if "example" in content and "$ref" in content["schema"]
    }
    for content in contents:
        form = content["schema"].get("$ref")
        if form in known:
            content.setdefault("example", known[form])


def is_page(path: str, operation: Json) -> bool:
    """Whether it is for people, who are told of a refusal by a page, too."""
    shown = operation["responses"].get("200", {}).get("content", {})
    return PAGE in shown and not path.startswith("/v1/")


def refusals(path: str, method: str, is_page: bool) -> Iterator[tuple[int, Sequence[str]]]:
    """Each status with the types of its problems."""
    if is_page:
        yield from ((status, ()) for status in OF_PAGES)
        return
    own = REFUSALS.get(f"{method.upper()} {path}", {})
    at_the_door = AT_THE_DOOR if path.startswith("/v1/") else {503: AT_THE_DOOR[503]}
    for status in sorted({*map(int, own), *at_the_door}):
        yield status, sorted({*own.get(str(status), ()), *at_the_door.get(status, ())})
