"""A ranking as a workbook: the columns and numbers of its CSV."""

from app.kit.web.workbook import workbook
from app.rankings.exports import headings
from app.rankings.exports.sheet import cells, columns
from app.rankings.schemas import RankingView


def as_workbook(ranking: RankingView, in_english: bool) -> bytes:
    """Headings in Chinese, or the members' names."""
    names = list(columns())
    shown = names if in_english else headings.chinese(names)
    return workbook(title(ranking), shown, (list(cells(row)) for row in ranking.rows))


def title(ranking: RankingView) -> str:
    """As the file is called, without its ending."""
    return f"{ranking.period}_{headings.LEAGUES[ranking.league]}"
