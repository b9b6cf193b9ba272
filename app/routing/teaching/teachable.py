"""Names that may be learned as a place: no generic noun, no building, no filler, no person.

`大门口`, `3号楼`, `不详`, `淘宝店` are said of every place and of none: one case would teach
them to a street for good. A name is generic where it is made of such words alone. Nor is anything
learned that tells of a person: a surname's house, a plate, a run of digits.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.routing.reading.text import read

UNIT = re.compile(
    r"[甲乙丙丁第]?[0-9A-Z\-~#_]{1,12}(?:号[楼院门]?|楼|单元|层|室|门|[栋幢座户排期]|$)"
)
"""A number of a building or a room; 3里河 and 8角 are names."""
DIGITS = re.compile(r"[0-9][0-9\-]{4,}")
"""Longer than the number of a house: a telephone, an identity, an account."""
PLATE = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][0-9A-Z]{4,6}"
)
SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
PERSON = re.compile(
    f"[{SURNAMES}].{{0,2}}(?:先生|女士|小姐|太太|师傅|大爷|大妈|大娘|阿姨|叔叔|奶奶|爷爷|老师|经理|主任|老板|同志|某)"
    f"|[{SURNAMES}].{{0,2}}(?<!之)家(?:里|中|门口)?$|身份证|手机号|车牌|电话"
)
LEAST = 2


@dataclass(frozen=True, slots=True)
class Generic:
    """The words of which no place's name is made alone, written as `text.read` writes them."""

    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, words: Iterable[str]) -> "Generic":
        return cls(frozenset(read(word).text for word in words))

    def is_place(self, name: str) -> bool:
        """Whether a name, written as `text.read` writes it, can be a place of its own."""
        if DIGITS.search(name) or PLATE.search(name) or PERSON.search(name):
            return False
        return len(name) >= LEAST and not self.is_made_of(name)

    def is_made_of(self, name: str) -> bool:
        """Whether a name is made of generic words and numbers alone."""
        longest = max(map(len, self.words), default=0)
        reached = {0}
        for start in range(len(name)):
            if start in reached:
                if unit := UNIT.match(name, start):
                    reached.add(unit.end())
                ends = range(start + 1, min(start + longest, len(name)) + 1)
                reached.update(end for end in ends if name[start:end] in self.words)
        return len(name) in reached
