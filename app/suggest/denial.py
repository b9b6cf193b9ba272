"""When a caller's word of danger is none: denied, past and over, feared, played, asked about.

Kinds of speech, not single phrases. Whatever is doubtful stays a danger: 好像, 可能是, 是不是. What
follows the denial may take it back: 不是演习，真着火了; 修好了又漏气; 昨天着火，现在还在烧.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from app.suggest import cues
from app.suggest.reading import Reading, Sign

BESIDE = 30
"""Characters of the clause that are read before and behind a word of danger."""

LATER = 70
"""Characters behind it in which its end may be told."""


class Denial(StrEnum):
    NEGATED = "negated"  # 没有着火
    FEARED = "feared"  # 怕以后触电
    LIKENED = "likened"  # 热得像着火一样
    PLAYED = "played"  # 消防演练, 电影里
    NAMED = "named"  # 火灾保险, 触电知识
    ASKED = "asked"  # 咨询…的规定
    PAST = "past"  # 昨天着火
    OVER = "over"  # 已扑灭


@dataclass(frozen=True)
class Context:
    """What stands around a word of danger."""

    before: str
    """Of its clause."""
    ahead: str
    """Of its clause, before the thing to which the fault belongs."""
    after: str
    """Of its clause."""
    earlier: str
    """Of its sentence, before its clause."""
    later: str
    """Behind it, in its clause and the next two, or the sentence that goes on with it."""
    core: str
    lasting: bool
    ended: Sequence[str]

    @property
    def has_happened(self) -> bool:
        """着火了, 着了火."""
        return "了" in self.core + self.after[:2]

    @cached_property
    def rest(self) -> str:
        return self.after + self.later[len(self.after) :]


def context(reading: Reading, sign: Sign, lasting: bool, ended: Sequence[str]) -> Context:
    text, core = reading.text, sign.core
    start, end = reading.clause(core.start)[0], reading.clause(core.end - 1)[1]
    head = max(start, core.start - BESIDE)
    ahead = text[head : max(sign.start, head)]
    sentence = reading.sentence(core.start)[0]
    until = min(later_end(reading, sign), core.end + LATER)
    return Context(
        before=text[head : core.start],
        ahead=ahead,
        after=text[core.end : min(end, core.end + BESIDE)],
        earlier=text[max(sentence, start - BESIDE - BESIDE) : start],
        later=text[core.end : until],
        core=text[core.start : core.end],
        lasting=lasting,
        ended=ended,
    )


def later_end(reading: Reading, sign: Sign) -> int:
    """Up to here the end of a danger may be told: two clauses on, in the sentence that tells it."""
    near = reading.clause_end_after(sign.core.end, 2)
    sentence = reading.sentence(sign.core.end - 1)[1]
    if near <= sentence:
        return near
    if sentence == reading.heading:
        return reading.clause_end_after(sentence + 1, 2)
    goes_on = cues.GOING_ON.match(reading.text, sentence)
    return reading.clause_end_after(sentence + 1, 1) if goes_on else sentence


def is_negated(around: Context) -> bool:
    if cues.GONE.search(around.after) and not cues.AGAIN.search(around.rest):
        return True
    return any(negates(before, around) for before in {around.before, around.ahead})


def negates(before: str, around: Context) -> bool:
    negation = cues.NEGATED.search(before)
    if negation is None or cues.TWICE.search(before[: negation.start()]):
        return False
    if around.core.startswith(cues.SO_MUCH):
        return False
    return not (negation[1] == "不是" and cues.NEITHER.search(around.after))


def is_feared(around: Context) -> bool:
    if cues.RISK.search(around.after):
        return True
    if cues.URGENT.search(around.after):
        return False
    return (
        is_worry(around)
        or is_case(around)
        or (cues.NEARLY.search(around.before) is not None and not around.lasting)
    )


def is_worry(around: Context) -> bool:
    worry = cues.WORRIED.search(around.before)
    if worry is None or cues.PERCEIVED.search(around.core):
        return False
    return not cues.ACTUAL.search(worry[0]) and not cues.ACTUAL.search(around.after)


def is_case(around: Context) -> bool:
    if cues.IN_CASE.search(around.before):
        return not cues.ACTUAL.search(around.after)
    if cues.OPENS_A_CASE.search(around.earlier):
        return cues.WOULD.search(around.after) is not None
    blocked = cues.BLOCKED.search(around.earlier) and cues.TRAPPED.search(around.after)
    return blocked is not None and not around.before


def is_likened(around: Context) -> bool:
    if cues.AS_IF.search(around.after) and cues.AS.search(around.before):
        return True
    if cues.SO_AS.search(around.before):
        return True
    return cues.OF_A_FEELING.search(around.earlier + around.before) is not None


def is_played(around: Context) -> bool:
    if cues.URGENT.search(around.after) or cues.PLAY_ENDS.search(around.before):
        return False
    return any(plays(text) for text in (around.earlier, around.before, around.later))


def plays(text: str) -> bool:
    play = cues.PLAY.search(text)
    if play is None or cues.NO_PLAY.search(text[: play.start()]):
        return False
    return not cues.PLAY_ENDS.search(text[play.end() :])


def is_named(around: Context) -> bool:
    if cues.URGENT.search(around.after):
        return False
    if cues.NAMED_AFTER.search(around.after):
        return True
    if cues.EVENT_AFTER.search(around.after) and not around.lasting:
        return True
    hold = cues.HOLD.search(around.before)
    return (
        hold is not None
        and not around.lasting
        and not cues.HOLD_ENDS.search(hold[0])
        and not around.has_happened
    )


def is_asked(around: Context) -> bool:
    if cues.STILL.search(around.rest) or cues.PERCEIVED.search(around.core):
        return False
    whole = around.earlier + around.before
    return (
        cues.CONSULT.search(whole) is not None
        and cues.LEARNING.search(whole + around.rest) is not None
        and not around.has_happened
    )


def is_past(around: Context) -> bool:
    if cues.GOES_ON.search(around.core):
        return False
    past = (cues.IN_REMOTE_PAST if around.lasting else cues.IN_PAST).search(around.before)
    is_then = past is not None and not cues.PRESENT.search(past["between"])
    if cues.WAS_TIME.search(around.earlier) and not cues.PRESENT.search(around.before):
        is_then = is_then or not around.lasting
    if cues.AFTERMATH.search(around.rest) and not cues.STILL.search(around.rest):
        return is_then or not around.lasting
    if is_then and cues.AFTER_IT.search(around.after):
        return not cues.STILL.search(around.rest)
    if is_then or cues.WAS_THEN.search(around.after):
        return not cues.GOES_ON.search(around.rest)
    return cues.ONCE.search(around.after) is not None and not cues.GOES_ON.search(around.rest)


def is_over(around: Context) -> bool:
    """Its end is told, and nothing after it says that it came again."""
    ends = ((around.later.find(word), word) for word in around.ended)
    reached = sorted((at, word) for at, word in ends if at >= 0)
    return any(has_ended(around, at, word) for at, word in reached) or was_ended(around)


def was_ended(around: Context) -> bool:
    """Its end is told before it: 扑灭了大火, 救出电梯里被困的老人."""
    ends = ((around.before.rfind(word), word) for word in around.ended)
    at, word = max(ends, default=(-1, ""))
    between = around.before[at + len(word) :]
    if at < 0 or cues.WISHED.search(around.before[:at]) or not cues.SO_ENDED.search(between):
        return False
    return not cues.GOES_ON.search(around.rest)


def has_ended(around: Context, at: int, word: str) -> bool:
    before, after = around.later[max(0, at - 10) : at], around.later[at + len(word) :]
    if (
        cues.WISHED.search(before)
        or cues.NOT_YET.search(after)
        or cues.AGAIN.search(after[:BESIDE])
    ):
        return False
    if cues.ASKED_TO.search(before) and not after.startswith("了"):
        return False
    return not cues.FORMERLY.search(before) or cues.IN_PAST.search(around.before) is not None


KINDS: Mapping[Denial, Callable[[Context], bool]] = {
    Denial.NEGATED: is_negated,
    Denial.FEARED: is_feared,
    Denial.LIKENED: is_likened,
    Denial.PLAYED: is_played,
    Denial.NAMED: is_named,
    Denial.ASKED: is_asked,
    Denial.PAST: is_past,
    Denial.OVER: is_over,
}


def denial(reading: Reading, sign: Sign, lasting: bool, ended: Sequence[str]) -> Denial | None:
    """Why a word of danger tells of no present danger; None: it does.

    `lasting`: the danger stays until it is removed; `ended`: words for its end.
    """
    around = context(reading, sign, lasting, ended)
    return next((kind for kind, holds in KINDS.items() if holds(around)), None)
