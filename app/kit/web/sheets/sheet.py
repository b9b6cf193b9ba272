"""Lines of CSV that a spreadsheet can open without running anything, and that every reader reads
back as the same cells."""

import csv
import io
import re
from collections.abc import Iterable

FORMULA = re.compile("[\\s\u200b-\u200f\u2060-\u2064\ufeff]*[=+\\-@＝＋－＠﹦﹢﹣﹫−]")
"""As Excel begins one, in East Asia by full-width characters too, whatever stands unseen before."""

CONTROL = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\u2028\u2029]")
"""Each reader ends a line by some of them; only `\\n`, in quotes, is read alike by all."""


def inert(value: object) -> object:
    """A text that a spreadsheet would run is shown with an apostrophe before it."""
    if not isinstance(value, str):
        return value
    plain = CONTROL.sub(" ", value.replace("\r\n", "\n"))
    return f"'{plain}" if FORMULA.match(value) else plain


def line(values: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(values)
    return out.getvalue()
