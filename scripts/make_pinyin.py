"""Make app/data/routing/pinyin.csv: the sounds of the characters in our names.

    python -m scripts.make_pinyin

asks `pypinyin` 0.55.0 (MIT; `pip install pypinyin==0.55.0`, which the service does without) how
each name is read, and keeps for every character the sounds that it has in some name.
"""

import csv
from collections import defaultdict

from pypinyin import lazy_pinyin

from app.offices.files import read_gazetteer
from app.routing.load import DATA, read_landmarks
from app.routing.reading.names import short_name


def main() -> None:
    gazetteer = read_gazetteer()
    names = [
        *(district.name for district in gazetteer.districts),
        *(name.text for name in gazetteer.names),
        *(short_name(place) for place in gazetteer.places),
        *(landmark.name for landmark in read_landmarks()),
    ]
    sounds: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        for character, sound in zip(name, lazy_pinyin(name, errors=list), strict=True):
            if sound.isascii() and sound.isalpha() and not character.isascii():
                sounds[character].add(sound)
    with (DATA / "pinyin.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["character", "sounds"])
        out.writerows((character, " ".join(sorted(of))) for character, of in sorted(sounds.items()))


if __name__ == "__main__":
    main()
