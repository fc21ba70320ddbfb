"""The process itself: it answers, it says nothing about anybody, and it stops when asked."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = Path(__file__).parents[3]
CANARY = "kanarie-c41d8e"
ADDRESS = "127.0.0.77"
PRINTED = re.compile(
    r"INFO: +(Started server process \[\d+\]|Waiting for application startup\.|Application startup complete\."
    r"|Uvicorn running on http://127\.0\.0\.1:\d+ \(Press CTRL\+C to quit\)|Shutting down"
    r"|Waiting for application shutdown\.|Application shutdown complete\.|Finished server process \[\d+\])"
    r"|WARNING: +(Invalid HTTP request received\.|Unsupported upgrade request\.|No supported WebSocket library.*)"
    r"|part behind the chat is down: [A-Za-z ]+"
)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The chat process with nothing behind it, and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "NACHTLICHT_PORT": str(port), "NACHTLICHT_VAR": str(tmp_path)}
    environment |= {"NACHTLICHT_RASA_PORT": "9", "NACHTLICHT_ACTIONS_PORT": "9"}
    command = [sys.executable, "-m", "bot.chat"]
    with subprocess.Popen(
        command, cwd=HOME, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield process, port
        process.kill()


def test_it_prints_nothing_about_anybody(process: tuple[subprocess.Popen[str], int], tmp_path: Path) -> None:
    server, port = process
    transport = httpx.HTTPTransport(local_address=ADDRESS)
    headers = {"user-agent": CANARY, "referer": f"https://example.be/{CANARY}"}
    with httpx.Client(transport=transport, base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        session = client.post("/api/v1/sessions", json={"tenant": "demo"}).json()["session"]
        reply = client.post("/api/v1/messages", json={"session": session, "text": CANARY}).json()
        assert reply["degraded"] is True
        assert client.post("/api/v1/messages", json={"session": CANARY, "text": CANARY}).status_code == 410
        assert client.get(f"/{CANARY}?q={CANARY}").status_code == 404
        assert client.get("/readyz").status_code == 503
        assert client.post("/api/v1/sessions/end", json={"session": session}).status_code == 503
        upgrade = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-key": CANARY}
        client.get(f"/{CANARY}", headers={**upgrade, "sec-websocket-version": "13"})
        assert "server" not in client.get("/healthz").headers
    for raw in (f"GET /{CANARY} HTTP/9.9\r\n\r\n", f"{CANARY}\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), source_address=(ADDRESS, 0)) as connection:
            connection.sendall(raw.encode())
            connection.settimeout(2)
            connection.recv(1000)
    server.send_signal(signal.SIGTERM)
    printed, _ = server.communicate(timeout=15)
    assert server.returncode in (0, -signal.SIGTERM)
    for word in (CANARY, ADDRESS, session):
        assert word not in printed
    assert [line for line in printed.splitlines() if not PRINTED.fullmatch(line)] == []
    assert [path.name for path in tmp_path.iterdir() if CANARY in path.read_bytes().decode("latin-1")] == []


def test_a_wrong_setting_is_one_clear_sentence() -> None:
    environment = {**os.environ, "NACHTLICHT_RATE": "veel"}
    done = subprocess.run(
        [sys.executable, "-m", "bot.chat"], cwd=HOME, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("chat: NACHTLICHT_RATE: not a rate")
    assert "Traceback" not in done.stderr
