"""Nothing that a person typed, and nothing that tells who typed it, stays anywhere: looked for, not reasoned about.

Each path a message may take carries canaries of its own: words, session, browser, page it came from, address. After
it the places where a computer may keep things are searched. docs/no-trace.md says what that proves and what it does
not; test_canary.py shows that the search finds what is there.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from nachtlicht.serve import FORGETFUL_MEMORY
from tests.conftest import MODEL, missing
from tests.e2e import canary
from tests.e2e.canary import Canary, Found, Watch
from tests.stack import HOME, Stack, cards_of, running, wait_until_ready

MAX_TEXT = 1000
JSON = {"content-type": "application/json"}
TURN_IS_OVER = 3.0
"""Seconds after which Rasa has broken off a turn that hangs."""

WRITTEN_IN_STATE_FOLDER = {"nachtlicht.db", "nachtlicht.db-shm", "nachtlicht.db-wal", "output.log", "supervisord.pid"}
WRITTEN_AT_HOME = {".config/rasa/global.yml", ".keras/keras.json"}
"""Rasa's note that telemetry is off, and Keras' three settings. Both are written at import and hold nothing of ours."""
HELD_OPEN = re.compile(
    r"state/(nachtlicht\.db(-shm|-wal)?|output\.log|supervisord\.pid)"
    # Rasa unpacks its model while it starts, and removes it.
    r"|tmp/tmp[^/]+/components/.*"
)
CHANGED_IN_PROJECT = re.compile(
    # Python's own and developers' tools.
    r"(^|/)(__pycache__|\.git|\.hypothesis|\.(pytest|ruff|mypy|import_linter)_cache)/"
    # Sources: somebody may edit them while the test runs. They are searched for words all the same.
    r"|\.(py|pyi|js|css|html|ya?ml|md|txt|toml|csv|json|sh|conf|svg|png)$|(^|/)(Makefile|\.done|\.dutch|run)$"
    # Another Nachtlicht that runs from this checkout, or is being trained in it.
    r"|^(var|models|results|\.rasa)/"
)

LOG_LINES = re.compile(
    r"Starting Nachtlicht \(about \d+ seconds\) …"
    r"|Nachtlicht is ready: chat http://localhost:\d+, curation http://localhost:\d+\. Ctrl-C stops it\."
    r"|INFO:     (Started|Finished) server process \[\d+\]"
    r"|INFO:     (Waiting for application (startup|shutdown)\.|Application (startup|shutdown) complete\.|Shutting down)"
    r"|INFO:     (Uvicorn running on http://127\.0\.0\.1:\d+ \(Press CTRL\+C to quit\))"
    r"|part behind the chat is down: (\w+|status \d{3})"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (WARNING|ERROR|CRITICAL) +[\w.]+ +- "
    r"(event=[a-z0-9_.]+ )?at=(\w+|\(unknown file\)):\d+( error=\w+)?"
    r"|"
)


class Visitor:
    """Somebody who talks over HTTP, all of whose traces are canaries."""

    def __init__(self, stack: Stack, path: str) -> None:
        self.stack = stack
        self.text = canary.fresh(f"{path}: text")
        agent, page = canary.plain(f"{path}: user agent"), canary.plain(f"{path}: referrer")
        address, behind = canary.loopback_address(f"{path}: address"), canary.plain(f"{path}: forwarded for")
        self.canaries = [self.text, agent, page, address, behind]
        self.headers = {
            "user-agent": f"Mozilla/5.0 ({agent.value})",
            "referer": f"https://{page.value}.example/{page.value}",
            "x-forwarded-for": behind.value,
        }
        self.client = httpx.Client(
            base_url=stack.url,
            headers=self.headers,
            timeout=20,
            transport=httpx.HTTPTransport(
                local_address=address.value, limits=httpx.Limits(max_keepalive_connections=0)
            ),
        )
        self._path = path
        self.session = ""

    def start(self) -> dict[str, Any]:
        started = self.client.post("/api/v1/sessions", json={"tenant": "demo"})
        assert started.status_code == 201, started.text
        body: dict[str, Any] = started.json()
        self.session = body["session"]
        self.canaries.append(Canary(f"{self._path}: session", self.session))
        return body

    def say(self, text: str) -> dict[str, Any]:
        answer = self.post({"session": self.session, "text": text})
        assert answer.status_code == 200, answer.text
        reply: dict[str, Any] = answer.json()
        return reply

    def post(self, body: Any, path: str = "/api/v1/messages") -> httpx.Response:
        return self.client.post(path, json=body)

    def raw(self, content: bytes, path: str = "/api/v1/messages") -> httpx.Response:
        return self.client.post(path, content=content, headers=JSON)

    def end(self) -> None:
        assert self.post({"session": self.session}, "/api/v1/sessions/end").status_code == 204


class House:
    """A running stack with a home and a temporary folder of its own, and all canaries that were let loose in it."""

    def __init__(self, stack: Stack, folder: Path, started_ns: int, watch: Watch) -> None:
        self.stack = stack
        self.folder = folder
        self.started_ns = started_ns
        self.watch = watch
        self.canaries: list[Canary] = []
        self.own_folders = [folder / name for name in ("state", "home", "tmp")]

    def search_own_folders(self, canaries: Iterable[Canary]) -> set[Found]:
        """Search everything that was printed, the database with its journals, home and temporary files."""
        files = [path for folder in self.own_folders for path in folder.rglob("*") if path.is_file()]
        assert self.stack.output in files
        return {found for path in files for found in canary.search_file(path, canaries)}

    @contextlib.contextmanager
    def stopped(self, program: str) -> Iterator[int]:
        """`program` hangs for a while: it still has its port, and answers nothing."""
        pid = self.pid(program)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield pid
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def pid(self, program: str) -> int:
        pid = self.stack.pid_of(program)
        assert pid
        return pid


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if not MODEL.exists():
        missing("no trained model: run `make train`")
    folder = tmp_path_factory.mktemp("house")
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    started_ns = time.time_ns()
    # A rate, so that the limits on turns and on new sessions work too, and see addresses.
    own = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "NACHTLICHT_RATE": "6000"}
    with running(folder / "state", **own) as stack, Watch(stack.process.pid) as watch:
        yield House(stack, folder, started_ns, watch)


# The paths. Each one says what it says with its own canaries.


def normal(house: House, visitor: Visitor) -> None:
    visitor.start()
    reply = visitor.say(f"{visitor.text.value} mijn man heeft iets met een collega, ik ben er kapot van")
    assert reply["understood"]["intent"] == "ontrouw"
    visitor.say(f"ja, waar kan ik terecht, {visitor.text.value}")
    visitor.say(f"gent {visitor.text.value}")
    reply = visitor.say(f"liefst gratis {visitor.text.value}")
    assert not reply["degraded"]


def crisis(house: House, visitor: Visitor) -> None:
    visitor.start()
    reply = visitor.say(f"hij heeft me weer geslagen {visitor.text.value}")
    assert reply["understood"]["risk"] == "partnergeweld"
    assert cards_of(reply)


def not_understood(house: House, visitor: Visitor) -> None:
    visitor.start()
    for _ in range(3):
        assert not visitor.say(visitor.text.value)["degraded"]


def plain_forms(house: House, visitor: Visitor) -> None:
    page = visitor.client.post("/gesprek", data={"do": "begin"}).text
    session = re.search(r'name="session" value="([^"]+)"', page)
    assert session
    visitor.canaries.append(Canary("plain forms: session", session[1]))
    page = visitor.client.post(
        "/gesprek", data={"session": session[1], "text": f"veel ruzie {visitor.text.value}"}
    ).text
    assert visitor.text.value in page
    assert visitor.client.post("/gesprek", data={"session": session[1], "do": "wis"}).status_code == 200


def plain_exit(house: House, visitor: Visitor) -> None:
    page = visitor.client.post("/gesprek", data={"do": "begin"}).text
    session = re.search(r'name="session" value="([^"]+)"', page)
    assert session
    visitor.canaries.append(Canary("plain exit: session", session[1]))
    visitor.client.post("/gesprek", data={"session": session[1], "text": f"veel ruzie {visitor.text.value}"})
    left = visitor.client.post("/gesprek/weg", data={"session": session[1]})
    assert left.status_code == 303
    again = visitor.client.post("/gesprek", data={"session": session[1], "text": visitor.text.value})
    assert again.status_code == 410


def wiped_in_words(house: House, visitor: Visitor) -> None:
    visitor.start()
    visitor.say(f"we hebben altijd ruzie {visitor.text.value}")
    visitor.say("wis alles")
    assert visitor.post({"session": visitor.session, "text": visitor.text.value}).status_code == 410


def action_server_killed(house: House, visitor: Visitor) -> None:
    visitor.start()
    os.kill(house.pid("actions"), signal.SIGKILL)
    assert visitor.say(f"we hebben altijd ruzie {visitor.text.value}")["degraded"]
    wait_until_ready(house.stack)


def action_server_hangs_and_the_person_leaves(house: House, visitor: Visitor) -> None:
    visitor.start()
    sender = canary.plain("hangs: sender")
    visitor.canaries.append(sender)
    body = {"session": visitor.session, "text": f"we hebben altijd ruzie {visitor.text.value}"}
    with house.stopped("actions"):
        _post_and_hang_up(house.stack.port, "/api/v1/messages", body, visitor)
        # The same one step further: the chat process hangs up on Rasa.
        turn = {"sender": sender.value, "text": body["text"], "clock": None}
        _post_and_hang_up(house.stack.rasa_port, "/turn", turn, visitor)
        canary.settle(TURN_IS_OVER)
        visitor.end()


def odd_types(house: House, visitor: Visitor) -> None:
    visitor.start()
    word = visitor.text.value
    odd: list[Any] = [{}, [], 1, None, True, {"text": word}, [word], {word: word}]
    for value in odd:
        for body in (
            value,
            {"session": visitor.session, "text": value},
            {"session": visitor.session, "payload": value, "note": word},
            {"session": value, "text": word},
            {"session": visitor.session, "text": word, "id": [word]},
        ):
            assert 400 <= visitor.post(body).status_code < 500
        for path in ("/turn", "/forget", "/model/parse"):
            for body in (value, {"sender": "s" * 20, "text": value, "note": word}, {"sender": value, "text": word}):
                httpx.post(house.stack.rasa_url + path, json=body, headers=visitor.headers)
        httpx.post(f"http://127.0.0.1:{house.stack.actions_port}/webhook", json=value, headers=visitor.headers)
    for url in (house.stack.url, house.stack.rasa_url, f"http://127.0.0.1:{house.stack.actions_port}"):
        visitor.client.get(f"{url}/{visitor.canaries[1].value}", params={"q": visitor.canaries[2].value})


def one_character_too_many(house: House, visitor: Visitor) -> None:
    visitor.start()
    text = visitor.text.value.ljust(MAX_TEXT + 1, "a")
    assert visitor.post({"session": visitor.session, "text": text}).status_code == 413
    assert visitor.post({"session": visitor.session, "text": text * 100}).status_code == 413
    httpx.post(f"{house.stack.rasa_url}/model/parse", json={"text": text * 100})


def not_even_text(house: House, visitor: Visitor) -> None:
    visitor.start()
    word = visitor.text.value.encode()
    for content in (
        b'{"session": "' + visitor.session.encode() + b'", "text": "' + word + b'\xff\xfe"}',
        b'{"session": "' + visitor.session.encode() + b'", "text": "' + word,
        word + b"\xc3\x28",
        b"\x00" + word,
    ):
        assert visitor.raw(content).status_code == 400
        for path in ("/turn", "/model/parse"):
            httpx.post(house.stack.rasa_url + path, content=content, headers=JSON)
        httpx.post(f"http://127.0.0.1:{house.stack.actions_port}/webhook", content=content, headers=JSON)
    half_a_pair = b'{"sender": "ssssssssssssssssssss", "text": "' + word + b'\\ud800"}'
    for path in ("/turn", "/model/parse"):
        httpx.post(house.stack.rasa_url + path, content=half_a_pair, headers=JSON)


def rasa_is_told_to_stop_in_a_turn(house: House, visitor: Visitor) -> None:
    _rasa_ends_in_a_turn(house, visitor, signal.SIGTERM)


def rasa_is_killed_in_a_turn(house: House, visitor: Visitor) -> None:
    _rasa_ends_in_a_turn(house, visitor, signal.SIGKILL)


def _rasa_ends_in_a_turn(house: House, visitor: Visitor, how: signal.Signals) -> None:
    visitor.start()
    rasa = house.pid("rasa")
    with house.stopped("actions"), ThreadPoolExecutor() as pool:
        asked = pool.submit(visitor.say, f"we hebben altijd ruzie {visitor.text.value}")
        time.sleep(0.5)
        os.kill(rasa, how)
        assert asked.result()["degraded"]
    _wait_until_gone(rasa)
    wait_until_ready(house.stack)
    assert not visitor.say("we hebben altijd ruzie")["degraded"]


PATHS: list[Callable[[House, Visitor], None]] = [
    normal,
    crisis,
    not_understood,
    plain_forms,
    plain_exit,
    wiped_in_words,
    odd_types,
    one_character_too_many,
    not_even_text,
    action_server_hangs_and_the_person_leaves,
    action_server_killed,
    rasa_is_told_to_stop_in_a_turn,
    rasa_is_killed_in_a_turn,
]


@pytest.mark.stack
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_a_path_leaves_nothing(house: House, path: Callable[[House, Visitor], None]) -> None:
    visitor = Visitor(house.stack, path.__name__)
    house.canaries += visitor.canaries
    path(house, visitor)
    house.canaries += [one for one in visitor.canaries if one not in house.canaries]
    canary.settle()
    assert house.search_own_folders(visitor.canaries) == set()


# What stands after all paths together.


@pytest.mark.stack
def test_no_changed_file_of_the_project_or_of_the_machine_s_temporary_folder_holds_a_word(house: House) -> None:
    shared = Path(tempfile.gettempdir())
    places = [HOME, shared, Path("/var/tmp"), Path("/dev/shm")]  # noqa: S108 – they are searched, not written
    files = {path for place in places if place.is_dir() for path in canary.changed_files(place, house.started_ns)}
    assert house.stack.output in files
    assert {found for path in files for found in canary.search_file(path, house.canaries)} == set()


@pytest.mark.stack
def test_only_files_of_the_list_are_written(house: House) -> None:
    state, home, temporary = house.own_folders
    assert {str(path.relative_to(state)) for path in state.rglob("*") if path.is_file()} <= WRITTEN_IN_STATE_FOLDER
    assert {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()} <= WRITTEN_AT_HOME
    assert [path for path in temporary.rglob("*") if path.is_file()] == []
    project = canary.changed_files(HOME, house.started_ns, but_not=[HOME / ".venv", HOME / ".venv-rasa"])
    others = {str(path.relative_to(HOME)) for path in project}
    assert {path for path in others if not CHANGED_IN_PROJECT.search(path)} == set()
    # What the processes themselves held open for writing.
    assert house.watch.looks > 20
    opened = {path.removeprefix(f"{house.folder}/") for path in house.watch.written}
    assert {path for path in opened if not HELD_OPEN.fullmatch(path)} == set()


@pytest.mark.stack
def test_every_printed_line_has_a_known_form(house: House) -> None:
    lines = house.stack.output.read_text("utf-8").splitlines()
    assert any("part behind the chat is down" in line for line in lines)
    assert [line for line in lines if not LOG_LINES.fullmatch(line)] == []


@pytest.mark.stack
def test_no_process_may_leave_a_core_dump(house: House) -> None:
    pids = [house.stack.process.pid, *canary.children(house.stack.process.pid)]
    assert len(pids) >= 5
    for pid in pids:
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert re.search(r"Max core file size +0 +0 ", limits), pid


@pytest.mark.stack
def test_no_process_speaks_to_another_machine(house: House) -> None:
    assert house.watch.looks > 20
    assert house.watch.spoken_to
    assert house.watch.strangers() == set()


def said_in_many_ways(house: House) -> list[Canary]:
    """Says a canary of its own in each way that words may come in; gives them all."""

    def fresh(way: str) -> Visitor:
        visitor = Visitor(house.stack, f"memory, {way}")
        visitor.start()
        return visitor

    answered = fresh("answered")
    answered.say(f"mijn man heeft iets met een collega {answered.text.value}")
    danger = fresh("danger")
    danger.say(f"hij heeft me weer geslagen {danger.text.value}")
    long = fresh("long")
    long.say(f"{long.text.value} en ik weet het niet meer want het gaat al maanden zo door " * 10)
    refused = fresh("too long")
    assert refused.post({"session": refused.session, "text": refused.text.value * 100}).status_code == 413
    broken = fresh("broken")
    assert broken.raw(f'{{"text": "{broken.text.value}'.encode()).status_code == 400
    forms = Visitor(house.stack, "memory, plain forms")
    plain_forms(house, forms)
    left = fresh("left during the answer")
    _post_and_hang_up(house.stack.port, "/api/v1/messages", {"session": left.session, "text": left.text.value}, left)
    return [visitor.text for visitor in (answered, danger, long, refused, broken, forms, left)]


def copies_in_memory(house: House, words: list[Canary]) -> dict[str, dict[str, int]]:
    counts = {program: canary.count_in_memory(house.pid(program), words) for program in ("rasa", "actions", "chat")}
    return {program: dict(found) for program, found in counts.items() if found}


@pytest.mark.stack
def test_no_copy_stays_in_memory(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither in an object nor in memory that was given back: that is overwritten at once (`FORGETFUL_MEMORY`).

    By hand, with NACHTLICHT_IDLE_MINUTES=30: counted again after that time, in which the sessions end by themselves.
    """
    words = said_in_many_ways(house)
    canary.settle()
    assert copies_in_memory(house, words) == {}
    minutes = float(os.environ.get("NACHTLICHT_IDLE_MINUTES", "0"))
    if minutes:
        time.sleep(60 * minutes)
        found = copies_in_memory(house, words)
        with capsys.disabled():
            sys.stdout.write(f"\n  copies in memory after {minutes:g} idle minutes: {found or 0}")
        assert found == {}


def test_memory_that_is_given_back_is_overwritten_only_because_it_is_asked_for() -> None:
    """The control of the test above: a plain process keeps what it no longer uses."""
    one = canary.fresh("text")
    program = (
        "import sys; kept = [sys.stdin.readline() + str(i) for i in range(50)]; del kept; print(flush=True)\n"
        "sys.stdin.read()"
    )
    found = {}
    for settings in ({}, FORGETFUL_MEMORY):
        with subprocess.Popen(
            [sys.executable, "-S", "-X", "utf8", "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **settings},
        ) as other:
            assert other.stdin
            assert other.stdout
            for number in range(50):
                other.stdin.write(f"{number} dit is van mij {one.value} {'en nog iets' * 20}\n".encode())
            other.stdin.flush()
            other.stdout.readline()
            found[bool(settings)] = canary.count_in_memory(other.pid, [one]).total()
            other.stdin.close()
    assert found[False] > found[True]


def _post_and_hang_up(port: int, path: str, body: dict[str, Any], visitor: Visitor) -> None:
    """Send a whole request and leave before the answer, as a tab that closes does."""
    content = json.dumps(body, ensure_ascii=False).encode()
    head = {**visitor.headers, "host": "localhost", "content-type": "application/json", "content-length": len(content)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + content)
        time.sleep(0.5)


def _wait_until_gone(pid: int, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and Path(f"/proc/{pid}").exists():
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
