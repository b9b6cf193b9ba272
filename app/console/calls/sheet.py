"""Requests in a file, as another system or a clerk keeps them: lines of JSON, or a table with a
heading over each column, as a spreadsheet saves it."""

import codecs
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from app.console.calls import form
from app.console.forms import Field, Json, Kind, body
from app.kit.messages import CHINESE, ENGLISH, Message, in_language

LANGUAGES = (CHINESE, ENGLISH)
FLAG = {"yes": Message("Yes"), "no": Message("No")}
COLUMNS: tuple[Field, ...] = (
    Field("channel", Message("Channel"), Kind.CHOICE, choices=form.CHANNELS),
    form.TYPES,
    Field("title", Message("Title"), required=False),
    Field("content", Message("Words of the request"), Kind.AREA),
    form.ADDRESS,
    form.NAME,
    form.PHONE,
    Field("category", Message("Category"), Kind.CATEGORY, required=False),
    *(field for field in form.MORE if field.name not in ("channel", "title")),
    Field("citizen.anonymous", Message("Anonymous"), Kind.YES_NO, False, FLAG),
    Field("citizen.confidential", Message("Confidential"), Kind.YES_NO, False, FLAG),
    Field("external_id", Message("Number in the other system"), required=False),
)
DELIMITERS = ",;\t"
DAY_AND_TIME = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T]+(\d{1,2}):(\d{2})(:\d{2})?")
MOST_KEPT = 40
MOST_BYTES = 16_000_000
MOST_REQUESTS = 1_000
"""Of a file, as many as the API takes; one more is sent on, for the API to refuse them all."""
LINES = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


class Unreadable(Exception):
    """Holds why, for a person."""

    def __init__(self, detail: Message) -> None:
        super().__init__(detail)
        self.detail = detail


class Row(NamedTuple):
    """A request as the API takes it, with its line in the file, from 1, and its first words."""

    line: int
    text: str
    words: str


def rows(content: bytes) -> list[Row]:
    """The requests of a file. Each has a key of its own words, under which the API takes it once,
    however often the file is sent. Refuses Unreadable."""
    text = decoded(content)
    kept = lines(text) if text[:MOST_KEPT].lstrip().startswith("{") else table(text)
    return list(keyed(islice(kept, MOST_REQUESTS + 1)))


def decoded(content: bytes) -> str:
    """As spreadsheets write: UTF-8, UTF-16 with its mark, or GB 18030. Refuses Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(Message("more than {most} million bytes", most=MOST_BYTES // 1_000_000))
    if content.startswith(b"PK"):
        raise Unreadable(Message("a workbook: save it as CSV first"))
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(Message("it is no text"))


def lines(text: str) -> Iterator[Row]:
    """NDJSON: each line as it stands."""
    for number, line in enumerate(each_line(text), 1):
        if line.strip():
            yield Row(number, line.strip(), title(line))


def each_line(text: str) -> Iterator[str]:
    """One after the other, so that no more of a large file is read than is taken."""
    return (match[0] for match in LINES.finditer(text))


def title(line: str) -> str:
    try:
        made = json.loads(line)
    except (ValueError, RecursionError):
        return line[:MOST_KEPT]
    return str(made.get("title", "") if isinstance(made, dict) else line)[:MOST_KEPT]


def table(text: str) -> Iterator[Row]:
    """A row of cells is what a person would type into the form of a call. Refuses Unreadable."""
    head = next(each_line(text), "")
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(each_line(text), delimiter=delimiter, strict=True)
    columns: Sequence[Field] = ()
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = named(cells)
                continue
            made = request(columns, cells, reader.line_num)
            words = str(made.get("title", ""))[:MOST_KEPT]
            yield Row(reader.line_num, json.dumps(made, ensure_ascii=False), words)
    except csv.Error:
        raise Unreadable(Message("line {line} is no line of CSV", line=reader.line_num)) from None


def named(headings: Iterable[str]) -> Sequence[Field]:
    """The columns by their headings: words of either language, or the API's members. Refuses
    (Unreadable) an unknown one, and one that stands twice."""
    known = {name: field for field in COLUMNS for name in names_of(field)}
    given = [heading.strip() for heading in headings]
    for heading in given:
        if heading not in known:
            raise Unreadable(Message("no column is called {heading}", heading=heading))
    columns = [known[heading] for heading in given]
    for place, field in enumerate(columns):
        if field in columns[:place]:
            raise Unreadable(Message("the column {name} stands twice", name=field.label))
    return columns


def names_of(field: Field) -> Iterator[str]:
    yield field.name
    yield from (in_language(field.label, language) for language in LANGUAGES)


def request(columns: Sequence[Field], cells: Sequence[str], line: int) -> Json:
    """Refuses (Unreadable) a row with more cells than columns."""
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise Unreadable(Message("line {line} has more cells than the heading", line=line))
    typed = {field.name: meant(field, cell) for field, cell in zip(columns, cells, strict=False)}
    return form.titled(body(columns, typed))


def meant(field: Field, cell: str) -> str:
    """A cell as a form sends it: of a choice its code, of an instant `2026-11-29T14:05`."""
    text = cell.strip()
    if field.choices:
        return codes(field.choices).get(text, text)
    time = DAY_AND_TIME.fullmatch(text) if field.kind is Kind.INSTANT else None
    if time:
        year, month, day, hour, minute, seconds = time.groups("")
        return f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute}{seconds}"
    return text


def codes(choices: Mapping[str, Message]) -> dict[str, str]:
    return {in_language(word, each): code for code, word in choices.items() for each in LANGUAGES}


def keyed(kept: Iterable[Row]) -> Iterator[Row]:
    """Each line with an idempotency key, unless it has its own; equal lines are told apart."""
    before: Counter[str] = Counter()
    for row in kept:
        before[row.text] += 1
        mark = sha256(f"{before[row.text]} {row.text}".encode()).hexdigest()
        yield row._replace(text=with_key(row.text, f"sheet-{mark[:32]}"))


def with_key(text: str, key: str) -> str:
    """Set in front, so that what the line gives twice is still refused."""
    try:
        made = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not made or not isinstance(made, dict) or "idempotency_key" in made:
        return text
    return f'{{"idempotency_key": "{key}", {text[1:]}'
