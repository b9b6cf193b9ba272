"""Who marked or appealed does not decide: of a mark, of a record of a whistle (D.2, D.15)."""

import pytest
from fastapi import FastAPI

from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.sealing import force
from tests.aids.stages import MARKET
from tests.evaluations.test_evaluations import appeals, decides, marked
from tests.evaluations.test_whistles_on_record import evaluated
from tests.whistles import blown

SAME = "/problems/four-eyes"


def district(people: People) -> str:
    """The id of the district's key."""
    people.district()
    return people.key_ids["district", CHAOYANG]


@pytest.mark.parametrize("action", ["mark", "appeal"])
def test_of_a_mark(people: People, app: FastAPI, action: str) -> None:
    marked(people, WANGJING, 10)
    appeals(people)
    key_id = district(people)
    force(app, f"UPDATE evaluation_event SET actor = '{key_id}' WHERE action = '{action}'")

    refused = decides(people, approve=True)

    assert (refused.status_code, refused.json()["type"]) == (409, SAME)


@pytest.mark.parametrize("who", ["marked_by", "appealed_by"])
def test_of_a_whistles_record(people: People, app: FastAPI, who: str) -> None:
    number = evaluated(people)
    path = f"evaluations/{MARKET}/appeal"
    blown.does(people, ("handler", MARKET), number, path, text="不实。")
    force(app, f"UPDATE whistle_mark SET {who} = '{district(people)}'")

    decision = {"approve": True, "text": "经核实。"}
    refused = blown.act(people, ("district", CHAOYANG), number, f"{path}/decision", decision)

    assert (refused.status_code, refused.json()["type"]) == (409, SAME)
