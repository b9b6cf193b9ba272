"""Make openapi.md's table of events again from their vocabulary, `app/tickets/event_data.py`.

python -m scripts.make_event_table
"""

import re
from pathlib import Path

from msgspec import inspect

from app.tickets.event_data import DATA, EventData
from app.tickets.life.lifecycle import Action

API = Path(__file__).parent.parent / "openapi.md"
TABLE = re.compile(r"^\| event \| data \|\n(?:\|.*\|\n)+", re.MULTILINE)

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


def table() -> str:
    rows = [f"| `{action}` | {data_of(action)} |" for action in Action if action in DATA]
    return "\n".join(["| event | data |", "|---|---|", *rows, ""])


def data_of(action: Action) -> str:
    return "; or ".join(", ".join(members(struct)) for struct in DATA[action])


def members(struct: type[EventData]) -> list[str]:
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
    API.write_text(TABLE.sub(lambda _: table(), API.read_text(encoding="utf-8")), encoding="utf-8")
