"""Servers of a test's own, each on a free port of the loopback address and gone afterwards: Redis, PostgreSQL, nginx.

Only the standard library: both Python environments use this.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class PostgreSQL:
    """A running server. `url` ends in a slash, a database name follows; `log` holds every statement with its values."""

    url: str
    log: Path


def postgresql_programs() -> Path | None:
    """The folder with initdb and pg_ctl of the newest PostgreSQL that is installed; None when there is none."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    found = shutil.which("pg_ctl")
    return Path(found).resolve().parent if found else None


@contextlib.contextmanager
def private_postgresql(programs: Path, *, log_statements: bool = False) -> Iterator[PostgreSQL]:
    """Start PostgreSQL without passwords and without waiting for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="nachtlicht-postgresql-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    port, data, log = free_port(), str(folder / "data"), folder / "log"

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(programs / program), *arguments]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=60)

    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    if log_statements:
        options += " -c log_statement=all"
    try:
        run("initdb", "-D", data, "-U", "nachtlicht", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        run("pg_ctl", "-D", data, "-w", "-l", str(log), "-o", options, "start")
        try:
            yield PostgreSQL(f"postgresql://nachtlicht@127.0.0.1:{port}/", log)
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def private_redis(folder: Path) -> Iterator[str]:
    """Start Redis as docs and compose file do (nothing on disk), without compression so that a test can search it.

    Gives its address.
    """
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command += ["--rdbcompression", "no", "--loglevel", "warning", "--dir", str(folder)]
    with started(command, folder / "redis.log"):
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def private_nginx(folder: Path, changes: Mapping[str, str], name: str = "nginx.conf") -> Iterator[Path]:
    """Start nginx from the file `name` of deploy/ with `changes` in it: what stands there, and what takes its place.

    Gives the folder that nginx works in.
    """
    text = (HOME / "deploy" / name).read_text("utf-8")
    for there in changes:
        if there not in text:
            raise ValueError(f"deploy/{name}: {there} is not in it")
    # All in one go: an own port must not be taken for a usual one.
    text = re.sub("|".join(map(re.escape, changes)), lambda match: changes[match[0]], text)
    prefix = folder / "nginx"
    prefix.mkdir()
    (prefix / "nginx.conf").write_text(text, "utf-8")
    command = ["nginx", "-p", f"{prefix}/", "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"]
    with started(command, folder / "nginx.log") as process:
        end = time.monotonic() + 10
        while not (prefix / "nginx.pid").exists():
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"nginx does not start: {(folder / 'nginx.log').read_text('utf-8')}")
            time.sleep(0.05)
        yield prefix


@contextlib.contextmanager
def started(
    command: list[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program with its output in `log`; ask it to stop at the end, and kill it when it does not."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=HOME, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_port(port: int, seconds: float = 10) -> None:
    """Return when something listens on `port` of the loopback address; an AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port} after {seconds} s")


def free_port() -> int:
    """A port of the loopback address that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
