"""What was measured of the growing search, as an SVG that also reads without colour or sight, and as a page of text."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

BOUNDS = {10_000: 5.0, 100_000: 20.0}
"""ms that 19 in 20 searches may take, by number of services."""
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_INKS = {"sqlite": "#1b5e9b", "postgresql": "#9b3d1b"}
_LEFT, _TOP, _WIDTH, _HEIGHT, _BETWEEN, _RIGHT = 70, 118, 560, 260, 90, 210
"""Pixels: room left of a panel, above the first, of a panel, between the two, and for the names of the lines."""
_BLACK, _GREY = "#1a1a1a", "#bdbdbd"


@dataclass(frozen=True)
class Growth:
    """One database measured. Times in ms a search, memory in MiB.

    `processor` is the time of the searching process, without that of the PostgreSQL server. `load` is how many
    processes wanted a core over the minute before, this one included.
    """

    database: str
    services: int
    searches: int
    wall_p50: float
    wall_p95: float
    processor_p50: float
    processor_p95: float
    index_seconds: float
    memory: float
    cores: int
    load: float


_METHOD = (
    "Made-up services in the proportions of real ones (`referral_db/generate.py`), mixed questions (any need, any",
    "place or none, any minute of a week, with and without a budget and a channel), one after the other, a session",
    "each. The first five are not counted: the first search of a process makes the index in memory (decision",
    "[0011](decisions/0011-search-index-in-memory.md)), and the last column says how long that took. Processor time",
    "and memory are those of the searching process, without the PostgreSQL server. Each database has a process of its",
    "own. Times in ms a search.",
)


def draw_growth(rows: Sequence[Growth]) -> str:
    """Two panels over the number of services: the time that 19 in 20 searches stay under, and the memory."""
    height = _TOP + 2 * _HEIGHT + _BETWEEN + 60
    width = _LEFT + _WIDTH + _RIGHT
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" aria-labelledby="title desc" font-family="system-ui, sans-serif" fill="{_BLACK}">',
            '<title id="title">The search as the number of services grows</title>',
            f'<desc id="desc">{escape(in_words(rows))}</desc>',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            _text(_LEFT, 34, "The search as the number of services grows", 'font-size="20" font-weight="bold"'),
            *(_text(_LEFT, 56 + 18 * n, line, 'font-size="13"') for n, line in enumerate(_how(rows))),
            *_panel(rows, _TOP, "ms that 19 in 20 searches stay under", _TIMES, BOUNDS),
            *_panel(rows, _TOP + _HEIGHT + _BETWEEN, "MiB of the searching process", _MEMORY, {}),
            "</svg>",
            "",
        ]
    )


def in_words(rows: Sequence[Growth]) -> str:
    """Every bound that was measured, and whether it held."""
    said = []
    for row in rows:
        if row.services in BOUNDS:
            bound = BOUNDS[row.services]
            said.append(
                f"{_count(row.services)} services on {NAMES[row.database]}: {row.wall_p95:.1f} ms by the clock and "
                f"{row.processor_p95:.1f} ms of the processor (p95), "
                f"{'within' if row.wall_p95 <= bound else 'over'} the bound of {bound:g} ms by the clock"
            )
    return "; ".join(said) + "." if said else "No bound was measured."


def describe(rows: Sequence[Growth]) -> str:
    """The page of docs/: what was measured, how, and the table behind the picture."""
    table = [
        f"| {_count(row.services)} | {NAMES[row.database]} | {row.wall_p50:.1f} | {row.wall_p95:.1f} | "
        f"{row.processor_p50:.1f} | {row.processor_p95:.1f} | {row.memory:.0f} | {row.index_seconds:.1f} |"
        for row in rows
    ]
    return "\n".join(
        [
            "# How the search grows",
            "",
            "![Time and memory of the search over the number of services](search_growth.svg)",
            "",
            "Made by `make growth` out of what it measured (`search_growth.jsonl`); do not edit by hand.",
            "",
            *_how(rows),
            *_METHOD,
            "",
            "| services | database | clock p50 | clock p95 | processor p50 | processor p95 | MiB | first search (s) |",
            "|---|---|---|---|---|---|---|---|",
            *table,
            "",
            in_words(rows),
            "",
        ]
    )


_Line = tuple[str, str, Callable[[Growth], float]]
_TIMES: tuple[_Line, ...] = (
    ("clock", "", lambda row: row.wall_p95),
    ("processor", "6 4", lambda row: row.processor_p95),
)
_MEMORY: tuple[_Line, ...] = (("", "", lambda row: row.memory),)


def _how(rows: Sequence[Growth]) -> list[str]:
    searches = sorted({row.searches for row in rows})
    loads = [row.load for row in rows]
    how = (
        f"{' or '.join(map(_count, searches))} searches each, on {rows[0].cores} cores; "
        f"processes that wanted one meanwhile: {min(loads):g} to {max(loads):g}."
    )
    busy = "The machine was busy with other things: the clock says little."
    return [how, busy] if max(loads) > rows[0].cores else [how]


def _panel(
    rows: Sequence[Growth], top: int, title: str, lines: Iterable[_Line], bounds: dict[int, float]
) -> Iterator[str]:
    lines = list(lines)
    sizes = sorted({row.services for row in rows})
    values = [value(row) for row in rows for _, _, value in lines] + [bounds[size] for size in sizes if size in bounds]
    ticks = _ticks(min(values), max(values))
    x = _scale(sizes[0], sizes[-1], _LEFT, _LEFT + _WIDTH)
    y = _scale(ticks[0], ticks[-1], top + _HEIGHT, top)
    yield _text(_LEFT, top - 10, title, 'font-size="15" font-weight="bold"')
    for tick in ticks:
        yield f'<line x1="{_LEFT}" y1="{y(tick)}" x2="{_LEFT + _WIDTH}" y2="{y(tick)}" stroke="{_GREY}"/>'
        yield _text(_LEFT - 8, y(tick) + 4, f"{tick:g}", 'font-size="12" text-anchor="end"')
    for size in sizes:
        yield _text(x(size), top + _HEIGHT + 18, _count(size), 'font-size="12" text-anchor="middle"')
    yield _text(_LEFT + _WIDTH / 2, top + _HEIGHT + 36, "services", 'font-size="12" text-anchor="middle"')
    for size in sizes:
        if size in bounds:
            middle, height = x(size), y(bounds[size])
            ends = f'x1="{middle - 24}" y1="{height}" x2="{middle + 24}" y2="{height}"'
            yield f'<line {ends} stroke="{_BLACK}" stroke-width="3"/>'
            yield _text(middle - 30, height + 4, f"at most {bounds[size]:g}", 'font-size="12" text-anchor="end"')
    yield from _lines(rows, lines, x, y)


def _lines(
    rows: Sequence[Growth], lines: Iterable[_Line], x: Callable[[float], float], y: Callable[[float], float]
) -> Iterator[str]:
    """Each with its name at its end; names that would lie over each other move apart."""
    named: list[tuple[float, str, str]] = []
    for database, ink in _INKS.items():
        own = sorted((row for row in rows if row.database == database), key=lambda row: row.services)
        for name, dashes, value in lines if own else []:
            points = [(x(row.services), y(value(row))) for row in own]
            path = " ".join(f"{across},{down}" for across, down in points)
            dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
            yield f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="2.5"{dashed}/>'
            for across, down in points:
                shape = _circle if database == "sqlite" else _square
                yield shape(across, down, ink)
            label = f"{NAMES[database]}{', ' + name if name else ''}: {value(own[-1]):.1f}"
            named.append((points[-1][1], label, ink))
    lowest = 0.0
    for down, label, ink in sorted(named):
        lowest = max(down, lowest + 16)
        yield _text(_LEFT + _WIDTH + 12, lowest + 4, label, f'font-size="13" style="fill:{ink}"')


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Both axes are logarithmic."""
    if high <= low:
        return lambda _value: (start + end) / 2
    return lambda value: round(start + (end - start) * math.log(value / low) / math.log(high / low), 1)


def _ticks(low: float, high: float) -> list[float]:
    """1, 2, 5, 10, … from at most `low` to at least `high`."""
    steps = [step * 10.0**power for power in range(-3, 6) for step in (1, 2, 5)]
    first = max((step for step in steps if step <= low), default=steps[0])
    last = min((step for step in steps if step >= high), default=steps[-1])
    return [step for step in steps if first <= step <= last]


def _circle(x: float, y: float, ink: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="4" fill="{ink}"/>'


def _square(x: float, y: float, ink: str) -> str:
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{ink}"/>'


def _count(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _text(x: float, y: float, words: str, style: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(words)}</text>'
