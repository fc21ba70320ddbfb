"""Fixtures of the referral database: an empty SQLite file, and a private PostgreSQL server where one is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from referral_db.database import make_engine, make_session_factory, upgrade
from referral_db.seeding import seed

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file with the tables of today and no rows."""
    url = f"sqlite:///{tmp_path / 'nachtlicht.db'}"
    upgrade(url)
    return url


@pytest.fixture(scope="session")
def _seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("seeded") / "nachtlicht.db"
    upgrade(f"sqlite:///{file}")
    sessions = make_session_factory(f"sqlite:///{file}")
    with sessions.begin() as session:
        seed(session)
    sessions.kw["bind"].dispose()  # the last connection folds the write-ahead log into the file
    return file


@pytest.fixture
def seeded_url(_seeded_file: Path, tmp_path: Path) -> str:
    """The address of a SQLite file of its own with the seed in it."""
    shutil.copy(_seeded_file, tmp_path / "seeded.db")
    return f"sqlite:///{tmp_path / 'seeded.db'}"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a private PostgreSQL server, up to and including the last slash; gone after the tests."""
    programs = _postgresql_programs()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="nachtlicht-postgresql-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*as_user, str(programs / program), *arguments],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )

    try:
        run("initdb", "-D", str(data), "-U", "nachtlicht", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://nachtlicht@127.0.0.1:{port}/"
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database without tables."""
    engine = make_engine(postgresql_server + "postgres").execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE nachtlicht_test"))
    yield postgresql_server + "nachtlicht_test"
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE nachtlicht_test WITH (FORCE)"))
    engine.dispose()


def _postgresql_programs() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    found = shutil.which("pg_ctl")
    return Path(found).resolve().parent if found else None
