"""What a request meets before anything else."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit.errors import Refusal
from app.kit.share import Shares, Turn, present
from app.kit.web import problems
from app.kit.web.logs import PROBES


class Door:
    """Lets a request in, to wait for its turn, or answers with the refusal of a check; probes
    always pass."""

    def __init__(
        self, app: ASGIApp, checks: Sequence[Callable[[Scope], None]], shares: Shares
    ) -> None:
        self.app = app
        self.checks = checks
        self.shares = shares

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self.app(scope, receive, send)
            return
        try:
            for check in self.checks:
                check(scope)
        except Refusal as refusal:
            await problems.on_refusal(Request(scope), refusal)(scope, receive, send)
            return
        present.set(Turn(self.shares, scope))
        await self.app(scope, receive, send)
