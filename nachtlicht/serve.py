"""Starting the four processes, and saying when they are ready."""

from __future__ import annotations

import getpass
import os
import resource
import socket
import sys
import time
from pathlib import Path

import httpx

from nachtlicht.settings import Settings

HOME = Path(__file__).resolve().parent.parent
_READY_SECONDS = 180
FORGETFUL_MEMORY = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0",
}
"""Memory that is given back is overwritten at once, so that no words stay in it: Python's own allocator and the C
library's cache for each thread would skip that. docs/no-trace.md says what it costs."""


def serve(settings: Settings) -> int:
    """Replace this process by supervisord, which runs the four, restarts one that dies and stops all on Ctrl-C.

    Returns 1 after a clear sentence when a port is taken or the model is missing.
    """
    for name, host, port in (
        ("NACHTLICHT_PORT", settings.host, settings.port),
        ("NACHTLICHT_CURATION_PORT", settings.host, settings.curation_port),
        ("NACHTLICHT_RASA_PORT", "127.0.0.1", settings.rasa_port),
        ("NACHTLICHT_ACTIONS_PORT", "127.0.0.1", settings.actions_port),
    ):
        if _taken(host, port):
            return _complain(
                f"Port {port} is taken by another program. Stop that program, or choose another port: "
                f"{name}={port + 1000} make run"
            )
    if not (HOME / "models/current.tar.gz").exists():
        return _complain("There is no trained model yet. Run: make setup")
    settings.var.mkdir(parents=True, exist_ok=True)
    # A core dump would hold what people typed.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print("Starting Nachtlicht (about 20 seconds) …", flush=True)
    supervisord = str(HOME / ".venv/bin/supervisord")
    return os.execve(supervisord, [supervisord, "-c", str(HOME / "deploy/supervisord.conf")], _environment(settings))


def _environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "NACHTLICHT_HOME": str(HOME),
        "NACHTLICHT_VAR": str(settings.var),
        "NACHTLICHT_USER": getpass.getuser(),
        "NACHTLICHT_DATABASE_URL": settings.database_url,
        "NACHTLICHT_RASA_PORT": str(settings.rasa_port),
        "NACHTLICHT_ACTIONS_PORT": str(settings.actions_port),
        # Rasa expands this name in endpoints.yml and wants it to exist.
        "NACHTLICHT_REDIS_URL": settings.redis_url or "",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(HOME),
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
        # One thread a process: two processes that each take every core are slower, not faster.
        "OMP_NUM_THREADS": "1",
        # Fewer heaps, so that memory of a busy moment is given back.
        "MALLOC_ARENA_MAX": "2",
        **FORGETFUL_MEMORY,
    }


def wait_until_ready(settings: Settings) -> int:
    """Print where to go once everything answers; 1 when it takes more than three minutes."""
    end = time.monotonic() + _READY_SECONDS
    waiting_for = "the chat process"
    while time.monotonic() < end:
        try:
            answer = httpx.get(f"http://127.0.0.1:{settings.port}/readyz", timeout=5)
            if answer.status_code == 200:
                print(
                    f"Nachtlicht is ready: chat http://localhost:{settings.port}, "
                    f"curation http://localhost:{settings.curation_port}. Ctrl-C stops it.",
                    flush=True,
                )
                return 0
            waiting_for = answer.text[:200]
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    return _complain(f"Not ready after {_READY_SECONDS} seconds. Still waiting for: {waiting_for}")


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1
