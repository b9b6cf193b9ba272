"""`jiesu` whose background ends by itself."""

import asyncio
from typing import Any

from app import __main__
from app.kit.host import background


async def end(*_: Any) -> None:
    await asyncio.sleep(0.5)


def run() -> None:
    background.Background.keep_doing = end  # type: ignore[method-assign, assignment]
    __main__.run()
