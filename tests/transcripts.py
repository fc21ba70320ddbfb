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

from playwright.sync_api import Browser

from tests.journeys.reader import Journey, JourneyError, read_all
from tests.journeys.walk import couple_work, faults_of, transcript, walk
from tests.screens import phone, screens
from tests.stack import Talk, running
from tests.transcript_page import Conversation, chosen, page


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
    asked_for = [journey for journey in journeys if not wanted or _name(journey) in wanted]
    if asked.pagina:
        with phone() as browser:
            found = sorted(_walked(asked_for, browser), key=lambda one: journeys.index(one.journey))
        asked.pagina.parent.mkdir(parents=True, exist_ok=True)
        asked.pagina.write_text(page(found), "utf-8")
        sys.stdout.write(f"{asked.pagina}: ")
    else:
        found = []
        for one in _walked(asked_for):
            sys.stdout.write(f"{transcript(one.journey, one.walked)}\n")
            found.append(one)
    wrong = sum(bool(faults_of(one.walked)) for one in found)
    sys.stdout.write(f"{len(found)} gesprekken, {wrong} met iets dat niet klopt.\n")
    return 1 if wrong else 0


def _walked(journeys: list[Journey], browser: Browser | None = None) -> Iterator[Conversation]:
    for moment, group in groupby(sorted(journeys, key=lambda one: one.moment), key=lambda one: one.moment):
        with (
            tempfile.TemporaryDirectory() as folder,
            running(Path(folder), NACHTLICHT_CLOCK=moment) as stack,
        ):
            couples = couple_work(stack.var / "nachtlicht.db")
            for journey in group:
                walked = walk(journey, Talk(stack), couples)
                yield Conversation(journey, walked, screens(browser, stack, journey) if browser else [])


def _name(journey: Journey) -> str:
    return journey.file.removesuffix(".yml")


if __name__ == "__main__":
    sys.exit(main())
