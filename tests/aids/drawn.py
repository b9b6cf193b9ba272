"""Requests of each operation of `/openapi.json`, right ones and wrong ones, as schemathesis draws
them, and as they are saved: to draw a request takes ten times as long as to answer it.

`python -m tests.aids.drawn` saves what the document describes otherwise than before.
"""

import hashlib
import json
import lzma
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import schemathesis
from httpx import InvalidURL, Request
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.schemas import OpenApiSchema

from app import main
from app.settings import Settings

TRIED = 5
"""Saved of each operation, and of each way."""
FILE = Path(__file__).parents[1] / "stories/requests.json.xz"
NUMBER = "NUMBER"
"""Stands in a saved address for the number of a ticket that there is."""
PARTS = {"method", "url", "headers", "params", "json", "content"}
OWN = {"user-agent", "x-schemathesis-testcaseid", "host", "accept-encoding", "connection"}
"""Headers that each client sends by itself, or that differ each time."""
TEXT = {"type", "title", "description"}
"""What is said of a parameter that any text is right for, the only one without more."""
LIBRARIES = [f"{name} {version(name)}" for name in ("hypothesis", "schemathesis")]

Document = dict[str, Any]
Operation = APIOperation[Any, Any, Any, Any]


class Drawn(NamedTuple):
    target: str
    headers: dict[str, str]
    body: str
    """Each character a byte."""

    def parts(self, number: str) -> dict[str, Any]:
        """What a client sends of it, for this ticket."""
        headers = {name: value.encode("latin-1") for name, value in self.headers.items()}
        target = self.target.replace(NUMBER, number)
        return {"url": target, "headers": headers, "content": self.body.encode("latin-1")}


Ways = list[list[Drawn]]
"""Right ones, and wrong ones where anything is."""


@schemathesis.serializer("application/x-ndjson")
def as_line(context: Any, value: Any) -> bytes:
    return json.dumps(value).encode()


def described(document: Document) -> OpenApiSchema:
    schema: OpenApiSchema = schemathesis.openapi.from_dict(document)
    schema.config.generation.update(with_security_parameters=False)
    return schema


def operations(schema: OpenApiSchema) -> list[Operation]:
    return [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]


def key(document: Document, operation: Operation) -> str:
    """Of all that its requests are drawn from."""
    route = document["paths"][operation.path]
    own = route[operation.method]
    asked = [route.get("parameters"), own.get("parameters"), own.get("requestBody")]
    parts = [operation.label, asked, components(document, asked), LIBRARIES]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def components(document: Document, part: Any) -> dict[str, Any]:
    """What a part of the document refers to, by itself or through others."""
    named: dict[str, Any] = {}
    left = [part]
    while left:
        for name in references(left.pop()):
            if name not in named:
                named[name] = document["components"]["schemas"][name]
                left.append(named[name])
    return named


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        yield part["$ref"].rpartition("/")[2]
    if isinstance(part, dict | list):
        for below in part.values() if isinstance(part, dict) else part:
            yield from references(below)


def can_be_wrong(operation: Operation) -> bool:
    """Whether the document refuses anything here. Where it does not, nothing wrong is found, only
    after hundreds of tries."""
    schemas = [parameter.definition["schema"] for parameter in operation.iter_parameters()]
    return bool(operation.body) or any(schema.keys() - TEXT for schema in schemas)


def draw(operation: Operation, times: int = TRIED) -> Ways:
    """The same each time: nothing is drawn from the constants of the modules that happen to be
    loaded."""
    modes = [GenerationMode.POSITIVE]
    if can_be_wrong(operation):
        modes.append(GenerationMode.NEGATIVE)
    with mock.patch.object(providers, "_get_local_constants", Constants):
        return [draw_one_way(operation, mode, times) for mode in modes]


def draw_one_way(operation: Operation, mode: GenerationMode, times: int) -> list[Drawn]:
    requests: list[Drawn] = []

    @seed(0)
    @settings(
        max_examples=times,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        deadline=None,
    )
    @given(operation.as_strategy(generation_mode=mode))
    def keep(case: Case[Any]) -> None:
        try:
            requests.append(sent(case))
        except InvalidURL:  # too long for a client
            reject()

    keep()
    return requests


def sent(case: Case[Any]) -> Drawn:
    if "number" in case.path_parameters:
        case.path_parameters["number"] = NUMBER
    made = case.as_transport_kwargs(base_url="http://testserver")
    made["headers"] = {name: text.encode("latin-1") for name, text in made["headers"].items()}
    if "data" in made:
        made["content"] = made.pop("data")
    request = Request(**{name: value for name, value in made.items() if name in PARTS})
    headers = {
        name.decode(): value.decode("latin-1")
        for name, value in request.headers.raw
        if name.decode().lower() not in OWN
    }
    return Drawn(request.url.raw_path.decode(), headers, request.read().decode("latin-1"))


class Saved(NamedTuple):
    python: str
    """Its version, for another knows other characters."""
    requests: dict[str, Ways]
    """By the key of their operation."""


def python() -> str:
    return ".".join(platform.python_version_tuple()[:2])


def read() -> Saved:
    saved = json.loads(lzma.decompress(FILE.read_bytes()))
    requests = {
        key: [[Drawn(*parts) for parts in way] for way in ways]
        for key, ways in saved["requests"].items()
    }
    return Saved(saved["python"], requests)


def save(document: Document) -> None:
    """Draws what is not saved as it is described now."""
    known = read().requests if FILE.exists() and read().python == python() else {}
    keyed = {key(document, operation): operation for operation in operations(described(document))}
    ways = {name: known.get(name) or draw(operation) for name, operation in keyed.items()}
    text = json.dumps(Saved(python(), ways)._asdict(), sort_keys=True)
    FILE.write_bytes(lzma.compress(text.encode(), preset=9))


if __name__ == "__main__":
    app = main.create_app(Settings(secret_key=bytes(range(32))))
    save(json.loads(json.dumps(app.openapi())))
