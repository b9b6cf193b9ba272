"""Make openapi.md's tables of events again from their vocabularies, `event_data.py` of tickets and
of whistles.

python -m scripts.make_event_table
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from msgspec import Struct, inspect

from app.tickets.event_data import DATA
from app.tickets.life.lifecycle import Action
from app.whistles import event_data
from app.whistles.event_data import Blown
from app.whistles.life.loop import WhistleAction

Kind = type[Struct]

API = Path(__file__).parent.parent / "openapi.md"
TABLE = re.compile(r"^\| (?:whistle's )?event \| data \|\n(?:\|.*\|\n)+", re.MULTILINE)

OF_WHISTLES: dict[WhistleAction, tuple[Kind, ...]] = {
    **{action: (struct,) for action, struct in event_data.DATA.items()},
    WhistleAction.BLOW: (event_data.DATA[WhistleAction.BLOW], Blown),
}

KINDS: dict[type[inspect.Type], str] = {
    inspect.BoolType: "boolean",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.DateTimeType: "instant",
    inspect.DictType: "object",
    inspect.StructType: "object",
    inspect.NoneType: "null",
}
"""All others are text, which is not said."""


def tables() -> list[str]:
    """In the order of openapi.md."""
    return [table("event", Action, DATA), table("whistle's event", WhistleAction, OF_WHISTLES)]


def table(title: str, actions: Iterable[StrEnum], data: Mapping[Any, Iterable[Kind]]) -> str:
    rows = [f"| `{action}` | {data_of(data[action])} |" for action in actions if action in data]
    return "\n".join([f"| {title} | data |", "|---|---|", *rows, ""])


def data_of(structs: Iterable[Kind]) -> str:
    return "; or ".join(", ".join(members(struct)) for struct in structs)


def members(struct: Kind) -> list[str]:
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    return [member(field) for field in info.fields]


def member(field: inspect.Field) -> str:
    """Its name, a question mark where it may be left out, and its kinds."""
    of = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
    kinds = [KINDS[type(kind)] for kind in of if type(kind) in KINDS]
    optional = "" if field.required else "?"
    if kinds == ["null"]:
        kinds = ["text", "null"]
    return f"`{field.encode_name}`{optional}" + (f" ({' or '.join(kinds)})" if kinds else "")


if __name__ == "__main__":
    made = iter(tables())
    API.write_text(TABLE.sub(lambda _: next(made), API.read_text(encoding="utf-8")), "utf-8")
