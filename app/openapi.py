"""`/openapi.json`: what FastAPI makes of the routes, with the key that they need, the lines that
they take, and the problems that each may answer."""

import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from app.imports.schemas import PastCase
from app.routing.schemas import RouteQuestion
from app.tickets.intake.batch import NewLine

Json = dict[str, Any]

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
    400: "Not readable as what it claims to be",
    401: "No key, or none that is known",
    403: "Not by this role, or another's part",
    404: "Not there, or not yours to know of",
    405: "Not by this method",
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
NAMED_IN_QUERY = frozenset({"/v1/units", "/v1/departments/performance"})
"""Their street or their period may not be there."""
GENERATED = ("HTTPValidationError", "ValidationError")


class Described(FastAPI):
    def openapi(self) -> Json:
        """Made once."""
        if self.openapi_schema is None:
            made = get_openapi(title=self.title, version=self.version, routes=self.routes)
            self.openapi_schema = completed(made)
        return self.openapi_schema


def completed(made: Json) -> Json:
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            complete(path, method, operation)
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
    content = {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    if is_page(path, operation):
        content |= {PAGE: {"schema": {"type": "string"}}}
    for status in statuses(path, method, operation):
        operation["responses"][str(status)] = {"description": TITLES[status], "content": content}


def is_page(path: str, operation: Json) -> bool:
    """Whether it is for people, who are told of a refusal by a page, too."""
    shown = operation["responses"].get("200", {}).get("content", {})
    return PAGE in shown and not path.startswith("/v1/")


def statuses(path: str, method: str, operation: Json) -> Iterator[int]:
    if not path.startswith("/v1/"):
        yield from (404, 409, 422, 503) if is_page(path, operation) else (503,)
        return
    yield from (401, 403, 422, 429, 503)
    if "{" in path or path in NAMED_IN_QUERY:
        yield 404
    if method != "get":
        yield from (400, 409, 413)
    if any(parameter["name"].lower() == "if-match" for parameter in operation["parameters"]):
        yield 412
