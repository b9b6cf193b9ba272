"""Charts for bulletins: SVG that stands in the page itself and needs nothing from outside."""

from collections.abc import Sequence

import leather
from leather import theme
from markupsafe import Markup, escape

WIDTH, LINE, ROOM = 720, 26, 90
theme.background_color = "none"
theme.tick_font_char_width = 15  # a Chinese character is as wide as it is high


def bars(name: str, shown: Sequence[object], label: str, value: str) -> Markup:
    """Horizontal bars, the first on top, of two members of what is shown; nothing of nothing."""
    values = [(str(getattr(one, label)), float(getattr(one, value) or 0)) for one in shown]
    if not any(number for _, number in values):
        return Markup("")
    height = ROOM + LINE * len(values)
    chart = leather.Chart()
    chart.add_bars([(number, told) for told, number in values], fill_color="#8a1c1c")
    chart.add_x_scale(0, max(number for _, number in values))
    return framed(name, chart.to_svg(width=WIDTH, height=height), height)


def framed(name: str, drawing: str, height: int) -> Markup:
    """In a frame that gives way to the paper's or the telephone's width."""
    view = f"0 0 {WIDTH} {height}"
    label = escape(name)
    return Markup(f'<svg class="chart" viewBox="{view}" role="img" aria-label="{label}">') + Markup(
        f"{drawing}</svg>"
    )
