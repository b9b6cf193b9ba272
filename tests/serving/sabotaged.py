"""`jiesu` whose background ends by itself."""

import asyncio
from typing import Any

import pytest

from app import __main__
from app.kit.host import background


async def end(*_: Any) -> None:
    await asyncio.sleep(0.5)


def run() -> None:
    pytest.MonkeyPatch().setattr(background.Background, "keep_doing", end)
    __main__.run()
