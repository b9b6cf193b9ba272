"""Offices whose objections teach: whose upheld ones are later turned round, is heard no more."""

from collections import Counter

from app.routing.memory import Key, Lesson

FEWEST_TURNED = 3
HALF = 2
"""Of its upheld objections every second one was turned round."""


class Teachers:
    """For each office how many of its objections were upheld, and how many of these turned round:
    the place was confirmed as its own afterwards."""

    def __init__(self) -> None:
        self.upheld: Counter[str] = Counter()
        self.turned: Counter[str] = Counter()
        self.open: dict[Key, str] = {}

    def is_heard(self, lesson: Lesson, key: Key, street_code: str, teacher: str | None) -> bool:
        """Whether a lesson counts; it is noted all the same."""
        if teacher is None:
            self.note_other(lesson, key, street_code)
            return True
        if lesson is Lesson.WITHDRAW:
            self.upheld[teacher] += 1
            self.open[key] = teacher
        return not self.is_bad(teacher)

    def note_other(self, lesson: Lesson, key: Key, street_code: str) -> None:
        teacher = self.open.get(key)
        if teacher is None:
            return
        if lesson is Lesson.CONFIRM and street_code == teacher:
            self.turned[teacher] += 1
        if lesson is Lesson.FORGET or street_code == teacher:
            del self.open[key]

    def is_bad(self, teacher: str) -> bool:
        turned = self.turned[teacher]
        return turned >= FEWEST_TURNED and turned * HALF >= self.upheld[teacher]
