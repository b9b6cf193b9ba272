"""The data of events: each action's JSON is the one that databases and clients have already.

`event_data.txt` was written by the code from before there was a vocabulary: an action and the data
of one of its events in each line, as the tests of acts, callbacks, imports and files made them.
"""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.kit.rows import as_json as row_json
from app.tickets.event_data import DATA, EventData, Given, Graded, Imported, as_json, name, read
from app.tickets.life.lifecycle import Action

LINES = (Path(__file__).parent / "event_data.txt").read_text().splitlines()
SPLIT = [line.split(" ", 1) for line in LINES]
WRITTEN = [(Action(action), json.loads(data)) for action, data in SPLIT]
BEIJING = timezone(timedelta(hours=8))


@pytest.mark.parametrize(("action", "data"), WRITTEN)
def test_the_vocabulary_says_what_was_said_before(action: Action, data: dict[str, Any]) -> None:
    assert data in [as_json(fitting) for fitting in read_as(action, data)]


def read_as(action: Action, data: dict[str, Any]) -> list[EventData]:
    """The data by each Struct of the action that has these members."""
    fitting = []
    for struct in DATA[action]:
        names = {member.encode_name for member in msgspec.structs.fields(struct)}
        if data.keys() <= names:
            try:
                fitting.append(msgspec.convert(data, struct))
            except msgspec.ValidationError:
                continue
    return fitting


def test_every_action_that_says_anything_is_written_down() -> None:
    assert {action for action, _ in WRITTEN} == DATA.keys()


def test_an_event_may_say_nothing() -> None:
    assert as_json(None) == {}


def test_an_instant_keeps_its_zone() -> None:
    at = datetime(2026, 11, 21, 9, tzinfo=BEIJING)
    places = {"district_code": None, "street_code": None, "community_code": None}

    data = as_json(Given(offices={}, due_at=at, **places))

    assert data["due_at"] == "2026-11-21T09:00:00+08:00"
    assert row_json([data])  # as it goes into a statement


def test_a_member_is_named_by_its_struct() -> None:
    assert (name(Graded.old), name(Graded.new)) == ("from", "to")
    assert read({"to": "L2"}, Graded.new) == "L2"


def test_a_member_that_is_left_out_is_no_member() -> None:
    with pytest.raises(LookupError):
        read({}, Imported.replied_at)
