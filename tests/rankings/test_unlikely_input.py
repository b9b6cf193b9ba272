"""Where rankings meet unlikely input: endless numbers, weights of a league, days of no period."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from random import Random

import arro3.io
import pytest
from fastapi import FastAPI

from app.policy.documents import Policies
from tests import policies
from tests.aids.cases import random_cases
from tests.aids.given import People
from tests.aids.past import BORDER, STREETS, WORKED_EXAMPLE, Json, Store, case

OFFICIAL = {"response": "0.30", "resolution": "0.35", "satisfaction": "0.35"}


@pytest.mark.parametrize("number", ["1e-10000000", "1e10000000", "0." + "0" * 900_000 + "1"])
@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"weights": {**OFFICIAL, "response": "N"}}, "/weights/response"),
        ({"partly": "N"}, "/partly"),
        ({"basic": "N"}, "/basic"),
    ],
)
def test_a_number_without_end_is_refused_at_once(
    people: People, store: Store, body: Json, where: str, number: str
) -> None:
    store(WORKED_EXAMPLE)

    answer = people("analyst").post("/rankings/2026-09/what-if", put(number, body))

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [where]
    assert "is no plain decimal" in answer.json()["detail"]


def put(number: str, body: object) -> object:
    """The number wherever `N` stands."""
    if isinstance(body, dict):
        return {name: put(number, value) for name, value in body.items()}
    return number if body == "N" else body


@pytest.mark.parametrize("number", ["1/0", "0_1", " 1", "१", "1/3/3", "-", "", True, [], 1e-300])
def test_a_share_is_a_plain_decimal_or_fraction(people: People, number: object) -> None:
    answer = people("analyst").post("/rankings/2026-11/what-if", {"partly": number})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/partly", "detail": 'is no plain decimal or fraction such as "0.35" or "1/3"'}
    ]


def test_a_tenth_is_a_tenth_also_as_a_number_of_json(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)

    rows = people("analyst").post("/rankings/2026-09/what-if", {"partly": 0.1}).json()["rows"]

    assert rows[0]["resolution"]["numerator"] == "61/10"


def test_a_whole_number_too_long_to_read_is_refused_in_our_words(people: People) -> None:
    analyst = people("analyst")
    body = b'{"partly": ' + b"9" * 5000 + b"}"
    headers = {"Content-Type": "application/json"}

    answer = analyst.send("/rankings/2026-11/what-if", body, headers)

    assert answer.status_code == 400
    assert answer.json()["detail"] == "a number in the JSON has too many digits"


OWN = "{ city_departments = { response = 0.20, resolution = 0.40, satisfaction = 0.40 } }"


@pytest.fixture
def of_their_own(app: FastAPI, people: People) -> Iterator[None]:
    """Beijing's policy with weights of their own for the city's departments."""
    kept = app.state.city
    document = policies.text(("weights_by_league = {}", f"weights_by_league = {OWN}"))
    app.state.city = replace(kept, policies=Policies.read({"beijing-2019": document}))
    yield
    app.state.city = kept


@pytest.mark.usefixtures("of_their_own")
@pytest.mark.parametrize(
    ("league", "weights"),
    [
        ("city_departments", ("0.2", "0.4", "0.4")),
        ("city_departments", (0.2, "0.4000", 0.4)),
        ("streets", ("0.3", "0.35", "0.35")),
    ],
)
def test_the_weights_of_a_league_give_its_official_ranking(
    people: People, store: Store, league: str, weights: tuple[object, ...]
) -> None:
    store(random_cases(Random(3), 100, [*STREETS, "city-police"], BORDER))
    official = people("analyst").get("/rankings/2026-09", league=league).content
    body = {"weights": dict(zip(OFFICIAL, weights, strict=True)), "partly": "0.0"}

    answer = people("analyst").post(f"/rankings/2026-09/what-if?league={league}", body)

    assert answer.content == official.removesuffix(b"}") + b',"what_if":true}'


@pytest.mark.usefixtures("of_their_own")
def test_official_weights_are_shown_as_the_official_answer_does_beside_other_values(
    people: People, store: Store
) -> None:
    store(WORKED_EXAMPLE)
    body = {"weights": dict(zip(OFFICIAL, ("0.2", "0.4", "0.4"), strict=True)), "partly": "1/2"}

    path = "/rankings/2026-09/what-if?league=city_departments"
    tried = people("analyst").post(path, body).json()

    assert list(tried["weights"].values()) == ["0.20", "0.40", "0.40"]


def test_the_facts_as_parquet_are_the_same_bytes_at_each_call(people: People, store: Store) -> None:
    store(random_cases(Random(4), 60, STREETS, BORDER))
    path = "/rankings/2026-09/facts"

    files = [people("analyst").get(path, format="parquet").content for _ in range(16)]

    assert len(set(files)) == 1
    kept = arro3.io.read_parquet(BytesIO(files[0])).schema.metadata_str["jiesu"]
    assert json.loads(kept) == {"period": "2026-09", "policy": "beijing-2019"}


@pytest.mark.parametrize(
    ("day", "status", "problem"),
    [
        ("1900-02-01", 404, "no-such-period"),
        ("1899-12-31", 404, "no-such-period"),
        ("2026-08-18", 404, "no-such-period"),
        ("2026-10-21", 404, "no-such-day"),
        ("1792368000", 422, "invalid"),
        ("1792368000.5", 422, "invalid"),
        ("2026-09-16T00:00:00", 422, "invalid"),
        ("2026-09-1", 422, "invalid"),
        ("2026-02-30", 422, "invalid"),
        ("２０２６-09-16", 422, "invalid"),
    ],
)
def test_a_day_of_no_period_and_what_is_no_day_is_refused(
    people: People, store: Store, day: str, status: int, problem: str
) -> None:
    store(WORKED_EXAMPLE)

    answer = people("analyst").get(f"/bulletins/{day}")

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")


def test_a_day_before_the_first_fact_of_its_period_has_its_bulletin(
    people: People, store: Store
) -> None:
    store(WORKED_EXAMPLE)

    first = people("analyst").get("/bulletins/2026-08-19").json()

    assert (first["period"], first["requests"]) == ("2026-09", 0)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("quarters/1792368000", 422),
        ("quarters/2026-Q5", 422),
        ("quarters/1899-Q4", 404),
        ("quarters/9999-Q4", 404),
        ("years/1792368000", 422),
        ("years/26", 422),
        ("years/1899", 404),
        ("years/9999", 404),
    ],
)
def test_a_span_of_no_period_and_what_is_no_span_is_refused(
    people: People, store: Store, path: str, status: int
) -> None:
    store(WORKED_EXAMPLE)

    assert people("analyst").get(f"/bulletins/{path}").status_code == status


TWO_OF_THREE: list[Json] = [{}, {}, {"contacted": "no", "resolved": "unresolved"}]


def test_a_sum_of_rounded_rates_is_equal_only_where_it_comes_to_the_composite(
    people: People, store: Store
) -> None:
    store([case(n, answers={"contacted": "no"} if n == 0 else {}) for n in range(3)])
    store(
        [case(n, office_code=STREETS[1], answers=answers) for n, answers in enumerate(TWO_OF_THREE)]
    )
    sentences = [
        people("analyst").get(f"/rankings/2026-09/offices/{street}").json()["explained"]
        for street in STREETS[:2]
    ]

    assert sentences == [
        "90.00 = 0.30·66.67 + 0.35·100 + 0.35·100",
        "78.33 ≈ 0.30·66.67 + 0.35·66.67 + 0.35·100",
    ]


def test_every_sentence_adds_up_as_it_says(people: People, store: Store) -> None:
    store(random_cases(Random(8), 300, STREETS, BORDER))

    for street in STREETS:
        row = people("analyst").get(f"/rankings/2026-09/offices/{street}").json()
        shown, sign, *terms = row["explained"].replace(" + ", " ").split(" ")
        pairs = [map(Decimal, term.split("·")) for term in terms]
        total = sum((weight * percent for weight, percent in pairs), Decimal(0))
        assert (sign == "=") == (total.quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal(shown))
        assert abs(total - Decimal(shown)) <= Decimal("0.01")
