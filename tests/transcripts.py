"""Prints every journey as a transcript to read and sign: `.venv/bin/python -m tests.transcripts`.

With `--pagina FILE` it writes the 30 that tell most as one page instead: `make transcripts`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tests.journeys.reader import Journey, JourneyError, read_all
from tests.journeys.walk import Walked, couple_work, faults_of, transcript, walk
from tests.stack import Talk, running
from tests.transcript_page import chosen, page


def main() -> int:
    """Boot one stack for each moment and walk the journeys. Returns 1 where something is not as expected."""
    parser = argparse.ArgumentParser(prog="tests.transcripts", description="Drukt de tochten af als gesprekken.")
    parser.add_argument("bestand", nargs="*", help="enkel deze bestanden, bij naam: risico_zelfdoding")
    parser.add_argument("--pagina", type=Path, help="schrijf de 30 meest sprekende gesprekken als één pagina")
    asked = parser.parse_args()
    wanted = set(asked.bestand)
    try:
        journeys = chosen(read_all()) if asked.pagina else read_all()
    except JourneyError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    unknown = wanted - {_name(journey) for journey in journeys}
    if unknown:
        sys.stderr.write(f"Die bestanden zijn er niet: {', '.join(sorted(unknown))}.\n")
        return 2
    walks = _walked([journey for journey in journeys if not wanted or _name(journey) in wanted])
    if asked.pagina:
        found = sorted(walks, key=lambda one: journeys.index(one[0]))
        asked.pagina.parent.mkdir(parents=True, exist_ok=True)
        asked.pagina.write_text(page(found), "utf-8")
        sys.stdout.write(f"{asked.pagina}: ")
    else:
        found = []
        for journey, walked in walks:
            sys.stdout.write(f"{transcript(journey, walked)}\n")
            found.append((journey, walked))
    wrong = sum(bool(faults_of(walked)) for _, walked in found)
    sys.stdout.write(f"{len(found)} gesprekken, {wrong} met iets dat niet klopt.\n")
    return 1 if wrong else 0


def _walked(journeys: list[Journey]) -> Iterator[tuple[Journey, list[Walked]]]:
    for moment, group in groupby(sorted(journeys, key=lambda one: one.moment), key=lambda one: one.moment):
        with (
            tempfile.TemporaryDirectory() as folder,
            running(Path(folder), NACHTLICHT_CLOCK=moment) as stack,
        ):
            couples = couple_work(stack.var / "nachtlicht.db")
            for journey in group:
                yield journey, walk(journey, Talk(stack), couples)


def _name(journey: Journey) -> str:
    return journey.file.removesuffix(".yml")


if __name__ == "__main__":
    sys.exit(main())
