"""On a machine without a way out, with Redis instead of memory: nothing is sent, and Redis holds codes until a wipe."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MODEL, missing
from tests.e2e import canary, sealed
from tests.e2e.canary import Canary
from tests.stack import HOME

pytestmark = [pytest.mark.stack, pytest.mark.redis]


@pytest.fixture(scope="module")
def sealed_words() -> Canary:
    return canary.fresh("sealed: text")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, sealed_words: Canary) -> Any:
    """What was seen there, moment by moment."""
    if not MODEL.exists():
        missing("no trained model: run `make train`")
    if not shutil.which("redis-server"):
        missing("no Redis server")
    return what_is_seen(tmp_path_factory.mktemp("sealed"), sealed_words.value)


def what_is_seen(folder: Path, what: str) -> Any:
    command = [sys.executable, "-m", "tests.e2e.sealed", str(folder), what]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=500)
    if done.returncode == sealed.NO_RIGHT:
        pytest.skip("only root may make a network of its own")
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_training_does_not_even_try_to_reach_another_machine(tmp_path: Path) -> None:
    seen = what_is_seen(tmp_path, sealed.TRAIN)
    assert seen["models"] == 1, seen["output"]
    assert seen["end"] == seen["start"] == {"no_route": 0, "datagrams": 0}
    assert seen["control"]["no_route"] > 0, "the kernel does count an attempt"


def test_no_process_even_tries_to_reach_another_machine(seen: Any) -> None:
    assert seen["end"] == seen["start"] == {"no_route": 0, "datagrams": 0}
    assert seen["control"]["no_route"] > 0, "the kernel does count an attempt"


def test_redis_holds_codes_and_no_words(seen: Any, sealed_words: Canary) -> None:
    during = seen["kept"]["during"]
    assert any(key.startswith("nachtlicht:tracker:") for key in during)
    stored = json.dumps(during, ensure_ascii=False)
    assert "ontrouw" in stored
    assert "Gent" in stored
    session = Canary("session", seen["kept"]["session"])
    assert canary.search_bytes("Redis", stored.encode(), [sealed_words, session]) == set()
    everything = json.dumps(seen, ensure_ascii=False).encode()
    assert canary.search_bytes("Redis", everything, [sealed_words]) == set()


@pytest.mark.parametrize("moment", ["kept", "hung_and_wiped", "rasa_restarted"])
def test_nothing_stands_in_redis_after_the_end(seen: Any, moment: str) -> None:
    assert seen[moment]["after"] == {}


def test_the_alarm_stays_when_rasa_is_killed(seen: Any) -> None:
    assert seen["hung_and_wiped"]["degraded"] is True
    assert seen["rasa_restarted"]["help_bar"] is True
