"""Bulletins as pages, each a single file: printed, or read on a telephone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import leather
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from leather import theme
from markupsafe import Markup, escape

from app.bulletins.schemas import BulletinView, DayView, PackView, QuarterView, YearView
from app.kit.messages import Message, for_reader, language, phrase, tongue, word_of
from app.kit.workdays import BEIJING

theme.background_color = "none"
theme.tick_font_char_width = 15  # a Chinese character is as wide as it is high

WIDTH, LINE, ROOM = 720, 26, 90


def bars(name: str, shown: Sequence[object], label: str, value: str) -> Markup:
    """Horizontal bars of two members of each row, the first row on top; no rows give no chart."""
    values = [(str(getattr(row, label)), float(getattr(row, value) or 0)) for row in shown]
    if not any(number for _, number in values):
        return Markup("")
    height = ROOM + LINE * len(values)
    chart = leather.Chart()
    chart.add_bars([(number, text) for text, number in values], fill_color="#8a1c1c")
    chart.add_x_scale(0, max(number for _, number in values))
    return framed(name, chart.to_svg(width=WIDTH, height=height), height)


def framed(name: str, drawing: str, height: int) -> Markup:
    """The drawing in a frame that shrinks to the width of the paper or the telephone."""
    view = f"0 0 {WIDTH} {height}"
    label = escape(name)
    return Markup(f'<svg class="chart" viewBox="{view}" role="img" aria-label="{label}">') + Markup(
        f"{drawing}</svg>"
    )


def beijing(at: datetime) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"


MOST_BARS = 15


def code_in_words(kind: str, code: str) -> str:
    return word_of(kind, code, language.get())


PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.globals |= {
    "_": phrase,
    "tongue": tongue,
    "word": code_in_words,
    "bars": bars,
    "most_bars": MOST_BARS,
    "beijing": beijing,
}

Districts = Mapping[str, str]
"""Names of districts by code."""


def daily(day: DayView, districts: Districts) -> bytes:
    return page("daily.html", day=day, districts=districts)


def monthly(month: BulletinView, districts: Districts) -> bytes:
    pack = month if isinstance(month, PackView) else None
    return page("monthly.html", month=month, pack=pack, districts=districts)


def quarterly(span: QuarterView, districts: Districts) -> bytes:
    return page(
        "quarter.html",
        span=span,
        districts=districts,
        title=for_reader(Message("Quarterly bulletin")),
    )


def yearly(span: YearView, districts: Districts) -> bytes:
    return page(
        "year.html", span=span, districts=districts, title=for_reader(Message("Annual bulletin"))
    )


def page(name: str, **shown: object) -> bytes:
    return PAGES.get_template(name).render(shown).encode()
