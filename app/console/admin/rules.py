"""The rules in force beside those to come: which keys of the policy differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from app.console.admin.desk import TABS
from app.console.api import path
from app.console.visit import Visit
from app.policy.idle import NOT_YET

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A key of the policy in two documents; None: it is not there."""

    key: str
    before: str | None
    after: str | None
    is_idle: bool
    """No part of this version reads it yet."""

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def flat(document: Document, above: str = "") -> Iterator[tuple[str, str]]:
    """Each value with its dotted key, as it is written."""
    for name, value in document.items():
        key = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from flat(value, f"{key}.")
        else:
            yield key, written(value)


def written(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(written, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def differences(before: Document, after: Document) -> list[Difference]:
    """Every key of the two documents, in the order of the first."""
    former, later = dict(flat(before)), dict(flat(after))
    return [
        Difference(key, former.get(key), later.get(key), is_idle(key))
        for key in {**former, **later}
    ]


def is_idle(key: str) -> bool:
    parts = key.split(".")
    return any(".".join(parts[:length]) in NOT_YET for length in range(1, len(parts) + 1))


async def show(visit: Visit) -> Response:
    """Two documents side by side: those that the address names, else today's and the next."""
    known = (await visit.api.get("/v1/policies"))["items"]
    names = [policy["name"] for policy in known]
    today = next(n for n, policy in enumerate(known) if policy["in_force"])
    before = chosen(visit.query.get("before"), names, today)
    after = chosen(visit.query.get("after"), names, min(today + 1, len(names) - 1))
    documents = [await visit.api.get(path("/v1/policies/{}", name)) for name in (before, after)]
    rows = differences(documents[0]["document"], documents[1]["document"])
    return visit.page(
        "admin/rules.html",
        tabs=TABS,
        policies=known,
        before=documents[0],
        after=documents[1],
        rows=rows,
        changed=[row for row in rows if row.is_changed],
    )


def chosen(name: str | None, names: list[str], otherwise: int) -> str:
    return name if name in names else names[otherwise]
