"""The words that a pattern of the list stands for: `(a|b|)c` and `<kind>`, multiplied out.

So a list tells verbs, objects and people once, and the automaton finds every way to join them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from app.kit.messages import Message

KIND = re.compile("<([^<>]*)>")
GROUP = re.compile(r"\(([^()]*)\)")
SIGNS = re.compile("[()<>|]")

MOST = 5_000
"""Words of one pattern."""


class BadPattern(ValueError):
    """A pattern that is not well formed; its message says why."""


def with_kinds(pattern: str, kinds: Mapping[str, Sequence[str]]) -> str:
    """Each <name> as the words of its kind. Refuses (BadPattern) a name that there is not."""
    for name in KIND.findall(pattern):
        if name not in kinds:
            raise BadPattern(Message("{pattern!r}: no kind {name!r}", pattern=pattern, name=name))
    return KIND.sub(lambda kind: "(" + "|".join(kinds[kind[1]]) + ")", pattern)


def forms(pattern: str) -> Iterator[str]:
    """The words, each once. Refuses (BadPattern) a bracket without its fellow, and too many."""
    if prod(group.count("|") + 1 for group in GROUP.findall(pattern)) > MOST:
        raise BadPattern(Message("{pattern!r} has over {most} words", pattern=pattern, most=MOST))
    words = dict.fromkeys(multiplied(pattern))
    if "" in words or SIGNS.search("".join(words)):
        raise BadPattern(
            Message("{pattern!r} needs letters, and brackets in pairs", pattern=pattern)
        )
    return iter(words)


def multiplied(pattern: str) -> Iterator[str]:
    """Of groups within groups the inner ones first."""
    parts = GROUP.split(pattern)
    choices = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    for word in map("".join, product(*choices)):
        if "(" in word and GROUP.search(word):
            yield from multiplied(word)
        else:
            yield word
