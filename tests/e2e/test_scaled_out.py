"""Two chat and two Rasa processes behind nginx, with Redis and PostgreSQL: one conversation, whoever answers it.

Everything comes from deploy/: the nginx configuration, the settings, the commands of the systemd units.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis

from tests.conftest import MODEL, missing
from tests.services import (
    HOME,
    free_port,
    postgresql_programs,
    private_nginx,
    private_postgresql,
    private_redis,
    started,
    wait_for_port,
)
from tests.stack import buttons_of, cards_of, text_of

pytestmark = [pytest.mark.stack, pytest.mark.redis, pytest.mark.postgresql]

CANARY = "kanarie" + secrets.token_hex(6)
WORDS = f"mijn man heeft iets met een collega, ik ben er kapot van en weet niet wat doen {CANARY}"
KILLED_TURN_SECONDS = 20


@dataclass
class Cluster:
    """Addresses of everything, the processes by name, and what Redis and PostgreSQL were ever sent."""

    door: str
    chats: list[str]
    redis_url: str
    folder: Path
    postgresql_log: Path
    processes: dict[str, subprocess.Popen[bytes]]
    heard_by_redis: bytearray

    def kill(self, name: str) -> None:
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait(10)

    @contextlib.contextmanager
    def redis(self) -> Iterator[Redis]:
        with Redis.from_url(self.redis_url) as client:
            yield client


class Person:
    """Someone who talks; each message may go to another address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx.Client(timeout=KILLED_TURN_SECONDS)
        started = self.client.post(url + "/api/v1/sessions", json={"tenant": "demo"})
        assert started.status_code == 201, started.text
        self.session: str = started.json()["session"]

    @property
    def key(self) -> str:
        return hashlib.sha256(self.session.encode()).hexdigest()

    def send(self, url: str | None = None, **said: str) -> dict[str, Any]:
        body = {"session": self.session, "id": secrets.token_hex(8), **said}
        answer = self.client.post((url or self.url) + "/api/v1/messages", json=body)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        reply: dict[str, Any] = answer.json()
        assert text_of(reply), "a reply is never empty"
        return reply

    def end(self) -> int:
        return self.client.post(self.url + "/api/v1/sessions/end", json={"session": self.session}).status_code


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    for program in ("redis-server", "nginx"):
        if not shutil.which(program):
            missing(f"{program} is not installed")
    postgresql = postgresql_programs()
    if postgresql is None:
        missing("PostgreSQL is not installed")
    if not MODEL.exists():
        missing("no trained model: run `make train`")
    assert postgresql is not None
    folder = tmp_path_factory.mktemp("cluster")
    door, rasa_door, actions = free_port(), free_port(), free_port()
    chats, rasas = [free_port(), free_port()], [free_port(), free_port()]
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(private_postgresql(postgresql, log_statements=True))
        redis_url = stack.enter_context(private_redis(folder))
        heard = stack.enter_context(_listening_to(redis_url))
        environment = {
            **os.environ,
            **_settings(),
            "NACHTLICHT_DATABASE_URL": database.url + "postgres",
            "NACHTLICHT_REDIS_URL": redis_url,
            "NACHTLICHT_RASA_PORT": str(rasa_door),
            "NACHTLICHT_ACTIONS_PORT": str(actions),
            "NACHTLICHT_RATE": "off",
            "NACHTLICHT_VAR": str(folder),
        }
        seeding = [".venv/bin/nachtlicht", "db", "seed"]
        subprocess.run(seeding, cwd=HOME, env=environment, check=True, capture_output=True)
        processes = {}
        for unit, instances in (("rasa@", rasas), ("actions", [actions]), ("chat@", chats)):
            for number, port in enumerate(instances):
                command = _command_of(unit, port)
                own = {"NACHTLICHT_PORT": str(port)} if unit == "chat@" else {}
                log = folder / f"{unit}{number}.log"
                processes[f"{unit}{number}"] = stack.enter_context(started(command, log, {**environment, **own}))
        addresses = dict(zip(("8181", "8182", "5005", "5006", "5007"), (*chats, rasa_door, *rasas), strict=True))
        ports = {f"127.0.0.1:{usual}": f"127.0.0.1:{own}" for usual, own in addresses.items()}
        stack.enter_context(private_nginx(folder, {"listen 8080": f"listen 127.0.0.1:{door}", **ports}))
        for port in (*rasas, actions, *chats):
            wait_for_port(port, 150)
        one = Cluster(
            f"http://127.0.0.1:{door}",
            [f"http://127.0.0.1:{port}" for port in chats],
            redis_url,
            folder,
            database.log,
            processes,
            heard,
        )
        _wait_until_ready(one)
        yield one


@pytest.fixture
def arrive(cluster: Cluster) -> Iterator[Callable[[], Person]]:
    """Somebody arrives at the public door and is greeted."""
    with contextlib.ExitStack() as leave:

        def one() -> Person:
            person = Person(cluster.door)
            leave.callback(person.client.close)
            return person

        yield one


def test_one_conversation_over_both_chat_processes(cluster: Cluster, arrive: Callable[[], Person]) -> None:
    person = arrive()
    first, second = cluster.chats
    answer = person.send(first, text=WORDS)
    assert answer["understood"]["intent"] == "ontrouw"
    assert not answer["degraded"]
    assert "/zoek_hulp" in str(buttons_of(answer)) or "/bevestig" in str(buttons_of(answer))
    person.send(second, text="ja, waar kan ik terecht")
    person.send(first, text="9000")
    referrals = person.send(second, text="liefst gratis")
    assert not referrals["degraded"]
    assert cards_of(referrals), text_of(referrals)
    _assert_every_key_ends(cluster)
    # A button that one process showed is known to the other.
    shown = buttons_of(referrals)
    if shown:
        assert not person.send(first, payload=shown[0])["degraded"]
    assert person.end() == 204


def test_nginx_spreads_the_work_over_both(cluster: Cluster) -> None:
    before = _switches(cluster)
    with httpx.Client() as client:
        for _ in range(60):
            assert client.get(cluster.door + "/healthz").status_code == 200
    worked = {name: count - before[name] for name, count in _switches(cluster).items()}
    assert min(worked.values()) > 15, worked


def test_wiping_leaves_no_key(cluster: Cluster, arrive: Callable[[], Person]) -> None:
    person = arrive()
    person.send(text=WORDS)
    with cluster.redis() as redis:
        sender = _sender_of(redis, person)
        assert _traces(redis, person, sender), "the control: before wiping there is something"
        assert person.end() == 204
        assert _traces(redis, person, sender) == []
    assert person.end() == 204


def test_wiping_in_words_leaves_no_key(cluster: Cluster, arrive: Callable[[], Person]) -> None:
    person = arrive()
    person.send(text=WORDS)
    with cluster.redis() as redis:
        sender = _sender_of(redis, person)
        reply = person.send(text="wis alles")
        assert reply["understood"]["intent"] == "wis_gesprek"
        assert _traces(redis, person, sender) == []


def test_wiping_while_a_turn_runs_leaves_no_key(cluster: Cluster, arrive: Callable[[], Person]) -> None:
    for _ in range(5):
        person = arrive()
        with cluster.redis() as redis:
            sender = _sender_of(redis, person)
            with ThreadPoolExecutor(1) as other, httpx.Client(timeout=KILLED_TURN_SECONDS) as client:
                body = {"session": person.session, "text": WORDS}
                turn = other.submit(client.post, cluster.chats[0] + "/api/v1/messages", json=body)
                time.sleep(0.01)
                assert person.end() == 204
                assert _traces(redis, person, sender) == []
                turn.result()
            assert _traces(redis, person, sender) == []


def test_wiping_while_a_turn_hangs_leaves_no_key(cluster: Cluster, arrive: Callable[[], Person]) -> None:
    """The turn hangs in one Rasa process because the actions do not answer; the wipe may come to the other one."""
    for chat in cluster.chats:
        person = arrive()
        with cluster.redis() as redis, ThreadPoolExecutor(1) as other:
            sender = _sender_of(redis, person)
            cluster.processes["actions0"].send_signal(signal.SIGSTOP)
            try:
                turn = other.submit(person.send, chat, text=WORDS)
                time.sleep(0.3)
                assert person.end() == 204
                assert _traces(redis, person, sender) == []
                assert turn.result()["degraded"]
            finally:
                cluster.processes["actions0"].send_signal(signal.SIGCONT)
            time.sleep(1)
            assert _traces(redis, person, sender) == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "path", ["/model/parse", "/turn", "/forget", "/webhook", "/conversations/x/tracker", "/hsds/v3/", "/health"]
)
def test_what_is_not_the_chat_is_not_there(cluster: Cluster, path: str, method: str) -> None:
    answer = httpx.request(method, cluster.door + path, json={"text": "dag", "sender": "x" * 32})
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_a_conversation_over_https_says_so_to_browsers(cluster: Cluster) -> None:
    answer = httpx.get(cluster.chats[0] + "/healthz", headers={"x-forwarded-proto": "https"})
    assert "strict-transport-security" in answer.headers
    assert "strict-transport-security" not in httpx.get(cluster.door + "/healthz").headers


def test_the_talk_goes_on_when_processes_are_killed(cluster: Cluster, arrive: Callable[[], Person]) -> None:
    """Eight people talk while a Rasa and then a chat process are killed. Last but one: nothing is started again."""
    people = [arrive() for _ in range(8)]
    replies: list[dict[str, Any]] = []

    def talk(person: Person) -> None:
        for text in (WORDS, "ja, waar kan ik terecht", "9000", "liefst gratis", "en wat kost dat", "ik voel me rot"):
            replies.append(person.send(text=text))

    with ThreadPoolExecutor(len(people)) as pool:
        talks = [pool.submit(talk, person) for person in people]
        _wait_for(lambda: len(replies) >= 6)
        cluster.kill("rasa@0")
        _wait_for(lambda: len(replies) >= 18)
        cluster.kill("chat@0")
        for each in talks:
            each.result()
    assert len(replies) == 48
    fine = [reply for reply in replies if not reply["degraded"]]
    assert len(fine) >= 24, "most turns are really answered"
    for reply in replies:
        if reply["degraded"]:
            assert "112" in text_of(reply)
    time.sleep(1)
    for person in people:
        assert not person.send(text="we maken altijd ruzie")["degraded"]
    _assert_every_key_ends(cluster)
    with cluster.redis() as redis:
        for person in people:
            sender = _sender_of(redis, person)
            assert person.end() == 204
            assert _traces(redis, person, sender) == []


def test_no_word_stands_anywhere(cluster: Cluster, arrive: Callable[[], Person]) -> None:
    """Last: what the tests above said is in no key, no statement, no row, no log."""
    person = arrive()
    person.send(text=WORDS)
    word = CANARY.encode()
    with cluster.redis() as redis:
        for key in redis.scan_iter():
            assert word not in key + (redis.dump(key) or b"")
    heard = bytes(cluster.heard_by_redis)
    assert f"nachtlicht:session:{person.key}".encode() in heard, "the control: Redis was listened to"
    assert word not in heard
    statements = cluster.postgresql_log.read_bytes()
    assert b"parameters: $1" in statements, "the control: PostgreSQL writes down what it is asked"
    assert word not in statements
    for file in cluster.folder.rglob("*"):
        if file.is_file():
            assert word not in file.read_bytes(), file.name
    _assert_every_key_ends(cluster)
    assert person.end() == 204


def _settings() -> dict[str, str]:
    lines = (HOME / "deploy/nachtlicht.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _command_of(unit: str, port: int) -> list[str]:
    text = (HOME / f"deploy/systemd/nachtlicht-{unit}.service").read_text("utf-8")
    (line,) = [line for line in text.replace("\\\n", " ").splitlines() if line.startswith("ExecStart=")]
    return shlex.split(line.removeprefix("ExecStart=").replace("/opt/nachtlicht", str(HOME)).replace("%i", str(port)))


@contextlib.contextmanager
def _listening_to(redis_url: str) -> Iterator[bytearray]:
    """Everything that Redis is sent from now on, also what it holds for a moment only."""
    heard = bytearray()
    port = int(redis_url.rsplit(":", 1)[1].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as monitor:
        monitor.sendall(b"MONITOR\r\n")

        def listen() -> None:
            with contextlib.suppress(OSError):
                while part := monitor.recv(65536):
                    heard.extend(part)

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        yield heard
        monitor.shutdown(socket.SHUT_RDWR)
        listener.join(5)


def _wait_until_ready(cluster: Cluster) -> None:
    for url in (*cluster.chats, cluster.door):
        end = time.monotonic() + 60
        while httpx.get(url + "/readyz", timeout=10).status_code != 200:
            assert time.monotonic() < end, httpx.get(url + "/readyz", timeout=10).text
            time.sleep(0.25)


def _wait_for(happened: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def _assert_every_key_ends(cluster: Cluster) -> None:
    with cluster.redis() as redis:
        keys = list(redis.scan_iter())
        assert keys
        for key in keys:
            assert redis.pttl(key) != -1, f"{key!r} stays for ever"
            assert redis.ttl(key) <= 1800


def _traces(redis: Redis, person: Person, sender: str) -> list[bytes]:
    marks = (person.key.encode(), person.session.encode(), sender.encode())
    return [key for key in redis.scan_iter() if any(mark in key + (redis.dump(key) or b"") for mark in marks)]


def _sender_of(redis: Redis, person: Person) -> str:
    sender: str = json.loads(redis.get(f"nachtlicht:session:{person.key}"))["sender"]
    return sender


def _switches(cluster: Cluster) -> dict[str, int]:
    """How often each chat process went to sleep so far: a process that answers a request does so at least once."""
    counts = {}
    for name in ("chat@0", "chat@1"):
        status = Path(f"/proc/{cluster.processes[name].pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("voluntary_ctxt_switches")]
        counts[name] = int(line.split()[1])
    return counts
