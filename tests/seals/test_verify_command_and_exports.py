"""A ranking checked without the service, and the command that does it."""

import argparse
import json
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random

import arro3.io
import pytest

from app.commands import seal, verify
from app.kit.web.wire import in_utc
from app.seals import offline
from app.settings import Settings
from tests.aids.cases import random_cases
from tests.aids.given import People
from tests.aids.past import BORDER, STREETS, WORKED_EXAMPLE, Json, Store, case
from tests.aids.recount import called_back_at


def test_what_was_downloaded_holds_by_itself(people: People, store: Store) -> None:
    store(random_cases(Random(1), 200, STREETS, BORDER))

    everything: list[Json] = [{}, {"league": "districts"}, {"district_code": "110105"}]
    for asked in everything:
        answer = people("analyst").get("/rankings/2026-09", **asked)
        assert offline.faults(answer.content) == []


@pytest.mark.parametrize(
    ("was", "now", "fault"),
    [
        ('"composite":86.88', '"composite":96.88', "weighted sum"),
        ('"695/8"', '"95"', "weighted sum"),
        ('"numerator":"6"', '"numerator":"7"', "resolution is not 7 of 8"),
        ('"rank":1', '"rank":null', "ranked with the place None"),
        ("望京街道", "朝外街道", "content_hash"),
        ('"rank":1', '"rank":"x"', "no ranking"),
        ('"6"', '"six"', "cannot be read"),
    ],
)
def test_what_was_changed_on_the_way_is_named(
    people: People, store: Store, was: str, now: str, fault: str
) -> None:
    store(WORKED_EXAMPLE)
    text = people("analyst").get("/rankings/2026-09").text
    assert was in text

    faults = offline.faults(text.replace(was, now, 1).encode())
    assert fault in " ".join(map(str, faults))


def test_the_commands_seal_and_verify(
    people: People,
    store: Store,
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store(WORKED_EXAMPLE)
    asked = argparse.Namespace(period="2026-09", file=None)

    seal(settings, asked)
    verify(settings, asked)
    downloaded = tmp_path / "ranking.json"
    downloaded.write_bytes(people("analyst").get("/rankings/2026-09").content)
    verify(settings, argparse.Namespace(period=None, file=downloaded))
    downloaded.write_text(downloaded.read_text().replace("望京", "亚运"))
    with pytest.raises(SystemExit):
        verify(settings, argparse.Namespace(period=None, file=downloaded))

    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("2026-09 sha256:")
    assert printed[1:3] == ["everything holds"] * 2
    assert printed[3].startswith("content_hash is")


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_the_facts_behind_a_period_stream_out_with_their_number_and_hash(
    people: People, store: Store, form: str
) -> None:
    cases = random_cases(Random(2), 120, STREETS, BORDER)
    store(cases)

    text = people("analyst").get("/rankings/2026-09/facts", format=form).content
    *lines, end = text.splitlines(keepends=True)
    number = len(lines) - (form == "csv")

    digest = sha256(b"".join(lines)).hexdigest()
    assert number == sum(called_back_at(case) < BORDER for case in cases)
    ends = {"csv": f"# rows {number} sha256:{digest}\n"}
    assert end.decode() == ends.get(form, f'{{"rows":{number},"sha256":"sha256:{digest}"}}\n')


def test_the_facts_are_for_who_reckons_with_them(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)

    assert people.operator.get("/rankings/2026-09/facts").status_code == 403
    assert people("analyst").get("/rankings/2026-12/facts").status_code == 404


def test_the_facts_are_columns_with_types_too(people: People, store: Store) -> None:
    store(random_cases(Random(2), 120, STREETS, BORDER))
    analyst = people("analyst")

    answer = analyst.get("/rankings/2026-09/facts", format="parquet")
    lines = analyst.get("/rankings/2026-09/facts").text.splitlines()[:-1]

    digest = b64encode(sha256(answer.content).digest()).decode()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert answer.headers["Content-Type"] == "application/vnd.apache.parquet"
    assert "Content-Encoding" not in answer.headers
    assert rows_of(answer.content) == [json.loads(line) for line in lines]


def rows_of(file: bytes) -> list[Json]:
    """What a Parquet file holds, as the lines of JSON have it."""
    table = arro3.io.read_parquet(BytesIO(file)).read_all()
    names = table.schema.names
    columns = [map(shown, table.column(name).to_pylist()) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def shown(value: object) -> object:
    return in_utc(value) if isinstance(value, datetime) else value


def test_a_period_without_facts_is_an_export_without_rows(people: People, store: Store) -> None:
    store([case(0, at=BORDER - timedelta(days=40))])
    path = "/rankings/2026-11/facts"

    text = people("analyst").get(path).text
    sheet = people("analyst").get(path, format="csv").text.splitlines()
    columns = people("analyst").get(path, format="parquet").content

    assert json.loads(text) == {"rows": 0, "sha256": f"sha256:{sha256(b'').hexdigest()}"}
    assert sheet[1].startswith("# rows 0 sha256:")
    assert rows_of(columns) == []


def test_no_cell_of_the_facts_is_a_formula(people: People, store: Store) -> None:
    store([case(0, merge_group="=1+1")])

    sheet = people("analyst").get("/rankings/2026-09/facts", format="csv").text

    assert ",'=1+1," in sheet
