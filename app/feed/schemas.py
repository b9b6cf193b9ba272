"""The feed as it crosses the wire."""

from typing import Any

from app.kit.web.wire import At, View


class EntryView(View):
    seq: int
    at: At
    kind: str
    ticket_number: str | None
    whistle_number: str | None
    data: dict[str, Any]


class FeedView(View):
    items: list[EntryView]
    last_seq: int
