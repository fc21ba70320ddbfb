"""How the search grows with the number of services: times, processor time and memory on SQLite and PostgreSQL.

`make growth` measures 100 to 100 000 made-up services and writes docs/search_growth.jsonl (what was measured), .svg and
.md. `python -m tests.bench_search --sizes 100 1000 --searches 100 --out FILE` measures less.
Each database is measured by a process of its own, so that its memory is that of one search process.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import text

from nachtlicht.clock import BRUSSELS
from referral_db.areas import PLACES
from referral_db.database import make_engine, make_session_factory, upgrade
from referral_db.generate import generate
from referral_db.geography import PROVINCES, Geography
from referral_db.search import Query, search
from referral_db.taxonomy import NEEDS
from tests.growth_picture import Growth, describe, draw_growth
from tests.services import HOME, postgresql_programs, private_postgresql

SIZES = (100, 1_000, 10_000, 30_000, 100_000)
SEARCHES = 1_000
WARM_UP = 5
"""Searches that are not counted: the first one of a process makes the index in memory."""


def measured(url: str, kind: str, size: int, searches: int) -> Growth:
    """Searches `searches` times in this process, a session each, as the actions do."""
    wall, processor, first = search_times(url, searches)
    return Growth(
        kind,
        size,
        searches,
        *(round(_part(times, part) * 1000, 3) for times in (wall, processor) for part in (50, 95)),
        index_seconds=round(first, 2),
        memory=round(_resident(), 1),
        cores=os.cpu_count() or 1,
        load=round(os.getloadavg()[0], 1),
    )


def search_times(url: str, count: int) -> tuple[list[float], list[float], float]:
    """Seconds of each of `count` different searches, those of the processor, and those of the first search of all."""
    draw = random.Random(1)
    geography = Geography.load(PLACES)
    places = [place for province in (*PROVINCES, "Brussel") for place in geography.municipalities(province)]
    monday = dt.datetime(2026, 11, 23, tzinfo=BRUSSELS)
    sessions = make_session_factory(url)
    wall, processor = [], []
    for _ in range(count + WARM_UP):
        query = Query(
            needs=(draw.choice(sorted(NEEDS)),),
            place=draw.choice([*places, None]),
            at=monday + dt.timedelta(minutes=draw.randrange(7 * 24 * 60)),
            max_price=draw.choice([None, None, 0, 15, 60]),
            channel=draw.choice([None, None, "telefoon", "chat", "ter_plaatse"]),
        )
        began, worked = time.perf_counter(), time.process_time()
        with sessions() as session:
            search(session, geography, query)
        processor.append(time.process_time() - worked)
        wall.append(time.perf_counter() - began)
    sessions.kw["bind"].dispose()
    return wall[WARM_UP:], processor[WARM_UP:], wall[0]


@contextlib.contextmanager
def databases(sizes: Sequence[int], folder: Path) -> Iterator[Iterator[tuple[str, int, str]]]:
    """Kind, size and address of each database with made-up services, filled as it is asked for."""
    programs = postgresql_programs()
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(private_postgresql(programs)) if programs else None

        def filled() -> Iterator[tuple[str, int, str]]:
            for size in sizes:
                urls = {"sqlite": f"sqlite:///{folder / f'{size}.db'}"}
                if server:
                    urls["postgresql"] = f"{server.url}nachtlicht_{size}"
                    _create_database(server.url, f"nachtlicht_{size}")
                for kind, url in urls.items():
                    say(f"Search: {size} services on {kind}")
                    fill(url, size)
                    yield kind, size, url

        yield filled()


def fill(url: str, size: int) -> None:
    """Makes the tables and `size` services in them."""
    upgrade(url)
    sessions = make_session_factory(url)
    with sessions() as session:
        generate(session, Geography.load(PLACES), size, on=dt.date(2026, 11, 23))
        if url.startswith("postgresql"):  # what its housekeeping does by itself, only later
            session.execute(text("ANALYZE"))
            session.commit()
    sessions.kw["bind"].dispose()


def measure(sizes: Sequence[int], searches: int) -> Iterator[Growth]:
    """Measures every database in a process of its own, the small ones first."""
    with tempfile.TemporaryDirectory(prefix="nachtlicht-growth-") as name, databases(sizes, Path(name)) as filled:
        for kind, size, url in filled:
            command = [sys.executable, "-m", "tests.bench_search", "--one", url, kind, str(size), str(searches)]
            answer = subprocess.run(command, cwd=HOME, check=True, stdout=subprocess.PIPE, text=True)
            yield Growth(**json.loads(answer.stdout))


def read(path: Path) -> list[Growth]:
    """What was measured, out of the file that `write` made."""
    return [Growth(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def write(rows: Iterable[Growth], out: Path) -> None:
    """Writes what was measured beside its picture and its words: `out` with .jsonl, .svg and .md."""
    rows = list(rows)
    lines = "".join(json.dumps(asdict(row)) + "\n" for row in rows)
    out.with_suffix(".jsonl").write_text(lines, "utf-8")
    out.with_suffix(".svg").write_text(draw_growth(rows), "utf-8")
    out.with_suffix(".md").write_text(describe(rows), "utf-8")


def say(what: str) -> None:
    sys.stderr.write(what + "\n")
    sys.stderr.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench_search", description="Measure how the search grows.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help=f"numbers of services (default {SIZES})")
    parser.add_argument("--searches", type=int, default=SEARCHES, help=f"of each (default {SEARCHES})")
    parser.add_argument("--out", type=Path, default=HOME / "docs/search_growth", help="files without their ending")
    parser.add_argument("--one", nargs=4, metavar=("URL", "KIND", "SIZE", "SEARCHES"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        url, kind, size, searches = chosen.one
        sys.stdout.write(json.dumps(asdict(measured(url, kind, int(size), int(searches)))) + "\n")
        return 0
    write(measure(chosen.sizes, chosen.searches), chosen.out)
    return 0


def _part(values: Sequence[float], part: int) -> float:
    """The value that `part` in a hundred stay at or under."""
    return sorted(values)[math.ceil(len(values) * part / 100) - 1]


def _resident() -> float:
    """Memory of this process in MiB; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def _create_database(server: str, name: str) -> None:
    engine = make_engine(server + "postgres").execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
