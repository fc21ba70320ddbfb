"""Prints every journey as a transcript to read and sign: `.venv/bin/python -m tests.transcripts`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import groupby
from pathlib import Path

from tests.journeys.reader import Journey, JourneyError, read_all
from tests.journeys.walk import couple_work, faults_of, transcript, walk
from tests.stack import Talk, running


def main() -> int:
    """Boot one stack for each moment, walk the journeys, print them. Returns 1 where something is not as expected."""
    parser = argparse.ArgumentParser(prog="tests.transcripts", description="Drukt de tochten af als gesprekken.")
    parser.add_argument("bestand", nargs="*", help="enkel deze bestanden, bij naam: risico_zelfdoding")
    wanted = set(parser.parse_args().bestand)
    try:
        journeys = read_all()
    except JourneyError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    unknown = wanted - {_name(journey) for journey in journeys}
    if unknown:
        sys.stderr.write(f"Die bestanden zijn er niet: {', '.join(sorted(unknown))}.\n")
        return 2
    chosen = [journey for journey in journeys if not wanted or _name(journey) in wanted]
    wrong = 0
    for moment, group in groupby(sorted(chosen, key=lambda one: one.moment), key=lambda one: one.moment):
        wrong += _print_at(moment, list(group))
    sys.stdout.write(f"{len(chosen)} gesprekken, {wrong} met iets dat niet klopt.\n")
    return 1 if wrong else 0


def _print_at(moment: str, journeys: list[Journey]) -> int:
    wrong = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), NACHTLICHT_CLOCK=moment) as stack,
    ):
        couples = couple_work(stack.var / "nachtlicht.db")
        for journey in journeys:
            walked = walk(journey, Talk(stack), couples)
            sys.stdout.write(f"{transcript(journey, walked)}\n")
            wrong += bool(faults_of(walked))
    return wrong


def _name(journey: Journey) -> str:
    return journey.file.removesuffix(".yml")


if __name__ == "__main__":
    sys.exit(main())
