"""The command line: what is refused, and that its parser speaks the terminal's language, too."""

import argparse
import ast
import inspect
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from app import command_line, commands
from app.kit.errors import Invalid
from app.kit.messages import Language, Message, in_language, language
from app.rankings.schemas import RankingView

LATIN = re.compile(r"[A-Za-z]{2,}")
CODES = re.compile(r"-+\w[\w-]*|[A-Z]{2,}|jiesu( \w+)?|\bverify\b|'\w*'|/[\w/]+|BJ\w+")
OF_PROGRAMMERS = re.compile(
    r"conflicting|callable|__call__|positionals|mutually exclusive|cannot (merge|have)|dest="
    r"|mode %r|invalid (option string|conflict|%\(type\)s)|unknown parser|subcommands|deprecated"
    r"|warning|default: |version|can't open|unexpected option|at (most|least) one|expected %s arg"
)
"""Sentences about a parser that was made wrongly, or of kinds of arguments that ours has not."""


@pytest.fixture
def chinese() -> Iterator[None]:
    reader: Language = language.get()
    language.set("zh")
    yield
    language.set(reader)


def test_every_command_has_its_purpose() -> None:
    assert commands.ACTS.keys() == command_line.PURPOSES.keys()


def test_every_sentence_of_the_parser_is_known() -> None:
    marked = [
        call.args
        for call in ast.walk(ast.parse(inspect.getsource(argparse)))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("_", "ngettext")
    ]
    sentences = {
        each.value
        for arguments in marked
        for each in arguments
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }
    asked = {
        command_line.in_our_form(each) for each in sentences if not OF_PROGRAMMERS.search(each)
    }
    assert "{prog}: error: {message}\n" in asked
    assert asked <= set(command_line.PARSERS)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "bogus",
        "-h",
        "key -h",
        "simulate -h",
        "key boss --label x",
        "key admin --label",
        "import /nowhere",
        "import /tmp",
        "simulate --from x --to 2026-01-01",
        "simulate --from 2026-01-01 --to 2026-02-30",
        "simulate --from 2026-01-01 --to 2026-02-01 --cases -3",
        "simulate --from 2026-01-01 --to 2026-02-01 --seed 0",
        "verify",
        "verify 2026-10 --file x",
        "audit foo",
        "serve --port 3",
        "simulate --among-others=3",
    ],
)
def test_a_wrong_call_is_explained_in_chinese(
    words: str, chinese: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command_line.parser().parse_args(words.split())
    printed = "".join(capsys.readouterr())
    listed = re.sub(r"(?m)^ +[a-z][a-z, ]+$|^    \w+ +|ROLE +[a-z, \n]+", " ", printed)
    assert re.search("[一-龥]", printed)
    assert LATIN.findall(CODES.sub(" ", listed)) == [], printed


def test_a_key_without_an_owner_is_refused() -> None:
    asked = argparse.Namespace(role="admin", office=None, label="")
    with pytest.raises(Invalid, match=r"^/label "):
        commands.new_key(asked)


@pytest.mark.parametrize(
    ("fail", "chinese"),
    [
        (lambda: Path("/nowhere").read_text(), "没有此文件"),
        (lambda: Path("/tmp").read_text(), "这是文件夹"),
        (lambda: json.loads("{\n]"), "第 2 行第 1 列不是 JSON"),
        (lambda: tomllib.loads("a = 1\nb = ="), "第 2 行第 5 列不是 TOML"),
        (b"a\xff".decode, "第 1 字节处不是 UTF-8"),
        (lambda: msgspec.json.decode(b"{]"), "第 1 字节处不是 JSON"),
        (lambda: msgspec.json.decode(b"{"), "不是 JSON"),
        (lambda: msgspec.json.decode(b"{}", type=RankingView), "缺少 period"),
        (lambda: msgspec.convert({"a": "x"}, dict[str, int]), "[...] 的写法不符合要求"),
        (lambda: int("x"), "有无法读取的值"),
    ],
)
def test_an_error_of_a_library_is_told_in_our_words(
    fail: Callable[[], object], chinese: str
) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - each row has its own
        fail()
    message = Message("{fault}", fault=raised.value)
    assert in_language(message, "zh") == chinese
    assert in_language(message, "en") == getattr(raised.value, "strerror", None) or str(
        raised.value
    )
