"""The files of app/data/suggest, read into the rules' own types."""

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.offices.catalogue import Catalogue, Urgency
from app.offices.files import lines, many
from app.suggest.emergencies import Danger, Emergencies
from app.suggest.forms import BadPattern, forms, with_kinds
from app.suggest.reading import SPACES, plain
from app.suggest.second_ear import SecondEar
from app.suggest.suggester import Suggester

DATA = Path(__file__).parent.parent / "data" / "suggest"
SERVICES = frozenset({"110", "119", "120", "122"})
LISTS = ("words", "things", "faults", "unless", "over")
Kinds = Mapping[str, Sequence[str]]
BIAS, ASKS_FROM = "(bias)", "(asks from)"
"""Lines of the second ear's file that are no grams."""
MEMBERS = frozenset({"category", "urgency", "tell", "lasting", *LISTS})


class BadWords(Invalid):
    title = "The list of words breaks a rule"


def read_emergencies(catalogue: Catalogue, path: Path = DATA / "emergencies.toml") -> Emergencies:
    """The list of the file. Refuses (BadWords) it with the line that is wrong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise BadWords(Message("{name}: {fault}", name=path.name, fault=fault)) from None
    kinds = {
        name: written(path.name, f"kinds.{name}", words, {})
        for name, words in table.get("kinds", {}).items()
    }
    dangers = [
        danger(catalogue, f"{path.name}, emergency {number}", line, kinds)
        for number, line in enumerate(table.get("emergency", []), 1)
    ]
    since = table.get("effective_from")
    if not isinstance(since, date) or not dangers:
        raise BadWords(
            Message(
                "{name}: needs effective_from, a day, and at least one emergency", name=path.name
            )
        )
    innocent, ended = (
        written(path.name, key, table.get(key, []), kinds) for key in ("innocent", "ended")
    )
    return Emergencies(since, dangers, innocent, ended)


def danger(catalogue: Catalogue, where: str, line: Mapping[str, Any], kinds: Kinds) -> Danger:
    for fault in chain(faults(catalogue, line), faults_of_form(line)):
        raise BadWords(Message("{where}: {fault}", where=where, fault=fault))
    lists = {key: written(where, key, line.get(key, []), kinds) for key in LISTS}
    tell = tuple(line.get("tell", [])) or catalogue.tell(line["category"])
    return Danger(
        line["category"],
        Urgency(line["urgency"]),
        **lists,
        tell=tell,
        lasting=line.get("lasting", False),
    )


def faults(catalogue: Catalogue, line: Mapping[str, Any]) -> Iterator[Message]:
    """A category or level that may not be."""
    if line.get("category") not in catalogue.categories:
        yield Message("no category {code!r}", code=line.get("category"))
    if line.get("urgency") not in (Urgency.L1, Urgency.L2):
        yield Message("an emergency is L1 or L2, not {urgency!r}", urgency=line.get("urgency"))


def faults_of_form(line: Mapping[str, Any]) -> Iterator[Message]:
    for name in sorted(line.keys() - MEMBERS):
        yield Message("there is no member {name!r}", name=name)
    if not isinstance(line.get("lasting", False), bool):
        yield Message("lasting is true or false")
    if not set(line.get("tell", [])) <= SERVICES:
        yield Message("tell is of {services}", services=sorted(SERVICES))
    if not line.get("words") and not (line.get("things") and line.get("faults")):
        yield Message("needs words, or things with faults")


def written(where: str, key: str, words: object, kinds: Kinds) -> tuple[str, ...]:
    """The words as a text is searched for them, of patterns all they stand for."""
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise BadWords(Message("{where}: {key} is a list of words", where=where, key=key))
    try:
        patterns = [SPACES.sub("", plain(with_kinds(word, kinds))) for word in words]
        each = [form for pattern in patterns for form in forms(pattern)]
    except BadPattern as fault:
        raise BadWords(Message("{where}: {fault}", where=where, fault=fault.args[0])) from None
    return tuple(dict.fromkeys(each))


def read_synonyms(
    catalogue: Catalogue, path: Path = DATA / "synonyms.csv"
) -> dict[str, tuple[str, ...]]:
    """What callers call each category. Refuses (BadWords) an unknown code, and one twice."""
    synonyms: dict[str, tuple[str, ...]] = {}
    for line in lines(path):
        code = line["code"]
        if code not in catalogue.categories or code in synonyms:
            raise BadWords(
                Message(
                    "{name}: {code!r} is no category, or stands there twice",
                    name=path.name,
                    code=code,
                )
            )
        synonyms[code] = many(line["words"])
    return synonyms


def read_second_ear(path: Path = DATA / "second_ear.csv") -> SecondEar:
    """What `scripts/learn_dangers.py` learned. Refuses (BadWords) a line that has no number, and a
    file without its two own lines."""
    weights: dict[str, float] = {}
    for number, line in enumerate(lines(path), 2):
        try:
            weights[line["gram"]] = float(line["weight"])
        except (KeyError, TypeError, ValueError):
            raise BadWords(
                Message(
                    "{name}, line {number}: needs a gram and a number",
                    name=path.name,
                    number=number,
                )
            ) from None
    bias, asks_from = (weights.pop(name, math.nan) for name in (BIAS, ASKS_FROM))
    if not (math.isfinite(bias) and 0 < asks_from < 1):
        raise BadWords(
            Message(
                "{name}: needs lines {bias}, a number, and {asks_from}, between 0 and 1",
                name=path.name,
                bias=BIAS,
                asks_from=ASKS_FROM,
            )
        )
    return SecondEar(weights, bias, asks_from)


def make_suggester(catalogue: Catalogue, overlay: Path | None = None) -> Suggester:
    """With all that the project ships, its memory empty. A city's overlay may have words of an
    emergency and a second ear of its own, each instead of the shipped, and synonyms, each instead
    of its category's."""
    emergencies = DATA / "emergencies.toml"
    synonyms = read_synonyms(catalogue)
    if overlay and (own := overlay / emergencies.name).exists():
        emergencies = own
    if overlay and (own := overlay / "synonyms.csv").exists():
        synonyms |= read_synonyms(catalogue, own)
    second_ear = DATA / "second_ear.csv"
    if overlay and (own := overlay / second_ear.name).exists():
        second_ear = own
    return Suggester(
        catalogue,
        read_emergencies(catalogue, emergencies),
        synonyms,
        read_second_ear(second_ear),
    )
