"""A list of whistles as a sheet or as lines of JSON, on record."""

import csv
import io
import json

from tests.aids.given import CHAOYANG, WANGJING, People
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE

DISTRICT = ("district", CHAOYANG)


def test_all_whistles_go_out_as_lines_or_as_a_sheet_of_summonses(people: People) -> None:
    first = blown.blow(people, MARKET, POLICE, matter="=SUM(A1) 占道")["number"]
    blown.reports_in(people, first, MARKET)
    second = blown.blow(people, POLICE)["number"]
    lines = people(*DISTRICT).get("/whistles", headers={"Accept": "application/x-ndjson"})
    assert [json.loads(row)["number"] for row in lines.text.splitlines()] == [second, first]
    sheet = people(*DISTRICT).get("/whistles", headers={"Accept": "text/csv"}, status="open")
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [(row["number"], row["office_code"]) for row in rows] == [
        (second, POLICE),
        (first, MARKET),
        (first, POLICE),
    ]
    assert rows[1]["matter"] == "'=SUM(A1) 占道"
    assert (rows[1]["street_code"], rows[1]["summons_on_time"]) == (WANGJING, "True")
    exports = people.admin.get("/exports").json()["items"]
    assert [export["path"] for export in exports] == ["/v1/whistles", "/v1/whistles"]


def test_what_is_only_summoned_exports_its_own_and_no_ticket(people: People) -> None:
    blown.blow(people, MARKET)
    mine = blown.blow(people, POLICE)["number"]
    lines = people("handler", POLICE).get("/whistles", headers={"Accept": "application/x-ndjson"})
    assert [json.loads(row)["number"] for row in lines.text.splitlines()] == [mine]
