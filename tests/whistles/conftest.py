"""Whatever a whistle lives through, its record has no fault."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from app.seals.audit import whistles
from tests.aids.given import People


@pytest.fixture
def people(people: People, app: FastAPI) -> Iterator[People]:
    yield people
    with app.state.sessions() as session:
        assert list(whistles.of_whistles(session)) == []
