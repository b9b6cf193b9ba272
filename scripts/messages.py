"""Bring the catalogues of messages, `app/data/locale/zh/*.po`, up to date with the code.

python -m scripts.messages

New templates come in with an empty `msgstr`, to be translated by hand; those that no code has any
longer go. A file of the code belongs to the catalogue whose name is the longest beginning of its
own: `app/tickets/life/guards.py` to `tickets.life.po` where there is one, else to `tickets.po`.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2.ext import babel_extract

from app.kit.messages.catalogues import CATALOGUES, all_entries

APP = Path(__file__).parent.parent / "app"
KEYWORDS = {"Message": 0, "template": 0, "shape": 1, "_": 0, "here": 0}
"""The place of the template among the arguments."""
TEMPLATES = (".html", ".txt", ".svg")

Key = tuple[str, str]
"""The context of a template, which is empty or its enumeration's name, and the template."""
Messages = Mapping[str, Mapping[Key, str]]
"""Of each catalogue: each key, and the file of the code that has it."""


def main() -> None:
    known = translations()
    wanted = extracted()
    for room in sorted({*wanted, *rooms()}):
        write(room, {key: known.get(key, "") for key in wanted.get(room, ())})


def translations() -> dict[Key, str]:
    return {(context, words): translation for context, words, translation in all_entries()}


def rooms() -> list[str]:
    return [path.stem for path in CATALOGUES.glob("*.po")]


def extracted() -> Messages:
    by_room: dict[str, dict[Key, str]] = defaultdict(dict)
    known = rooms()
    for path in sorted(APP.rglob("*")):
        for key in messages(path):
            by_room[room_of(path, known)].setdefault(key, str(path.relative_to(APP.parent)))
    return by_room


def room_of(path: Path, known: list[str]) -> str:
    """A new room gets a catalogue of its own."""
    place = ".".join(path.relative_to(APP).with_suffix("").parts)
    above = [room for room in known if f"{place}.".startswith(f"{room}.")]
    return max(above, key=len, default=place.partition(".")[0])


def messages(path: Path) -> Iterator[Key]:
    if path.suffix == ".py":
        yield from in_python(path)
    elif path.suffix in TEMPLATES:
        with path.open("rb") as file:
            for _, _, given, _ in babel_extract(file, list(KEYWORDS), (), {}):
                words = given[0] if isinstance(given, tuple) else given
                if words:  # a template; what stands in a variable was marked where it was made
                    yield "", str(words)


def in_python(path: Path) -> Iterator[Key]:
    """What is marked, tables of texts, the titles of refusals, and the values of enumerations that
    have words."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in KEYWORDS:
                yield from in_call(node, KEYWORDS[name])
            case ast.ClassDef():
                yield from in_class(node)
            case ast.AnnAssign(annotation=ast.Name(id="Texts"), value=ast.Dict(values=values)):
                yield from (("", str(ast.literal_eval(value))) for value in values)


def in_call(call: ast.Call, place: int) -> Iterator[Key]:
    """The template in its place, unless it stands in a variable."""
    match call.args[place : place + 1]:
        case [ast.Constant(value=str(text))] if text:
            yield "", text


def in_class(owner: ast.ClassDef) -> Iterator[Key]:
    has_words = "worded" in (getattr(mark, "id", "") for mark in owner.decorator_list)
    for line in owner.body:
        name, value = assigned(line)
        if has_words and name:
            yield owner.name, value
        elif name == "title" and value:
            yield "", value


def assigned(line: ast.stmt) -> tuple[str, str]:
    """The name and the text in `title = "…"`; nothing of another line."""
    target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
    match target, getattr(line, "value", None):
        case ast.Name(id=name), ast.Constant(value=str(text)):
            return name, text
    return "", ""


def write(room: str, messages: Mapping[Key, str]) -> None:
    """In order of the templates, so that two branches seldom meet at the same line."""
    catalogue = Catalog(locale="zh", charset="utf-8")
    for (context, words), translation in messages.items():
        catalogue.add(words, translation, context=context or None)
    with (CATALOGUES / f"{room}.po").open("wb") as file:
        write_po(file, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)


if __name__ == "__main__":
    main()
