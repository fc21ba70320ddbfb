"""Redis hangs or dies under a conversation: the safe reply is there within two seconds, and a start says why not."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import MODEL, missing
from tests.e2e.test_supervision import SAFE_NUMBERS, SAFE_SECONDS, assert_safe
from tests.services import free_port, started, wait_for_port
from tests.stack import Stack, Talk, running, wait_until_ready

pytestmark = [pytest.mark.stack, pytest.mark.redis]


class Redis:
    """A Redis of the test's own that it may stop. Nothing is kept on disk."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._log = folder / "redis.log"

    @contextlib.contextmanager
    def up(self) -> Iterator[int]:
        """Runs it; gives its process id."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with started(command, self._log) as process:
            wait_for_port(self.port)
            yield process.pid


def assert_no_beginning(stack: Stack) -> None:
    began = time.monotonic()
    answer = httpx.post(f"{stack.url}/api/v1/sessions", json={"tenant": "demo"}, timeout=20)
    assert time.monotonic() - began < SAFE_SECONDS
    assert answer.status_code == 503
    assert all(number in answer.json()["title"] for number in SAFE_NUMBERS)


def test_redis_hangs_then_dies_then_comes_back(tmp_path: Path) -> None:
    if not MODEL.exists():
        missing("no trained model: run `make train`")
    redis = Redis(tmp_path)
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(contextlib.ExitStack())
        pid = first.enter_context(redis.up())
        own = stack.enter_context(running(tmp_path / "state", NACHTLICHT_REDIS_URL=f"redis://127.0.0.1:{redis.port}/0"))
        talk = Talk(own)
        assert not talk.say("we hebben altijd ruzie")["degraded"]
        os.kill(pid, signal.SIGSTOP)
        for text in ("hij heeft me weer geslagen", "a " * 400):
            assert_safe(talk, text)
        assert_no_beginning(own)
        os.kill(pid, signal.SIGCONT)
        assert not talk.say("we hebben altijd ruzie")["degraded"], "the conversation goes on"
        first.close()
        assert_safe(talk, "hij heeft me weer geslagen")
        assert_no_beginning(own)
        stack.enter_context(redis.up())
        wait_until_ready(own)
        assert not Talk(own).say("we hebben altijd ruzie")["degraded"]
