"""Bulletins as pages in Chinese: one file each, to be printed or read on a telephone."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.rankings import charts
from app.rankings.bulletin_schemas import BulletinView, DayView, QuarterView, YearView

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
    "supervision": "督办逾期未答复",
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
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.globals |= {
    "classes": CLASSES,
    "states": STATES,
    "labels": LABELS,
    "bars": charts.bars,
    "most_bars": MOST_BARS,
}

Districts = Mapping[str, str]
"""Their names by code."""


def daily(day: DayView, districts: Districts) -> bytes:
    return page("daily.html", day=day, districts=districts)


def monthly(month: BulletinView, districts: Districts) -> bytes:
    return page("monthly.html", month=month, districts=districts)


def quarterly(span: QuarterView, districts: Districts) -> bytes:
    return page("quarter.html", span=span, districts=districts, title="季度通报（季调度）")


def yearly(span: YearView, districts: Districts) -> bytes:
    return page("year.html", span=span, districts=districts, title="年度通报（年总结）")


def page(name: str, **shown: object) -> bytes:
    return PAGES.get_template(name).render(shown).encode()
