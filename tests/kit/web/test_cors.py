"""Another site's page asks the API only where the operator has named it, and never by a cookie."""

import pytest
from fastapi import FastAPI
from httpx import Response

from tests.aids.client import Client
from tests.aids.given import People
from tests.conftest import beside

DESK, STRANGE = "https://desk.example.gov.cn", "https://strange.example"
OPEN = "access-control-allow-origin"


def asked_first(client: Client, origin: str) -> Response:
    """As a browser asks before it sends a key and a body."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    answer: Response = client.request("OPTIONS", "/v1/tickets", headers=headers)
    return answer


def test_without_a_word_no_other_site_reads_anything(people: People) -> None:
    answer = people.operator.get("/categories", headers={"Origin": DESK})

    assert OPEN not in answer.headers
    assert asked_first(people.client, DESK).status_code == 405


@pytest.mark.parametrize(
    ("named", "origin", "opened"),
    [((DESK,), DESK, DESK), ((DESK,), STRANGE, None), (("*",), STRANGE, "*")],
)
def test_the_named_sites_ask_with_a_key_and_are_told_refusals(
    people: People, app: FastAPI, named: tuple[str, ...], origin: str, opened: str | None
) -> None:
    with Client(beside(app, cors_origins=named)) as client:
        asking = asked_first(client, origin)
        key = {**people.operator.headers, "Origin": origin}
        answers = [
            client.get("/v1/categories", headers=key),
            client.get("/v1/categories", headers={"Origin": origin}),
        ]

    assert [answer.status_code for answer in answers] == [200, 401]
    for answer in (asking, *answers):
        assert answer.headers.get(OPEN) == opened
        assert "access-control-allow-credentials" not in answer.headers
    if opened:
        assert asking.status_code == 200
        assert "ETag" in answers[0].headers["access-control-expose-headers"]
