"""All four processes on ports of their own, with a database and a state folder of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

HOME = Path(__file__).resolve().parent.parent
_START_SECONDS = 150


@dataclass
class Stack:
    """A running Nachtlicht. `output` is the file with everything that the processes printed."""

    port: int
    curation_port: int
    rasa_port: int
    actions_port: int
    var: Path
    output: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str] = field(repr=False)
    start_seconds: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def curation_url(self) -> str:
        return f"http://127.0.0.1:{self.curation_port}"

    @property
    def rasa_url(self) -> str:
        return f"http://127.0.0.1:{self.rasa_port}"

    def pid_of(self, program: str) -> int | None:
        """The process id of `rasa`, `actions`, `chat` or `curation`; None while it is being restarted."""
        marks = {
            "rasa": "bot.rasa_runtime",
            "actions": "-m actions",
            "chat": "-m bot.chat",
            "curation": "-m referral_db.curation",
        }
        for child in _children(self.process.pid):
            with contextlib.suppress(OSError):
                line = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                if marks[program] in line:
                    return child
        return None

    def stop(self) -> float:
        """Stop as Ctrl-C does; return the seconds it took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
        return time.monotonic() - began


class Talk:
    """One conversation over the public API."""

    def __init__(self, stack: Stack) -> None:
        # No connection stays open between turns: nobody closes a Talk, and an open socket is a warning, so an error.
        self._client = httpx.Client(base_url=stack.url, timeout=20, limits=httpx.Limits(max_keepalive_connections=0))
        started = self._client.post("/api/v1/sessions", json={"tenant": "demo"})
        started.raise_for_status()
        self.session: str = started.json()["session"]
        self.greeting: list[dict[str, Any]] = started.json()["messages"]

    def say(self, text: str) -> dict[str, Any]:
        return self._send({"text": text})

    def press(self, payload: str) -> dict[str, Any]:
        return self._send({"payload": payload})

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self._client.post(path, json=body)

    def end(self) -> int:
        return self._client.post("/api/v1/sessions/end", json={"session": self.session}).status_code

    def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.post("/api/v1/messages", json={"session": self.session, **body})
        assert answer.status_code == 200, (answer.status_code, answer.text)
        reply: dict[str, Any] = answer.json()
        return reply


def text_of(reply: dict[str, Any]) -> str:
    """All sentences of a reply."""
    return "\n".join(message["text"] for message in reply["messages"])


def cards_of(reply: dict[str, Any]) -> list[dict[str, Any]]:
    """All cards of a reply."""
    return [card for message in reply["messages"] for card in message["cards"]]


def buttons_of(reply: dict[str, Any]) -> list[str]:
    """The payloads of all buttons of a reply."""
    return [button["payload"] for message in reply["messages"] for button in message["buttons"]]


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[Stack]:
    """Start the four processes with state in `folder`, wait until they are ready, and stop them at the end."""
    port, curation_port, rasa_port, actions_port = (_free_port() for _ in range(4))
    environment = {
        **os.environ,
        "NACHTLICHT_VAR": str(folder),
        "NACHTLICHT_DATABASE_URL": f"sqlite:///{folder / 'nachtlicht.db'}",
        "NACHTLICHT_PORT": str(port),
        "NACHTLICHT_CURATION_PORT": str(curation_port),
        "NACHTLICHT_RASA_PORT": str(rasa_port),
        "NACHTLICHT_ACTIONS_PORT": str(actions_port),
        "NACHTLICHT_RATE": "off",
        **settings,
    }
    nachtlicht = str(HOME / ".venv/bin/nachtlicht")
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([nachtlicht, "db", "seed"], env=environment, check=True, capture_output=True, cwd=HOME)
    output = folder / "output.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [nachtlicht, "serve"],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=HOME,
            start_new_session=True,
        )
    stack = Stack(port, curation_port, rasa_port, actions_port, folder, output, process, environment)
    try:
        stack.start_seconds = wait_until_ready(stack)
        yield stack
    finally:
        stack.stop()


def wait_until_ready(stack: Stack, seconds: float = _START_SECONDS) -> float:
    """Wait for `readyz`; return the seconds it took, or fail with what was printed so far."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{stack.url}/readyz", timeout=5).status_code == 200:
                return time.monotonic() - began
        if stack.process.poll() is not None:
            break
        time.sleep(0.25)
    raise AssertionError(f"not ready after {seconds} s:\n{stack.output.read_text('utf-8')[-3000:]}")


def _children(pid: int) -> list[int]:
    try:
        direct = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return direct + [grandchild for child in direct for grandchild in _children(child)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
