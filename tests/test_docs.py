"""The documents for people are true: routes, problems, moves, settings, commands, examples."""

import ast
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from app import commands
from app.access.roles import Role
from app.kit.errors import Refusal
from app.kit.web import problems
from app.rankings.exports import facts as facts_export
from app.rankings.exports import sheet
from app.settings import PREFIX, Settings
from app.tickets.life.lifecycle import MOVES, OPEN, Action, Status
from app.tickets.life.parts import WHO
from scripts import make_event_table
from tests.aids import examples, pasted
from tests.aids.client import Client
from tests.aids.given import People
from tests.conftest import StillClock

API = pasted.text("openapi.md")
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = (
    *READMES,
    "openapi.md",
    "docs/operations.md",
    "docs/decisions.md",
    "docs/whistles.md",
)

NAMED_ROUTE = re.compile(r"`(GET|POST|PUT|DELETE) (/[^`?…]*)(?:\?[^`]*)?`")
NOT_OURS = ("/docs", "/openapi.json")
IN_GENERAL = "/v1/tickets/{number}/{action}"
LINK = re.compile(r"\]\(([^)#]*)(#[^)]*)?\)")
ROOM = re.compile(r"^ +((?:__)?[a-z_]+(?: · [a-z_]+)*)(?:  |$)", re.MULTILINE)


def lines(text: str) -> Any:
    return [json.loads(line) for line in text.splitlines()]


READ: dict[str, Callable[[str], Any]] = {"json": json.loads, "jsonl": lines}


def routes(app: FastAPI) -> dict[tuple[str, str], APIRoute]:
    api_routes = [route for route in app.routes if isinstance(route, APIRoute)]
    return {(method, route.path): route for route in api_routes for method in route.methods or ()}


def refusals(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for below in kind.__subclasses__():
        yield below
        yield from refusals(below)


def test_openapi_md_names_every_route_and_no_other(app: FastAPI) -> None:
    named = {route.groups() for route in NAMED_ROUTE.finditer(API)} - {("POST", IN_GENERAL)}

    assert named == set(routes(app))


def test_openapi_md_names_every_problem_with_its_status(app: FastAPI) -> None:
    given = {(problems.slug(kind), problems.STATUS[family(kind)]) for kind in refusals(Refusal)}

    named = set(re.findall(r"/problems/([a-z-]+)", API)) - {"fault"}
    rows = re.findall(r"^\| (\d{3}) \| (.*?) \|", API, re.MULTILINE)
    documented = {(slug, int(status)) for status, cell in rows for slug in named & slugs(cell)}

    assert named == {slug for slug, _ in given}
    assert documented - {("fault", 500)} <= given


def slugs(cell: str) -> set[str]:
    return set(re.findall(r"/problems/([a-z-]+)", cell))


def family(kind: type[Refusal]) -> type[Refusal]:
    return next(above for above in kind.__mro__ if above in problems.STATUS)


def test_openapi_md_names_every_member_and_every_word(app: FastAPI) -> None:
    written = (r"[A-Za-z0-9_]+", r"[\w/-]+", r"[\w/-]+(?:\.[\w/-]+)+")
    words = {word for way in written for word in re.findall(way, API, re.ASCII)}
    for name, schema in app.openapi()["components"]["schemas"].items():
        missing = {*schema.get("properties", ()), *map(str, schema.get("enum", ()))} - words
        if name not in ("HTTPValidationError", "ValidationError"):
            assert not missing, name


def test_openapi_md_names_every_query_parameter(app: FastAPI) -> None:
    sections = API.split("\n\n`")
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            texts = [s for s in sections if s.startswith(f"{method.upper()} {path}`")]
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "query":
                    assert f"`{parameter['name']}`" in texts[0], (path, parameter["name"])


def test_openapi_md_shows_the_table_of_moves() -> None:
    shown: dict[tuple[Status, Action], set[Status]] = {}
    for action, start, end in move_rows():
        for status in statuses(start):
            ends = {status} if end == "the same" else statuses(end)
            shown.setdefault((status, action), set()).update(ends)

    assert shown == {at: set(ends) for at, ends in MOVES.items()}


def move_rows() -> Iterator[tuple[Action, str, str]]:
    for action, _, start, end in re.findall(r"^\| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", API, re.M):
        if re.fullmatch(r"`[a-z_-]+`", action) and action.strip("`") in set(Action):
            yield Action(action.strip("`")), start, end


def statuses(cell: str) -> set[Status]:
    named = {Status(word) for word in re.findall(r"`([a-z_]+)`", cell)}
    whole = {"every open status": OPEN, "every status": frozenset(Status)}
    for words, meant in whole.items():
        if cell.startswith(words):
            return set(meant) - named
    return named


def test_openapi_md_shows_the_data_of_every_event() -> None:
    assert make_event_table.TABLE.findall(API) == make_event_table.tables(), (
        "make it again: python -m scripts.make_event_table"
    )


def test_openapi_md_names_every_role_and_what_it_does() -> None:
    rows = dict(re.findall(r"^\| (`[a-z]+`.*?) \| .*? \| (.*?) \|$", section("Roles"), re.M))
    named = {Role(word) for cell in rows for word in re.findall(r"`([a-z]+)`", cell)}
    acted = {word for cell in rows.values() for word in re.findall(r"`([a-z-]+)`", cell)}

    assert named == set(Role)
    assert set(WHO) - {Action.CALLBACK} <= acted


def section(title: str) -> str:
    return API.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("name", ["openapi.md", *READMES])
def test_every_request_gets_the_answer_that_is_shown(
    name: str,
    app: FastAPI,
    served: Client,
    people: People,
    clock: StillClock,
    nobody_waits: None,
) -> None:
    shell = pasted.Shell(served, people)
    answer: Any = None
    for language, block in pasted.blocks(pasted.text(name)):
        if language == "sh":
            clock.tick(seconds=1)
            answer = shell.paste(block)
        elif language in READ:
            read = READ[language]
            assert list(pasted.unlike(read(block), read(answer.text))) == [], block
    if name == "openapi.md":
        examples.check(examples.of(app, shell.exchanges))


@pytest.mark.parametrize("name", READMES)
def test_every_file_that_a_readme_sends_to_exists(name: str) -> None:
    for path in re.findall(r"`(app/[^`]*)`", pasted.text(name)):
        assert (pasted.ROOT / path).exists(), path


def test_every_setting_is_explained() -> None:
    explained = pasted.text("README.md") + pasted.text("docs/operations.md")
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", explained))

    assert named == {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_that_is_named_exists(name: str) -> None:
    document = pasted.text(name)
    targets = set(re.findall(r"^([a-z]+):", pasted.text("Makefile"), re.MULTILINE))
    subcommands = commands.ACTS.keys()

    assert set(re.findall(r"(?:^|`)make ([a-z]+)", document, re.MULTILINE)) <= targets
    assert set(re.findall(r"(?:`|bin/)jiesu ([a-z]+)", document)) <= subcommands


def test_every_script_and_bench_is_started_as_a_module_that_exists() -> None:
    """By its path a script does not reach `bench` and `tests`."""
    places = [*(pasted.ROOT / "docs").glob("*.md"), *(pasted.ROOT / "app/data").rglob("*.md")]
    places += [path for room in ("scripts", "bench") for path in (pasted.ROOT / room).rglob("*.py")]
    texts = "".join(path.read_text(encoding="utf-8") for path in places)
    modules = set(re.findall(r"python -m ((?:scripts|bench)[a-z_.]*[a-z])", texts))

    assert "scripts.learn_routing" in modules
    assert [name for name in modules if find_spec(name) is None] == []
    assert re.findall(r"python (?:scripts|bench)/\S+", texts) == []


@pytest.mark.parametrize("name", READMES)
def test_the_picture_of_rooms_is_the_contract(name: str) -> None:
    settings = tomllib.loads(pasted.text("pyproject.toml"))["tool"]["importlinter"]
    layers = [parts(layer) for layer in settings["contracts"][0]["layers"]]
    picture = next(b for language, b in pasted.blocks(pasted.text(name)) if language == "text")

    assert [row.split(" · ") for row in ROOM.findall(picture)] == [row for row in layers if row]


def parts(layer: str) -> list[str]:
    """The rooms of one layer that are there; a place kept for a later one is in brackets."""
    names = [name.strip(" ()") for name in layer.split("|")]
    app = pasted.ROOT / "app"
    return [n for n in names if (app / n / "__init__.py").exists() or (app / f"{n}.py").exists()]


def test_both_readmes_have_the_same_sections_and_the_same_code() -> None:
    english, chinese = map(pasted.text, READMES)

    assert len(re.findall("^##", english, re.M)) == len(re.findall("^##", chinese, re.M))
    assert runnable(english) == runnable(chinese)
    assert english.count("\n|") == chinese.count("\n|")


def runnable(document: str) -> list[str]:
    return [block for language, block in pasted.blocks(document) if language in ("sh", "python")]


def test_the_analysts_example_asks_for_what_there_is(people: People) -> None:
    analyst = people("analyst")
    present = analyst.get("/periods").json()[-1]["name"]
    examples = [b for language, b in pasted.blocks(pasted.text(READMES[0])) if language == "python"]
    constants = {
        node.value for node in ast.walk(ast.parse(*examples)) if isinstance(node, ast.Constant)
    }
    words = {word for word in constants if isinstance(word, str)}
    columns = {word for word in words if re.fullmatch("[a-z]+(_[a-z]+)*", word)} - {"str", "en"}

    for path in (word for word in words if word.startswith("/")):
        asked = path.replace("2026-10", present)
        assert analyst.client.get(f"/v1{asked}", headers=analyst.headers).status_code == 200
    assert columns <= {*sheet.columns(), *facts_export.NAMES}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_to_a_file(name: str) -> None:
    folder = (pasted.ROOT / name).parent
    for target, _ in LINK.findall(pasted.text(name)):
        if target and "://" not in target:
            assert (folder / target).exists(), target


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads(pasted.text("pyproject.toml"))["project"]
    names = {re.split(r"[\[<>=]", dependency)[0] for dependency in project["dependencies"]}

    assert {name for name in names if f"`{name}`" not in pasted.text("docs/decisions.md")} == set()


NAMED = re.compile(r"`(?:(tests/[\w/]+\.py)|…)(?:::(test_\w+))?`")


def test_every_fault_that_was_found_has_a_test_or_says_why_not() -> None:
    """docs/reliability.md names files and tests that are there; `…` stands for the file before."""
    text = pasted.text("docs/reliability.md")
    file = ""
    for path, test in NAMED.findall(text):
        file = path or file
        assert f"def {test}(" in pasted.text(file) if test else pasted.text(file), (file, test)
    rows = re.findall(r"^\| ([AF][^|]*) \|", text, re.MULTILINE)
    numbers = {number for row in rows for number in re.findall(r"[AF]\d+", row)}
    assert {f"A{number}" for number in range(1, 22)} <= numbers
    assert {f"F{number}" for number in FIELD} <= numbers


FIELD = (
    *(1, 2, 4, 5, 7, 8, 11, 12, 14, 15, 16, 17, 19, 21, 22, 23, 26, 27, 28),
    *(31, 32, 33, 36, 37, 38, 39, 40, 42, 43, 45),
)
"""The numbers of the field that were faults here."""
