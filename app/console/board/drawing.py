"""Small drawings as SVG without any style: a line of twelve months, a rate with its interval."""

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 96, 24
EDGE = 2
FULL = 100.0


def line(values: Sequence[float | None], label: str) -> Markup:
    """A line through the values that there are, the last one marked; the highest is on top."""
    known = [value for value in values if value is not None]
    if not known:
        return Markup("")
    low, high = min(known), max(known)
    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    span = (high - low) or 1.0
    points = [
        (EDGE + place * step, HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE))
        for place, value in enumerate(values)
        if value is not None
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    last_x, last_y = points[-1]
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<polyline points="{}" fill="none" stroke="currentColor" stroke-width="1.5"/>'
        '<circle cx="{:.1f}" cy="{:.1f}" r="2" fill="currentColor"/></svg>'
    ).format(WIDTH, HEIGHT, WIDTH, HEIGHT, label, path, last_x, last_y)


def interval(low: float | None, at: float | None, high: float | None, label: str) -> Markup:
    """A rate between the bounds of its interval, all in percent."""
    if low is None or at is None or high is None:
        return Markup("")
    scale = (WIDTH - 2 * EDGE) / FULL
    left, here, right = (EDGE + value * scale for value in (low, at, high))
    middle = HEIGHT / 2
    return Markup(
        '<svg class="wilson" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="#c9cdd4"/>'
        '<rect x="{:.1f}" y="{}" width="{:.1f}" height="6" fill="#9db7d0"/>'
        '<rect x="{:.1f}" y="{}" width="2" height="14" fill="#8a1c1c"/></svg>'
    ).format(
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        label,
        EDGE,
        WIDTH - EDGE,
        middle,
        middle,
        left,
        middle - 3,
        max(right - left, 1.0),
        here - 1,
        middle - 7,
    )
