"""The files of app/data/duties, or a city's own of the same names, read into the rules' types."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from app.duties.centres import CentreModel, ForceKind, Seat
from app.duties.duty_list import (
    BadDutyList,
    Board,
    DutyItem,
    DutyList,
    DutyShare,
    ListFacts,
    MappedBy,
    PowerGroup,
    check,
)
from app.kit.messages import Message
from app.offices.catalogue import Catalogue
from app.offices.directory import STREET_KINDS, OfficeEntry, OfficeKind
from app.offices.files import DATA, YES_NO, Line, day, many
from app.offices.overlay_files import Row, rows

FOLDER = DATA / "duties"
LISTS = ("duties", "powers")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+-]{0,59}")
NUMBER = re.compile(r"[1-9][0-9]{0,5}")
PER_CENT = re.compile(r"100|[1-9]?[0-9]")


@dataclass(frozen=True, slots=True)
class Known:
    """What a row may name: the codes of categories, offices and boards."""

    categories: Collection[str]
    offices: Collection[str]
    boards: Collection[str] = ()

    @classmethod
    def of(cls, catalogue: Catalogue, offices: Mapping[str, OfficeEntry]) -> "Known":
        return cls(catalogue.categories.keys(), offices.keys())


def read_duties(known: Known, overlay: Path | None = None) -> DutyList:
    """The duty list and the powers. Refuses BadOverlay with the file and the line that is wrong,
    and BadDutyList where the files contradict each other."""
    files = {name: file_rows(name, overlay) for name in FILES}
    facts = {row.cells["code"]: row.read(list_facts) for row in files["duty_lists.csv"]}
    if set(facts) != set(LISTS):
        both = Message("{first} and {second}", first=LISTS[0], second=LISTS[1])
        raise BadDutyList(Message("duty_lists.csv: has one line for each of {lists}", lists=both))
    duties = DutyList(
        duties=facts["duties"],
        powers=facts["powers"],
        boards=tuple(row.read(board) for row in files["duty_boards.csv"]),
        items=tuple(row.read(item) for row in files["duties.csv"]),
        power_groups=tuple(row.read(group) for row in files["powers.csv"]),
    )
    named = replace(known, boards=[board.code for board in duties.boards])
    for row in (row for name in FILES for row in files[name]):
        check_row(row, named)
    check(duties)
    return duties


FILES = ("duty_lists.csv", "duty_boards.csv", "duties.csv", "powers.csv")


SEATS = "centre_seats.csv"


def read_centres(known: Known, overlay: Path | None = None) -> dict[str, CentreModel]:
    """The models of enforcement centres, by name. Refuses BadOverlay."""
    seats: dict[str, list[Seat]] = {}
    for row in file_rows(SEATS, overlay):
        check_row(row, known)
        if not CODE.fullmatch(row.cells["model"]):
            raise row.refused(
                Message(
                    "{model!r} is no name of letters, digits, + and -", model=row.cells["model"]
                )
            )
        for code in many(row.cells["offices"]):
            check_office(row, code, known.offices)
        seats.setdefault(row.cells["model"], []).append(row.read(seat))
    return {name: CentreModel(name, tuple(of_model)) for name, of_model in seats.items()}


def seat(line: Line) -> Seat:
    kind, offices = ForceKind(line["kind"]), many(line["offices"])
    if (kind is ForceKind.CORE) != (not offices):
        raise ValueError(
            Message("offices: are named for posted and on_call seats, for core ones none")
        )
    least = whole(line["least"], "least")
    most = whole(line["most"], "most") if line["most"] else None
    if most is not None and most < least:
        raise ValueError(
            Message("most: {most} is fewer than least, {least}", most=most, least=least)
        )
    return Seat(line["code"], named(line), kind, offices, least, most, line["basis"])


def file_rows(name: str, overlay: Path | None) -> list[Row]:
    """The rows of a city's own file, or where it has none of the shipped one."""
    own = overlay / name if overlay else None
    return list(rows(own if own and own.exists() else FOLDER / name))


def check_row(row: Row, known: Known) -> None:
    """Refuses (BadOverlay) a code in another form, a board, category or office that there is not,
    and an end before the beginning."""
    check_names(row, known)
    if not CODE.fullmatch(row.cells["code"]):
        raise row.refused(
            Message("{code!r} is no code of letters, digits, + and -", code=row.cells["code"])
        )
    begins, ends = (day(row.cells.get(f"effective_{edge}", "")) for edge in ("from", "to"))
    if begins and ends and ends <= begins:
        raise row.refused(Message("ends before it begins"))


def check_names(row: Row, known: Known) -> None:
    board = row.cells.get("board")
    if board is not None and board not in known.boards:
        raise row.refused(Message("there is no board {board!r}", board=board))
    for category in many(row.cells.get("categories", "")):
        if category not in known.categories:
            raise row.refused(Message("there is no category {category}", category=category))
    for code in (*many(row.cells.get("joint", "")), *many(row.cells.get("former", ""))):
        check_office(row, code, known.offices)


def check_office(row: Row, code: str, offices: Iterable[str]) -> None:
    """`*` stands for any district."""
    pattern = re.compile(re.escape(code).replace(r"\*", "[0-9]{6}"))
    if not any(map(pattern.fullmatch, offices)):
        raise row.refused(Message("there is no office {code!r}", code=code))


def list_facts(line: Line) -> ListFacts:
    return ListFacts(
        code=line["code"],
        name=named(line),
        offices=kinds(line),
        items=whole(line["items"], "items"),
        complete=YES_NO[line["complete"]],
        mapped_by=MappedBy(line["mapping"]),
        basis=line["basis"],
        percentages=percentages(line),
    )


def percentages(line: Mapping[str, str]) -> dict[DutyShare, int]:
    written = {share: line[share] for share in DutyShare if line[share]}
    for share, text in written.items():
        if not PER_CENT.fullmatch(text):
            raise ValueError(
                Message(
                    "{share}: {text!r} is no whole number from 0 to 100", share=share, text=text
                )
            )
    return {share: int(text) for share, text in written.items()}


def board(line: Line) -> Board:
    return Board(line["code"], named(line), many(line["categories"]))


def item(line: Line) -> DutyItem:
    return DutyItem(
        code=line["code"],
        board=line["board"],
        name=named(line),
        share=DutyShare(line["share"]) if line["share"] else None,
        offices=kinds(line),
        joint=many(line["joint"]),
        categories=many(line["categories"]),
        effective_from=day(line["effective_from"]),
        effective_to=day(line["effective_to"]),
        basis=line["basis"],
    )


def group(line: Line) -> PowerGroup:
    return PowerGroup(
        code=line["code"],
        name=named(line),
        former=line["former"],
        number=whole(line["number"], "number"),
        categories=many(line["categories"]),
        effective_from=day(line["effective_from"]),
        effective_to=day(line["effective_to"]),
        basis=line["basis"],
    )


def kinds(line: Line) -> tuple[OfficeKind, ...]:
    offices = many(line["offices"])
    if not offices or not STREET_KINDS.issuperset(offices):
        raise ValueError(Message("offices: is street, township or street|township"))
    return tuple(map(OfficeKind, offices))


def named(line: Line) -> str:
    if not line["name"].strip():
        raise ValueError(Message("the name is empty"))
    return line["name"]


def whole(text: str, column: str) -> int:
    if not NUMBER.fullmatch(text):
        raise ValueError(
            Message(
                "{column}: {text!r} is no whole number from 1 to 999999", column=column, text=text
            )
        )
    return int(text)
