"""How quick the maintainers' application is with many services: the pages that are asked for most, wall and processor.

`python -m tests.bench_curation --kind postgresql --size 30000` prints one JSON line a page: milliseconds, p50 and p95.
The application runs in this process; of PostgreSQL the processor time of its own processes is not counted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx

from nachtlicht.settings import Settings
from referral_db.areas import PLACES
from referral_db.curation.app import create_app
from referral_db.curation.site import Site
from referral_db.database import make_session_factory, upgrade
from referral_db.generate import generate
from referral_db.geography import Geography
from tests.referral_db.curation.conftest import NOW, TODAY, fill, signed_in
from tests.referral_db.curation.site_client import Page, SiteClient, changed
from tests.services import postgresql_programs, private_postgresql

PAGES = {
    "list": "/diensten",
    "last page": "/diensten?pagina=700",
    "search, one word": "/diensten?zoek=voorbeeld+7",
    "search, need and region": "/diensten?nood=ontrouw&streek=Limburg&staat=published",
    "one service": "/diensten/voorbeeld-7",
    "today": "/",
}


def measure(url: str, size: int, times: int) -> Iterator[dict[str, object]]:
    """Fills the empty database at `url`, asks each page `times` times, and gives a row for each."""
    upgrade(url)
    factory = make_session_factory(url)
    with factory() as db:
        fill(db)
        generate(db, Geography.load(PLACES), size, on=TODAY)
        db.commit()
    if url.startswith("postgresql"):
        with factory.kw["bind"].connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")  # what autovacuum does within a minute
    settings = Settings(database_url=url, clock=NOW)
    app = create_app(settings, Site(settings, factory))
    editor, publisher = signed_in(app, "editor"), signed_in(app, "publisher")
    for name, path in PAGES.items():
        yield _row(name, times, lambda path=path: editor.get(path))
    yield _row("save a draft", times, _saves(editor))
    proposal = _proposal(editor)
    yield _row("preview of a proposal", max(3, times // 10), lambda: publisher.get(proposal))
    yield _row("gaps", max(3, times // 10), lambda: editor.get("/gaten"))
    factory.kw["bind"].dispose()


def _saves(editor: SiteClient) -> Callable[[], httpx.Response]:
    """Saves another text of the draft each time; the form is read once and its version counted on."""
    path = "/diensten/schets"
    pairs = Page(editor.get(path).text).form(path)
    version = int(dict(pairs)["version"])
    saved = iter(range(10_000))

    def save() -> httpx.Response:
        number = next(saved)
        return editor.send(path, changed(pairs, description=f"Tekst {number}.", version=str(version + number)))

    return save


def _proposal(editor: SiteClient) -> str:
    response = editor.change("/diensten/voorbeeld-11", state="archived", waarom="stopt ermee")
    return response.headers["location"]


def _row(name: str, times: int, ask: Callable[[], httpx.Response]) -> dict[str, object]:
    ask()
    wall, processor = [], []
    for _ in range(times):
        start, spent = time.perf_counter(), time.process_time()
        response = ask()
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - spent)
        assert response.status_code in (200, 303), (name, response.status_code)
    parts = {
        f"{what} p{part}": _part(values, part)
        for what, values in (("wall", wall), ("processor", processor))
        for part in (50, 95)
    }
    return {"page": name, "times": times, **parts, "load": round(os.getloadavg()[0], 1)}


def _part(values: Sequence[float], part: int) -> float:
    """The smallest value that `part` percent do not pass, in milliseconds."""
    return round(sorted(values)[math.ceil(len(values) * part / 100) - 1] * 1000, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--size", type=int, default=30_000)
    parser.add_argument("--times", type=int, default=60)
    wanted = parser.parse_args()
    with contextlib.ExitStack() as stack:
        if wanted.kind == "postgresql":
            programs = postgresql_programs()
            if programs is None:
                sys.exit("PostgreSQL is not installed")
            server = stack.enter_context(private_postgresql(programs))
            url = server.url + "postgres"
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url = f"sqlite:///{Path(folder) / 'nachtlicht.db'}"
        for row in measure(url, wanted.size, wanted.times):
            sys.stdout.write(json.dumps({"kind": wanted.kind, "size": wanted.size} | row) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
