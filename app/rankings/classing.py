"""Whether the four classes of a ranking that was read have the members they must (D.13.6).

The policy's size of the classes is not in the ranking, nor by what burden and progress are
measured, nor the former composites. So some one size must explain who is in every class.
"""

from collections.abc import Mapping, Set
from fractions import Fraction

from app.policy.keys import Class
from app.rankings.ranking import competition, top
from app.rankings.schemas import RowView

Rows = Mapping[str, RowView]
Values = Mapping[str, Fraction]


def fitting(rows: Rows) -> bool:
    return any(fits(rows, k) for k in ends(rows))


def ends(rows: Rows) -> list[int]:
    """The sizes at which the best and the worst are who is shown as advanced and rectify."""
    ranks = {code: row.rank for code, row in rows.items() if row.rank is not None}
    below = competition({code: (-composite(rows[code]),) for code in ranks})
    advanced, rectify = shown(rows, "advanced"), shown(rows, "rectify")
    found = []
    for k in range(len(ranks) + 1):
        best = {code for code, rank in ranks.items() if rank <= k}
        worst = {code for code, rank in below.items() if rank <= k}
        if (advanced, rectify) == (best - worst, worst - best):
            found.append(k)
    return found


def fits(rows: Rows, k: int) -> bool:
    """Govern by either burden; improved by a gain that the file does not tell."""
    volumes = {code: Fraction(row.volume) for code, row in rows.items() if row.volume}
    shares = {c: Fraction(float(rows[c].per_10k or 0)) for c in volumes if rows[c].per_10k}
    govern = shown(rows, "govern")
    governed = govern == top(volumes, k) or among_greatest(govern, shares, k)
    return governed and (k > 0 or not shown(rows, "improved"))


def among_greatest(members: Set[str], rounded: Values, k: int) -> bool:
    """Values that were rounded may tie at the border where the exact ones did not."""
    widest = top(rounded, k)
    border = min((rounded[code] for code in widest), default=Fraction(0))
    inside = {code for code in widest if rounded[code] > border}
    return inside <= members <= widest and len(members) >= min(k, len(rounded))


def shown(rows: Rows, name: Class) -> set[str]:
    return {code for code, row in rows.items() if name in row.classes}


def composite(row: RowView) -> Fraction:
    return Fraction(row.composite_exact or 0)
