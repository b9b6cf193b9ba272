"""Reads what the documents offer for pasting, and does it: through the client, instead of curl.

Of the shell it knows what the documents use: a variable, `NAME=$(… | …)`, the functions `key` and
`take` that they define, and curl with the options in `asked`.
"""

import argparse
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from httpx import Response

from app import command_line
from tests.aids.client import Client
from tests.aids.given import ADMIN_KEY, People

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
VARIABLE = re.compile(r"\$(\w+)")
EXPECTED = re.compile(r"\s+# (\d{3})$")
GIVEN = re.compile(r"(\w+)=\$\((.*)\)", re.DOTALL)
FIXED = ("/status", "/decision", "/title", "/state", "/final", "/rank", "/same", "/confidence")
FUNCTION = re.compile(r"(\w+)\(\) \{ (.*); \}")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(document: str) -> list[tuple[str, str]]:
    """The fenced blocks in order: language and content."""
    return [(block[1], block[2]) for block in BLOCK.finditer(document)]


def commands(block: str) -> Iterator[str]:
    """Its commands, each with the lines that its open quotes go on to."""
    begun = ""
    for line in block.splitlines():
        begun += line
        if whole(begun):
            if begun.strip():
                yield begun
            begun = ""
        else:
            begun += "\n"


def whole(begun: str) -> bool:
    try:
        shlex.split(begun)
    except ValueError:
        return False
    return not begun.endswith("\\")


def reader() -> argparse.ArgumentParser:
    """Of curl, the options that the documents use."""
    curl = argparse.ArgumentParser("curl", exit_on_error=False, allow_abbrev=False)
    for flag in ("-s", "-i", "-G", "-N"):
        curl.add_argument(flag, action="store_true")
    curl.add_argument("-H", action="append", default=[], dest="headers")
    curl.add_argument("-d", "--data-urlencode", action="append", default=[], dest="query")
    curl.add_argument("-X", dest="method")
    curl.add_argument("--json")
    curl.add_argument("--max-time")
    curl.add_argument("--data-binary", dest="body")
    curl.add_argument("url")
    return curl


@dataclass
class Asked:
    """What a curl asks for."""

    method: str
    url: str
    headers: dict[str, str]
    body: str | None
    query: dict[str, str]


@dataclass
class Exchange:
    asked: Asked
    answer: Response


def asked(command: str) -> Asked:
    """Fails on a curl that the documents do not use."""
    options = reader().parse_args(shlex.split(command)[1:])
    assert options.G or not options.query, f"-d without -G: {command}"
    body = options.json or options.body
    headers = {"Accept-Language": ""}  # curl says nothing of it
    headers |= dict(header.split(": ", 1) for header in options.headers)
    return Asked(
        method=options.method or ("POST" if body else "GET"),
        url=options.url,
        headers=headers | ({"Content-Type": "application/json"} if options.json else {}),
        body=body,
        query=dict(part.split("=", 1) for part in options.query),
    )


class Shell:
    """Someone who pastes a document's blocks one after the other."""

    def __init__(self, client: Client, people: People) -> None:
        self.client = client
        self.people = people
        self.variables = {"JIESU": "", "ADMIN": f"Authorization: Bearer {ADMIN_KEY}"}
        self.functions: dict[str, str] = {}
        self.exchanges: list[Exchange] = []

    def paste(self, block: str) -> Response | None:
        """Does all of it; the last answer, if there was any."""
        answer = None
        for command in commands(block):
            answer = self.do(command) or answer
        return answer

    def do(self, command: str) -> Response | None:
        defined = FUNCTION.fullmatch(command)
        given = GIVEN.fullmatch(command)
        if defined:
            self.functions[defined[1]] = defined[2]
        elif given:
            self.variables[given[1]] = self.value(given[2])
        elif command.startswith("curl "):
            return self.curl(command)
        else:
            assert re.match(r"(JIESU|ADMIN)=|make \w+$", command), command
        return None

    def value(self, command: str) -> str:
        if command.startswith("key "):
            return self.key(shlex.split(command))
        name, *words = shlex.split(command)
        if name in self.functions:
            arguments = {str(n): word for n, word in enumerate(words, 1)}
            command = VARIABLE.sub(lambda v: arguments.get(v[1], v[0]), self.functions[name])
        asking, _, pipeline = command.partition(" | ")
        done = subprocess.run(
            ["sh", "-c", pipeline],
            input=self.curl(asking).text,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip(), f"nothing was found by {command}"
        return done.stdout.strip()

    def key(self, words: list[str]) -> str:
        """As `jiesu key` would make it; its words must be that command's."""
        made = command_line.parser().parse_args(words)
        return (
            self.people(made.role, made.office)
            .headers["Authorization"]
            .join(["Authorization: ", ""])
        )

    def curl(self, command: str) -> Response:
        """Fails where the answer is no success, or not the status in the comment."""
        expected = EXPECTED.search(command)
        spoken = VARIABLE.sub(lambda v: self.variables[v[1]], EXPECTED.sub("", command))
        call = asked(spoken)
        url = f"{call.url}?{urlencode(call.query)}" if call.query else call.url
        answer: Response = self.client.request(
            call.method, url, headers=call.headers, content=call.body
        )
        wanted = [int(expected[1])] if expected else [200, 201, 204]
        self.exchanges.append(Exchange(call, answer))
        assert answer.status_code in wanted, f"{command}\n{answer.status_code} {answer.text}"
        return answer


def unlike(example: Any, answer: Any, at: str = "") -> Iterator[str]:
    """Where an example shows what the service did not answer: names, kinds, and statuses."""
    if type(example) is not type(answer) or (at.endswith(FIXED) and example != answer):
        yield f"{at} is {json.dumps(answer, ensure_ascii=False)}"
        return
    there = parts(answer)
    for name, shown in parts(example).items():
        yield from unlike(shown, there.get(name, "not there"), f"{at}/{name}")


def parts(value: Any) -> dict[Any, Any]:
    if isinstance(value, list):
        return dict(enumerate(value))
    return value if isinstance(value, dict) else {}
