"""Bulletins as pages in Chinese, each a single file: printed, or read on a telephone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import leather
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from leather import theme
from markupsafe import Markup, escape

from app.bulletins.schemas import BulletinView, DayView, PackView, QuarterView, YearView
from app.kit.workdays import BEIJING
from app.whistles.orders.pages import KINDS

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


CLASSES = {
    "advanced": "先进类",
    "improved": "进步类",
    "rectify": "整改类",
    "govern": "治理类",
}
LABELS = {
    "overdue-chief": "超期报承办单位负责人",
    "overdue-district": "超期报区",
    "overdue-supervisor": "超期报市",
    "objection": "异议逾期未裁定",
    "consulting": "会商逾期",
    "problem": "问题工单",
    "unsigned": "逾期未签收",
    "uncontacted": "逾期未联系",
    "undispatched": "逾期未派单",
    "unplaced": "紧急诉求地址不明",
    "not-handed-on": "未转告救援",
    "unreviewed": "逾期未审核",
    "uncalled": "逾期未回访",
    "unrelayed": "逾期未转告",
    "supervision": "督办逾期未答复",
    "unanswered-advice": "建议逾期未答复",
    "answered": "按时答复",
    "answered_late": "逾期答复",
    "unanswered": "未答复",
    "done": "办结",
    "undone": "未办结",
    "renewed": "延续",
}
STATES = {"open": "进行中", "closed": "已结束", "sealed": "已封账"}

MOST_BARS = 15

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.globals |= {
    "classes": CLASSES,
    "states": STATES,
    "labels": LABELS,
    "bars": bars,
    "most_bars": MOST_BARS,
    "kinds": KINDS,
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
    return page("quarter.html", span=span, districts=districts, title="季度通报（季调度）")


def yearly(span: YearView, districts: Districts) -> bytes:
    return page("year.html", span=span, districts=districts, title="年度通报（年总结）")


def page(name: str, **shown: object) -> bytes:
    return PAGES.get_template(name).render(shown).encode()
