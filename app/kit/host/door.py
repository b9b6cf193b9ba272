"""What a request meets before anything else."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit import problems
from app.kit.errors import Refusal
from app.kit.logs import PROBES


class Door:
    """Lets a request in, or answers with the refusal of a check; probes always pass."""

    def __init__(self, app: ASGIApp, check: Callable[[], None]) -> None:
        self.app = app
        self.check = check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self.app(scope, receive, send)
            return
        try:
            self.check()
        except Refusal as refusal:
            await problems.on_refusal(Request(scope), refusal)(scope, receive, send)
            return
        await self.app(scope, receive, send)
