"""The risk–coverage curve as a picture: an SVG that any browser shows."""

from collections.abc import Callable, Iterator, Sequence

from evals.calibration import Point

WIDTH, HEIGHT = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 48, 56
GRID = (0.0, 0.25, 0.5, 0.75, 1.0)


def svg(points: Sequence[Point], chosen: Point, title: str) -> str:
    """Coverage from left to right, the share of wrong answers upwards; the chosen threshold is marked."""
    top_risk = max(0.1, *(p.risk for p in points))
    highest = next(step for step in (0.1, 0.25, 0.5, 1.0) if top_risk <= step)

    def x(coverage: float) -> float:
        return round(LEFT + coverage * (WIDTH - LEFT - RIGHT), 1)

    def y(risk: float) -> float:
        return round(HEIGHT - BOTTOM - risk / highest * (HEIGHT - TOP - BOTTOM), 1)

    line = " ".join(f"{x(p.coverage)},{y(p.risk)}" for p in points)
    grid = "".join(_grid_lines(x, y, highest))
    note = f"threshold {chosen.threshold:.2f}: {chosen.coverage:.0%} answered, {chosen.risk:.0%} of these wrong"
    anchor = "end" if chosen.coverage > 0.5 else "start"
    here, there = x(chosen.coverage), y(chosen.risk)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="13" role="img" aria-label="{_escaped(f"{title}. {note}")}">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
        f'<text x="{LEFT}" y="26" font-size="16">{_escaped(title)}</text>\n{grid}'
        f'<polyline points="{line}" fill="none" stroke="#1f5fa8" stroke-width="2"/>\n'
        f'<circle cx="{here}" cy="{there}" r="5" fill="#b3401f"/>\n'
        f'<text x="{here}" y="{there - 12}" text-anchor="{anchor}" fill="#b3401f">{note}</text>\n'
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">questions answered</text>\n'
        f'<text transform="translate(18 {(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)" text-anchor="middle">'
        "answers that are wrong</text>\n</svg>\n"
    )


def _grid_lines(x: Callable[[float], float], y: Callable[[float], float], highest: float) -> Iterator[str]:
    for share in GRID:
        across, up = x(share), y(share * highest)
        yield f'<line x1="{across}" y1="{TOP}" x2="{across}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>\n'
        yield f'<line x1="{LEFT}" y1="{up}" x2="{WIDTH - RIGHT}" y2="{up}" stroke="#ddd"/>\n'
        yield f'<text x="{across}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{share:.0%}</text>\n'
        yield f'<text x="{LEFT - 8}" y="{up + 4}" text-anchor="end">{share * highest:.0%}</text>\n'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
