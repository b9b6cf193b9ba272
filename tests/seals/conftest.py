"""A ticket that went through all hands: lived once, and its rows put back for each test."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from tests.aids.given import People
from tests.aids.sealing import finished
from tests.aids.standing import Standing
from tests.conftest import StillClock

Lived = tuple[str, Standing, datetime]


@pytest.fixture(scope="session")
def lived() -> list[Lived]:
    """Its number, its rows and when it ended, once it was lived."""
    return []


@pytest.fixture
def handled(people: People, clock: StillClock, clearing: sa.Engine, lived: list[Lived]) -> str:
    if not lived:
        lived.append((finished(people, clock), Standing(clearing), clock.at))
    number, standing, clock.at = lived[0]
    standing.put_back()
    return number
