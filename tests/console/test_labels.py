"""Each code that a screen shows has its label, whatever the rules may come to."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from fastapi import FastAPI

from app import rounds
from app.console import labels
from app.console.admin import health
from app.console.case.history import BY_ACTION, MEMBERS, Shown
from app.kit.messages.catalogues import values
from app.offices.catalogue import Urgency
from app.offices.gazetteer import PlaceKind
from app.routing import spans
from app.tickets.life.alarms import Alarm
from app.tickets.life.lifecycle import Status
from app.tickets.views.lanes import STEPS

CONSOLE = Path(labels.__file__).parent
KIND = re.compile(r"""label\(["'](\w+)["']""")


def enumeration(kind: str) -> str:
    return "".join(part.title() for part in kind.split("_"))


def kinds_on_pages() -> set[str]:
    pages = (path.read_text(encoding="utf-8") for path in CONSOLE.rglob("*.html"))
    shown = {how[1] for how in (*MEMBERS.values(), *BY_ACTION.values()) if how}
    return {kind for page in pages for kind in KIND.findall(page)} | shown - set(Shown)


def test_every_kind_of_label_has_words() -> None:
    worded = {kind for kind, _ in values()}
    unknown = {
        kind
        for kind in kinds_on_pages()
        if kind not in labels.LABELS and enumeration(kind) not in worded
    }
    assert not unknown


CODES: Mapping[str, Iterable[str]] = {
    "urgency": Urgency,
    "because": (*Alarm, *STEPS.values()),
    "waits": STEPS,
    "span": (*PlaceKind, *spans.WHOLE_PLACE, "district", "street", "stem"),
    "status": Status,
}


@pytest.mark.parametrize("kind", CODES)
def test_every_code_of_a_kind_has_its_label(kind: str) -> None:
    codes = [str(code) for code in CODES[kind]]
    assert [code for code in codes if labels.of(kind, code, "zh") == code] == []


def test_every_act_of_the_background_has_its_name(app: FastAPI) -> None:
    assert {act.name for act in rounds.acts(app)} == health.ACTS.keys()
