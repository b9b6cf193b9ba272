"""One way of writing: half-width, simplified, upper case; one character for one.

Callers, offices and files write the same word in many ways; what is compared is written in one.
"""

import unicodedata
from functools import cache
from itertools import chain

import opencc

KANGXI = range(0x2F00, 0x2FD6)
"""Radicals that look like the characters which they are, and have other codes."""

RADICALS = str.maketrans(
    "⺇⺊⺌⺍⺒⺜⺝⺟⺠⺢⺩⺫⺬⺮⺶⺷⺸⺹⺼⻁⻃⻄⻅⻆⻇⻉⻋⻑⻒⻓⻔⻗⻘⻙⻚⻛⻜⻝⻟⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "几卜小小巳日月母民水王目示竹羊羊羊老肉虎西西见角角贝车长长长门雨青韦页风飞食食首马骨鬼鱼鸟卤麦黄黾齐齐齿齿龙龙龟龟龟",
)
VARIANTS = str.maketrans("淸靑眞敎旣卽緖郞硏淨歲畵戸呉髙﨑", "清青真教既即绪郎研净岁画户吴高崎")
"""One character in another country's shape."""


@cache
def plain_table() -> dict[int, str]:
    """For `str.translate`: every character that is written in another way → its plain one."""
    simplify = opencc.OpenCC("t2s").convert
    han = [chr(code) for code in range(0x3400, 0xA000)]
    pairs = zip(han, simplify("\n".join(han)).split("\n"), strict=True)
    table = {ord(old): new for old, new in pairs if old != new and len(new) == 1}
    compatible = (range(0x2460, 0x2469), range(0xFF01, 0xFF5F), range(0xF900, 0xFB00), KANGXI)
    for code in chain.from_iterable(compatible):
        folded = unicodedata.normalize("NFKC", chr(code)).translate(VARIANTS)
        folded = simplify(folded.upper())
        if len(folded) == 1:
            table[code] = folded
    table |= {code: chr(plain) for code, plain in (RADICALS | VARIANTS).items()}
    return table | {code: chr(code - 32) for code in range(ord("a"), ord("z") + 1)}
