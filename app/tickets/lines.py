"""Lines: the numbers that callers dial, and the hotlines that requests come from (D.3)."""

import csv
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from app.kit.messages import Message

PATH = Path(__file__).parents[1] / "data" / "lines" / "lines.csv"


def read(path: Path = PATH) -> dict[str, str]:
    """The name of each line, by its number."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["number"]: row["name"] for row in csv.DictReader(file)}


LINES = read()


def known(number: str) -> str:
    if number not in LINES:
        raise ValueError(Message("is no line of the list: {lines}", lines=list(LINES)))
    return number


LineNumber = Annotated[str, AfterValidator(known)]
