"""What happens when a part dies, hangs or loses its database: it comes back, and until then nobody meets silence.

One stack for the whole file; the tests stand in the order of how much they break.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import MODEL, missing
from tests.e2e.canary import children
from tests.stack import HOME, Stack, Talk, cards_of, running, text_of, wait_until_ready

pytestmark = pytest.mark.stack

Report = Callable[[str], None]

PORTS = ("NACHTLICHT_PORT", "NACHTLICHT_CURATION_PORT", "NACHTLICHT_RASA_PORT", "NACHTLICHT_ACTIONS_PORT")
PROGRAMS = ("actions", "chat", "curation", "rasa")
SAFE_NUMBERS = ("112", "106", "1712", "1813")
SAFE_SECONDS = 2.0
"""Check 19 of the trust checks: whatever hangs or dies, the numbers are there by then."""
STOP_SECONDS = 15.0
BUSY_SECONDS = 150.0
"""How long a start may take where other work fills the machine; a calm one has to keep to the promise."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("supervision")


@pytest.fixture(scope="module")
def own(folder: Path) -> Iterator[Stack]:
    """A stack that these tests may break."""
    if not MODEL.exists():
        missing("no trained model: run `make train`")
    with running(folder) as stack:
        yield stack


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """Shows a measurement also when all is well."""

    def show(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {line}")

    return show


def promised(seconds: float) -> float:
    """The limit on a calm machine; on one with more work than cores nothing can be promised."""
    return seconds if os.getloadavg()[0] < (os.cpu_count() or 1) else BUSY_SECONDS


def pid_of(stack: Stack, program: str) -> int:
    pid = stack.pid_of(program)
    assert pid, program
    return pid


def chat_answers(stack: Stack) -> bool:
    """Whether a new conversation gets a real answer, one that needs Rasa, the actions and the database."""
    with contextlib.suppress(httpx.HTTPError):
        return not Talk(stack).say("we hebben altijd ruzie")["degraded"]
    return False


def wait_for_chat(stack: Stack, since: float) -> float:
    while time.monotonic() - since < BUSY_SECONDS:
        if chat_answers(stack):
            return time.monotonic() - since
        time.sleep(0.25)
    raise AssertionError(stack.output.read_text("utf-8")[-2000:])


def assert_safe(talk: Talk, text: str) -> None:
    began = time.monotonic()
    reply = talk.say(text)
    assert time.monotonic() - began < SAFE_SECONDS
    assert reply["degraded"] is True
    assert reply["help_bar"] is True
    for number in SAFE_NUMBERS:
        assert re.search(rf"\b{number}\b", text_of(reply)), number


@contextlib.contextmanager
def hanging(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


# A part that hangs.


def test_a_hanging_action_server_gives_the_safe_reply_and_the_next_turn_works(own: Stack) -> None:
    talk = Talk(own)
    talk.say("we hebben altijd ruzie")
    with hanging(pid_of(own, "actions")):
        assert_safe(talk, "ja, waar kan ik terecht")
    reply = talk.say("ja, waar kan ik terecht")
    assert not reply["degraded"]
    assert "gemeente" in text_of(reply)


def test_what_hung_is_forgotten_when_the_person_wipes(own: Stack) -> None:
    talk = Talk(own)
    with hanging(pid_of(own, "actions")):
        assert_safe(talk, "hij heeft me weer geslagen")
        assert talk.end() == 204
    assert talk.post("/api/v1/messages", {"session": talk.session, "text": "hallo"}).status_code == 410


def test_a_hanging_rasa_gives_the_safe_reply_and_the_next_turn_works(own: Stack) -> None:
    talk = Talk(own)
    with hanging(pid_of(own, "rasa")):
        assert_safe(talk, "we hebben altijd ruzie")
        assert_safe(talk, "hij heeft me weer geslagen")
        assert talk.post("/api/v1/sessions/end", {"session": talk.session}).status_code == 503
    assert talk.end() == 204
    assert chat_answers(own)


def test_a_conversation_can_begin_while_rasa_hangs(own: Stack) -> None:
    with hanging(pid_of(own, "rasa")):
        began = time.monotonic()
        talk = Talk(own)
        assert time.monotonic() - began < SAFE_SECONDS
        assert "112" in "".join(message["text"] for message in talk.greeting)
    assert not talk.say("we hebben altijd ruzie")["degraded"]


# A part that dies.


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_killed_process_is_restarted_and_the_chat_answers_again(own: Stack, program: str, report: Report) -> None:
    talk = Talk(own)
    began, old = time.monotonic(), pid_of(own, program)
    os.kill(old, signal.SIGKILL)
    if program in ("actions", "rasa"):
        assert_safe(talk, "hij heeft me weer geslagen")
    while own.pid_of(program) in (None, old) and time.monotonic() - began < BUSY_SECONDS:
        time.sleep(0.1)
    assert own.pid_of(program) not in (None, old)
    took = wait_for_chat(own, began)
    wait_until_ready(own)
    report(f"{program} killed: the chat answers after {took:.1f} s")
    assert took < promised(60)
    if program != "chat":
        assert not talk.say("waar kan ik terecht")["degraded"], "the conversation goes on"


# test_no_trace.py does this with Rasa, in the middle of a turn.
@pytest.mark.parametrize("program", ["actions", "chat", "curation"])
def test_a_process_that_ends_by_itself_is_restarted(own: Stack, program: str) -> None:
    """A stray SIGTERM makes a process end with status 0, which a supervisor may take for a wish to stop."""
    old = pid_of(own, program)
    os.kill(old, signal.SIGTERM)
    began = time.monotonic()
    while own.pid_of(program) in (None, old) and time.monotonic() - began < BUSY_SECONDS:
        time.sleep(0.1)
    assert own.pid_of(program) not in (None, old)
    wait_until_ready(own)
    assert chat_answers(own)


# Ports.


@pytest.mark.parametrize("name", PORTS)
def test_a_taken_port_gives_a_clear_sentence(own: Stack, tmp_path: Path, name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = {**_free_ports(), name: taken.getsockname()[1]}
        environment = {**own.environment, "NACHTLICHT_VAR": str(tmp_path)}
        environment |= {one: str(port) for one, port in ports.items()}
        ended = subprocess.run(
            [str(HOME / ".venv/bin/nachtlicht"), "serve"], env=environment, capture_output=True, text=True, timeout=60
        )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"Port {ports[name]} is taken by another program.")
    assert f"{name}=" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


# A database that cannot be read.


def test_a_wrong_database_gives_the_safe_reply_until_it_is_right_again(own: Stack, folder: Path) -> None:
    database = folder / "nachtlicht.db"
    aside = folder / "aside"
    aside.mkdir()
    for path in folder.glob("nachtlicht.db*"):
        path.rename(aside / path.name)
    try:
        database.write_text("Dit is geen databank. " * 1000)
        os.kill(pid_of(own, "actions"), signal.SIGKILL)
        _wait_until_up(own.actions_port)
        talk = Talk(own)
        for text in ("we hebben altijd ruzie", "hij heeft me weer geslagen", "waar kan ik terecht in gent, gratis"):
            assert_safe(talk, text)
        assert httpx.get(f"{own.url}/healthz").status_code == 200
    finally:
        for path in folder.glob("nachtlicht.db*"):
            path.unlink()
        for path in aside.iterdir():
            path.rename(folder / path.name)
    # Nothing needs a restart: the next question is answered out of the right file.
    wait_until_ready(own)
    assert not talk.say("we hebben altijd ruzie")["degraded"]
    assert cards_of(talk.say("praat met een mens"))


# Stopping and starting again.


def test_ctrl_c_stops_everything_and_a_second_start_is_quick(own: Stack, folder: Path, report: Report) -> None:
    before = children(own.process.pid)
    assert len(before) >= len(PROGRAMS)
    took = own.stop()
    report(f"Ctrl-C: everything has stopped after {took:.1f} s")
    assert took < STOP_SECONDS
    assert [pid for pid in before if Path(f"/proc/{pid}").exists()] == []
    assert "Traceback" not in own.output.read_text("utf-8")

    with running(folder) as again:
        report(f"second start: ready after {again.start_seconds:.1f} s")
        assert again.start_seconds < promised(60)
        before = children(again.process.pid)
        # The worst case of a stop: a part that hangs and hears nothing.
        os.kill(pid_of(again, "actions"), signal.SIGSTOP)
        took = again.stop()
        report(f"Ctrl-C while the action server hangs: everything has stopped after {took:.1f} s")
    assert took < STOP_SECONDS
    assert [pid for pid in before if Path(f"/proc/{pid}").exists()] == []


def _wait_until_up(port: int) -> None:
    end = time.monotonic() + BUSY_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing answers on {port}")


def _free_ports() -> dict[str, int]:
    """A free port for each of the four."""
    with contextlib.ExitStack() as stack:
        probes = {name: stack.enter_context(socket.socket()) for name in PORTS}
        for probe in probes.values():
            probe.bind(("127.0.0.1", 0))
        return {name: probe.getsockname()[1] for name, probe in probes.items()}
