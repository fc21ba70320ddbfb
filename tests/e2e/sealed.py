"""A machine without a way out: `python -m tests.e2e.sealed FOLDER` boots a stack where only loopback exists.

Prints one JSON object: what the kernel counted of attempts to reach another machine, and what stood in Redis, which
here keeps sessions and conversations, at each moment. Needs the right to make a network of its own (Linux, root) and
a Redis server; status 77 where that right is missing.
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

from tests.stack import Stack, Talk, running, wait_until_ready

NO_RIGHT = 77
_UP_AND_RUNNING = 0x1 | 0x40
_SET_FLAGS = 0x8914
REDIS_PORT = 6400


def main(folder: Path, words: str) -> int:
    """Talk with `words` in every message, break things, and print what was left at each moment."""
    try:
        os.unshare(os.CLONE_NEWNET)
    except (AttributeError, OSError):
        return NO_RIGHT
    _bring_loopback_up()
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
        with contextlib.suppress(OSError):
            socket.create_connection(("192.0.2.1", 80), 1)  # an address for documentation
        seen["control"] = attempts()
        sys.stdout.write(json.dumps(seen))
    return 0


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
