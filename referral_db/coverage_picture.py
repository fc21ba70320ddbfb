"""The coverage of needs by region as a heat map: an SVG that can be read, also without colour or without sight."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from referral_db.quality import AFFORDABLE, OPTIONS_WANTED, Coverage
from referral_db.reach import WEEK, Reach
from referral_db.taxonomy import NEEDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LABEL, _CELL, _ROW, _HEAD = 250, 150, 44, 160
"""Pixels: width of the row labels, width of a cell, height of a row, height of what stands above the rows."""
_SHADES = ((20, "#7fc8a9"), (10, "#a9dcc3"), (6, "#cdebdc"), (OPTIONS_WANTED, "#e8f6ee"))
"""From this many options on; each has a contrast of more than 7 to 1 with the text."""
_SHORT = "#fde2d3"
_INK = "#1a1a1a"


def draw_coverage(rows: Iterable[Coverage], reached: Iterable[Reach] = ()) -> str:
    """Gives an SVG with a row for each need and a column for each region, in the order of `rows`.

    A cell says how many options the worst served municipality has; of those how many cost nothing or at most
    `AFFORDABLE` EUR; and how many need no visit. The last column says how many hours of a week somebody answers in the
    worst served region. What falls short has a thick border and says so in words.
    """
    cells = {(row.need, row.region): row for row in rows}
    needs = list(dict.fromkeys(need for need, _ in cells))
    regions = list(dict.fromkeys(region for _, region in cells))
    worst: dict[str, Reach] = {}
    for one in reached:
        worst[one.need] = max(worst.get(one.need, one), one, key=lambda other: (other.silent, other.single))
    width, height = _LABEL + _CELL * (len(regions) + 1) + 20, _HEAD + _ROW * len(needs) + 20
    return "\n".join(
        [
            *_opening(width, height, list(cells.values()), list(worst.values())),
            *_table(cells, needs, regions),
            *_last_column(_LABEL + _CELL * len(regions), [worst[need] for need in needs if need in worst]),
            "</svg>",
            "",
        ]
    )


def _opening(width: int, height: int, rows: Sequence[Coverage], worst: Sequence[Reach]) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="title desc" font-family="system-ui, sans-serif" fill="{_INK}">'
    )
    yield '<title id="title">Hulp in de gids per nood en streek</title>'
    yield f'<desc id="desc">{escape(f"{_in_words(rows)} {_reach_in_words(worst)}".strip())}</desc>'
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    yield '<text x="20" y="34" font-size="22" font-weight="bold">Hulp in de gids per nood en streek</text>'
    legend = (
        "Groot: hoeveel gepubliceerde mogelijkheden de slechtst bediende gemeente van de streek heeft.",
        f"Daaronder: hoeveel gratis of tot € {AFFORDABLE:.0f} per gesprek, en hoeveel zonder iemand te zien. "
        "Donkerder is meer; een dikke rand en „tekort” is te weinig.",
        "Rechts: hoeveel uur per week er voor die nood iemand antwoordt, en hoeveel uur dat maar één dienst is.",
    )
    for number, line in enumerate(legend):
        yield f'<text x="20" y="{60 + 20 * number}" font-size="14">{escape(line)}</text>'


def _in_words(rows: Sequence[Coverage]) -> str:
    short = [row for row in rows if row.falls_short]
    if not rows:
        return "De gids is leeg."
    least = min(row.options for row in rows)
    text = (
        f"{len(rows)} combinaties van nood en streek; overal minstens {least} mogelijkheden, "
        f"{min(row.affordable for row in rows)} gratis of tot € {AFFORDABLE:.0f} en "
        f"{min(row.at_a_distance for row in rows)} zonder iemand te zien. "
    )
    if not short:
        return text + "Nergens tekort."
    return text + "Tekort: " + "; ".join(f"{NEEDS[row.need].label} in {row.region}" for row in short) + "."


def _reach_in_words(worst: Sequence[Reach]) -> str:
    if not worst:
        return ""
    silent = [f"{NEEDS[one.need].label} ({one.first})" for one in worst if one.silent]
    if silent:
        return "Niet elke minuut van de week antwoordt er iemand: " + "; ".join(silent) + "."
    single = max(one.single for one in worst)
    alone = f", maar tot {_hours(single)} uur per week is dat maar één dienst" if single else ""
    return f"Op elke minuut van de week antwoordt er iemand{alone}."


def _last_column(x: int, worst: Sequence[Reach]) -> Iterator[str]:
    yield _text(x + _CELL // 2, _HEAD - 14, "antwoord nu", 'font-size="15" font-weight="bold" text-anchor="middle"')
    for line, one in enumerate(worst):
        heard = f"{_hours(WEEK - one.silent)} van {_hours(WEEK)} u"
        words = f"{heard} tekort" if one.silent else heard
        less = f"maar één dienst: {_hours(one.single)} u"
        yield from _box(x, _HEAD + _ROW * line, _SHORT if one.silent else _SHADES[-1][1], bool(one.silent), words, less)


def _hours(minutes: int) -> str:
    return f"{minutes // 60}"


def _table(cells: dict[tuple[str, str], Coverage], needs: list[str], regions: list[str]) -> Iterator[str]:
    for column, region in enumerate(regions):
        x = _LABEL + _CELL * column + _CELL // 2
        yield _text(x, _HEAD - 14, region, 'font-size="15" font-weight="bold" text-anchor="middle"')
    for line, need in enumerate(needs):
        y = _HEAD + _ROW * line
        yield _text(20, y + 27, NEEDS[need].label, 'font-size="15"')
        for column, region in enumerate(regions):
            yield from _cell(_LABEL + _CELL * column, y, cells[need, region])


def _cell(x: int, y: int, row: Coverage) -> Iterator[str]:
    shade = next((colour for least, colour in _SHADES if row.options >= least), _SHORT)
    options = f"{row.options} tekort" if row.falls_short else str(row.options)
    less = f"≤ € {AFFORDABLE:.0f}: {row.affordable} · afstand: {row.at_a_distance}"
    yield from _box(x, y, shade, row.falls_short, options, less)


def _box(x: int, y: int, shade: str, short: bool, words: str, less: str) -> Iterator[str]:
    border = f'stroke="{_INK}" stroke-width="3"' if short else 'stroke="#ffffff"'
    yield f'<rect x="{x + 2}" y="{y + 2}" width="{_CELL - 4}" height="{_ROW - 4}" fill="{shade}" {border}/>'
    middle = x + _CELL // 2
    yield _text(middle, y + 20, words, 'font-size="15" font-weight="bold" text-anchor="middle"')
    yield _text(middle, y + 36, less, 'font-size="11" text-anchor="middle"')


def _text(x: int, y: int, words: str, style: str) -> str:
    return f'<text x="{x}" y="{y}" {style}>{escape(words)}</text>'
