"""The places of a downloaded ranking: in the table, in groups, in classes, in bands.

They are checked without the policy: any order of equal composites holds, any size of the classes,
any borders of the bands, if only they are the same for all. An excerpt of one district leaves the
other places and class members open.
"""

from collections.abc import Iterator, Mapping, Set
from fractions import Fraction
from itertools import combinations, pairwise

from app.kit.messages import Message, Word
from app.policy.keys import Class
from app.rankings.leagues import League
from app.rankings.ranks import GRADES, again, competition, in_order, quartiles, top
from app.rankings.rates import Standing
from app.rankings.schemas import RATES, RankingView, RowView

Rows = Mapping[str, RowView]

Values = Mapping[str, Fraction]


def fitting(rows: Rows) -> bool:
    return any(fits(rows, k) for compared in comparisons(rows) for k in ends(compared))


def comparisons(rows: Rows) -> Iterator[Rows]:
    """The streets that the classes may have been drawn from, by any number of cases that the policy
    asks for; who was classed was among them."""
    classed = [row.assessed for row in rows.values() if {*row.classes} - {"govern"}]
    numbers = {row.assessed for row in rows.values() if row.rank is not None}
    most = min(classed, default=max(numbers, default=0) + 1)
    for least in sorted(number for number in {0, *numbers, most} if number <= most):
        yield {code: row for code, row in rows.items() if row.assessed >= least}


def ends(rows: Rows) -> list[int]:
    """The sizes of the classes that give the shown members of advanced and rectify."""
    ranks = again({code: row.rank for code, row in rows.items() if row.rank is not None})
    below = competition({code: (-composite(rows[code]),) for code in ranks})
    advanced, rectify = shown(rows, "advanced"), shown(rows, "rectify")
    borders = []
    for k in range(len(ranks) + 1):
        best = {code for code, rank in ranks.items() if rank <= k}
        worst = {code for code, rank in below.items() if rank <= k}
        if (advanced, rectify) == (best - worst, worst - best):
            borders.append(k)
    return borders


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


Places = Mapping[str, int]


def misplaced(ranking: RankingView) -> Iterator[Message]:
    rows = {row.office_code: row for row in ranking.rows}
    if len(rows) < len(ranking.rows):
        yield Message("an office has two rows")
        return
    for row in ranking.rows:
        yield from (
            Message("{office_code}: {fault}", office_code=row.office_code, fault=fault)
            for fault in of_row(row, ranking.league)
        )
    if any((row.rank is None) == (row.status is Standing.RANKED) for row in ranking.rows):
        return
    ranks = {code: row.rank for code, row in rows.items() if row.rank is not None}
    yield from of_places(rows, ranks)
    yield from of_numbers(Message("place"), ranks, again(ranks), exactly=whole(rows))
    yield from of_order(list(rows), ranks)
    yield from of_grades(rows)
    yield from of_precedence(rows)
    if whole(rows):
        yield from of_league(rows, ranks)


def whole(rows: Rows) -> bool:
    """Rows of one district alone are taken for an excerpt (`?district_code=`)."""
    districts = {row.district_code for row in rows.values()}
    return len(districts) != 1 or None in districts


def of_row(row: RowView, league: League) -> Iterator[Message]:
    if (row.rank is None) == (row.status is Standing.RANKED):
        yield Message("{status} with the place {rank}", status=row.status, rank=row.rank)
    if (row.group_rank is None) != (row.rank is None or row.group is None):
        yield Message(
            "the place {group_rank} in the group {group}",
            group_rank=row.group_rank,
            group=row.group,
        )
    if row.primary_class != next(iter(row.classes), None):
        yield Message(
            "primary_class is not the first of {classes}",
            classes=[Word(each, "Class") for each in row.classes] or Message("no classes"),
        )
    yield from (
        Message("cannot be {listed}", listed=Word(listed, "Class"))
        for listed in row.classes
        if not may_be(row, listed, league)
    )


def may_be(row: RowView, listed: Class, league: League) -> bool:
    """Streets alone have classes; the ends of the table exclude each other (D.13.6)."""
    needs = {
        "advanced": row.rank is not None and "rectify" not in row.classes,
        "rectify": row.rank is not None and "advanced" not in row.classes,
        "improved": row.rank is not None and row.previous_rank is not None,
        "govern": row.volume > 0,
    }
    return league is League.STREETS and row.classes.count(listed) == 1 and needs[listed]


def of_places(rows: Rows, ranks: Places) -> Iterator[Message]:
    """Better composites have better places; rows equal in everything share one."""
    placed = sorted(ranks, key=lambda code: (ranks[code], code))
    composites = competition({code: (composite(rows[code]),) for code in placed})
    for above, other in pairwise(placed):
        better = composites[above] < composites[other]
        if composites[above] > composites[other] or (better and ranks[above] == ranks[other]):
            yield Message("{other}: its place is not the one of its composite", other=other)
    shared: dict[object, int] = {}
    for code in placed:
        if shared.setdefault(merit(rows[code]), ranks[code]) != ranks[code]:
            yield Message("{code}: equals another office and has another place", code=code)


def merit(row: RowView) -> tuple[object, ...]:
    """All that any policy may order a ranked office by."""
    rates = [getattr(row, name) for name in RATES]
    percents = (Fraction(rate.numerator) / (rate.denominator or 1) for rate in rates)
    return (row.composite_exact, row.overdue, *percents)


def of_order(codes: list[str], ranks: Places) -> Iterator[Message]:
    expected = in_order(codes, again(ranks))
    for code, other in zip(codes, expected, strict=True):
        if code != other:
            yield Message(
                "{code}: stands where {other} should, rows go by place and code",
                code=code,
                other=other,
            )
            return


def of_grades(rows: Rows) -> Iterator[Message]:
    """All ranked rows have a band, or none has; a better composite has no worse one."""
    graded = [row for row in rows.values() if row.grade is not None]
    ranked = [row for row in rows.values() if row.rank is not None]
    if graded and graded != ranked:
        yield Message("some of the ranked have a grade, or others have")
        return
    order = sorted(graded, key=lambda row: -composite(row))
    for above, other in pairwise(order):
        bands = [GRADES.index(row.grade) for row in (above, other) if row.grade]
        equal = composite(above) == composite(other)
        if bands[0] > bands[1] or (equal and bands[0] < bands[1]):
            yield Message(
                "{office_code}: its grade is not the one of its composite",
                office_code=other.office_code,
            )


def of_precedence(rows: Rows) -> Iterator[Message]:
    """The same class precedes everywhere."""
    before = {pair for row in rows.values() for pair in combinations(row.classes, 2)}
    for first, then in sorted(before):
        if first < then and (then, first) in before:
            yield Message(
                "now {first} precedes {then}, now {then} {first}",
                first=Word(first, "Class"),
                then=Word(then, "Class"),
            )


def of_league(rows: Rows, ranks: Places) -> Iterator[Message]:
    """Faults that only the whole league shows."""
    groups = {code: row.group for code, row in rows.items() if row.group is not None}
    for group in sorted(set(groups.values())):
        inside = {code: rank for code, rank in ranks.items() if groups.get(code) == group}
        ranks = {code: rows[code].group_rank or 0 for code in inside}
        yield from of_numbers(
            Message("place in {group}", group=group), ranks, again(inside), exactly=True
        )
    volumes = {code: row.volume for code, row in rows.items()}
    if set(groups.values()) & {"q1", "q2", "q3", "q4"} and groups != quartiles(volumes):
        yield Message("the groups are not the quarters of the streets by volume")
    if not fitting(rows):
        yield Message("no size of the classes makes them have these members")


def of_numbers(
    name: Message, numbers: Places, fewest: Places, *, exactly: bool
) -> Iterator[Message]:
    """A place is one more than the number of better rows: those here, and others outside an
    excerpt."""
    for code, place in numbers.items():
        if place < fewest[code] or (exactly and place != fewest[code]):
            yield Message(
                "{code}: {name} {place}, but {better} are better",
                code=code,
                name=name,
                place=place,
                better=fewest[code] - 1,
            )
