"""Where rankings meet unlikely input: endless numbers, other leagues' weights, days of no period."""

from time import monotonic

import pytest
from fastapi import FastAPI

from tests.given import People
from tests.past import WORKED_EXAMPLE, Json, Store, storing

OFFICIAL = {"response": "0.30", "resolution": "0.35", "satisfaction": "0.35"}


@pytest.fixture
def store(app: FastAPI, people: People) -> Store:
    return storing(app)


@pytest.mark.parametrize("number", ["1e-10000000", "1e10000000", "0." + "0" * 900_000 + "1"])
@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"weights": {**OFFICIAL, "response": "N"}}, "/weights/response"),
        ({"partly": "N"}, "/partly"),
        ({"basic": "N"}, "/basic"),
    ],
)
def test_a_number_without_end_is_refused_at_once(
    people: People, store: Store, said: Json, where: str, number: str
) -> None:
    store(WORKED_EXAMPLE)
    begun = monotonic()

    answer = people("analyst").post("/rankings/2026-09/what-if", put(number, said))

    assert monotonic() - begun < 1
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [where]
    assert "is no plain decimal" in answer.json()["detail"]


def put(number: str, said: object) -> object:
    """The number wherever `N` stands."""
    if isinstance(said, dict):
        return {name: put(number, value) for name, value in said.items()}
    return number if said == "N" else said


@pytest.mark.parametrize("number", ["1/0", "0_1", " 1", "१", "1/3/3", "-", "", True, [], 1e-7])
def test_a_share_is_a_plain_decimal_or_fraction(people: People, number: object) -> None:
    answer = people("analyst").post("/rankings/2026-11/what-if", {"partly": number})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/partly", "detail": 'is no plain decimal or fraction such as "0.35" or "1/3"'}
    ]


def test_a_tenth_is_a_tenth_also_as_a_number_of_json(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)

    found = people("analyst").post("/rankings/2026-09/what-if", {"partly": 0.1}).json()["rows"]

    assert found[0]["resolution"]["numerator"] == "61/10"


def test_a_whole_number_too_long_to_read_is_refused_in_our_words(people: People) -> None:
    analyst = people("analyst")
    body = b'{"partly": ' + b"9" * 5000 + b"}"
    said = {"Content-Type": "application/json"}

    answer = analyst.send("/rankings/2026-11/what-if", body, said)

    assert answer.status_code == 400
    assert answer.json()["detail"] == "a number in the JSON has too many digits"
