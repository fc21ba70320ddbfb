"""A machine without a way out: `python -m tests.e2e.sealed FOLDER WORDS` boots a stack where only loopback exists.

With `train` for the words it trains the pipeline there, on a few sentences of each code. Prints one JSON object: what
the kernel counted of attempts to reach another machine, and what stood in Redis, which here keeps sessions and
conversations, at each moment. Needs the right to make a network of its own (Linux, root) and a Redis server; status
77 where that right is missing.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis
import yaml

from tests.stack import HOME, Stack, Talk, running, wait_until_ready

NO_RIGHT = 77
_UP_AND_RUNNING = 0x1 | 0x40
_SET_FLAGS = 0x8914
REDIS_PORT = 6400
TRAIN = "train"
SENTENCES = 6
"""Of each code: enough to go through all of the training."""


def main(folder: Path, words: str) -> int:
    """Talk with `words` in every message, break things, and print what was left at each moment."""
    try:
        os.unshare(os.CLONE_NEWNET)
    except (AttributeError, OSError):
        return NO_RIGHT
    _bring_loopback_up()
    if words == TRAIN:
        sys.stdout.write(json.dumps(_training(folder)))
        return 0
    with _redis(folder) as store:
        url = f"redis://127.0.0.1:{REDIS_PORT}/0"
        before = attempts()
        with running(folder / "state", NACHTLICHT_REDIS_URL=url) as stack:
            seen = {
                "start": before,
                "kept": _a_conversation(stack, store, words),
                "hung_and_wiped": _hang_and_wipe(stack, store, words),
                "rasa_restarted": _restart_rasa(stack, store, words),
            }
        seen["end"] = attempts()
        seen["control"] = _attempt()
        sys.stdout.write(json.dumps(seen))
    return 0


def _training(folder: Path) -> dict[str, Any]:
    """Train the pipeline of config.yml as deploy/train.sh does, with the variables of the Makefile."""
    entries: dict[str, dict[str, Any]] = {}
    for path in sorted((HOME / "data/nlu").rglob("*.yml")):
        for entry in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            if "intent" in entry:
                entry["examples"] = "".join(entry["examples"].splitlines(keepends=True)[:SENTENCES])
            entries.setdefault(str({**entry, "examples": ""}), entry)
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": [*entries.values()]}), "utf-8")
    command = [".venv-rasa/bin/python", "-W", "ignore", "-m", "rasa", "train", "nlu", "--config", "config.yml"]
    command += ["--domain", "domain.yml", "--nlu", str(folder / "nlu.yml"), "--out", str(folder / "models")]
    variables = {"RASA_TELEMETRY_ENABLED": "false", "RASA_MAX_CACHE_SIZE": "0", "PYTHONPATH": "."}
    before = attempts()
    done = subprocess.run(command, cwd=HOME, env=os.environ | variables, capture_output=True, text=True)
    return {
        "start": before,
        "end": attempts(),
        "models": len(list((folder / "models").glob("*.tar.gz"))),
        "output": done.stdout[-2000:] + done.stderr[-2000:],
        "control": _attempt(),
    }


def _attempt() -> dict[str, int]:
    with contextlib.suppress(OSError):
        socket.create_connection(("192.0.2.1", 80), 1)  # an address for documentation
    return attempts()


def _a_conversation(stack: Stack, store: redis.Redis, words: str) -> dict[str, Any]:
    talk = Talk(stack)
    for text in ("mijn man heeft iets met een collega", "ja, waar kan ik terecht", "9000", "liefst gratis"):
        talk.say(f"{text} {words}")
    during = _everything_in(store)
    assert talk.end() == 204
    return {"session": talk.session, "during": during, "after": _everything_in(store)}


def _hang_and_wipe(stack: Stack, store: redis.Redis, words: str) -> dict[str, Any]:
    """Wipe while a turn hangs in the action server, then let it go on."""
    talk = Talk(stack)
    actions = stack.pid_of("actions")
    assert actions
    os.kill(actions, signal.SIGSTOP)
    reply = talk.say(f"hij heeft me weer geslagen {words}")
    assert talk.end() == 204
    at_once = _everything_in(store)
    os.kill(actions, signal.SIGCONT)
    time.sleep(2)
    return {"degraded": reply["degraded"], "at_once": at_once, "after": _everything_in(store)}


def _restart_rasa(stack: Stack, store: redis.Redis, words: str) -> dict[str, Any]:
    talk = Talk(stack)
    talk.say(f"hij heeft me weer geslagen {words}")
    rasa = stack.pid_of("rasa")
    assert rasa
    os.kill(rasa, signal.SIGKILL)
    time.sleep(0.5)
    wait_until_ready(stack)
    reply = talk.say("waar kan ik terecht")
    during = _everything_in(store)
    assert talk.end() == 204
    return {"help_bar": reply["help_bar"], "during": during, "after": _everything_in(store)}


def attempts() -> dict[str, int]:
    """What the kernel counted in this network: packets that had nowhere to go, and datagrams (a name look-up)."""
    counted: dict[str, dict[str, int]] = {}
    lines = Path("/proc/self/net/snmp").read_text().splitlines()
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        kind, *keys = names.split()
        counted[kind] = dict(zip(keys, map(int, values.split()[1:]), strict=True))
    six = dict(line.split() for line in Path("/proc/self/net/snmp6").read_text().splitlines())
    return {
        "no_route": counted["Ip:"]["OutNoRoutes"] + int(six["Ip6OutNoRoutes"]),
        "datagrams": counted["Udp:"]["OutDatagrams"] + int(six["Udp6OutDatagrams"]),
    }


def _everything_in(store: redis.Redis) -> dict[str, str]:
    found = {}
    for key in store.scan_iter("*"):
        kind = store.type(key)
        found[key.decode()] = store.get(key).decode() if kind == b"string" else f"({kind.decode()})"  # type: ignore[union-attr]
    return found


@contextlib.contextmanager
def _redis(folder: Path) -> Iterator[redis.Redis]:
    folder.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen(
        ["redis-server", "--port", str(REDIS_PORT), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    store = redis.Redis(port=REDIS_PORT)
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(redis.ConnectionError):
                store.ping()
                break
            time.sleep(0.1)
        yield store
    finally:
        store.close()
        server.terminate()
        server.wait(10)


def _bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", b"lo", _UP_AND_RUNNING))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
