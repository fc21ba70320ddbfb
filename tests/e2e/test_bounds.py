"""Somebody's flood of long messages holds up nobody else, and what is too long is said at once."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import MODEL, missing
from tests.stack import Stack, Talk, running

pytestmark = pytest.mark.stack

# Words of one letter were the slowest that stock Rasa could be given: 10 000 characters of them held up everybody for
# seconds, and made a bystander wait sixty times as long.
HOSTILE = ("a b " * 250)[:1000]
BESIDE = [
    "we hebben altijd ruzie",
    "ik wil er niet over praten",
    "mijn man heeft iets met een collega",
    "waar kan ik terecht",
]


def seconds(talk: Talk, text: str) -> float:
    began = time.monotonic()
    talk.say(text)
    return time.monotonic() - began


def test_what_is_too_long_is_answered_kindly_and_at_once(stack: Stack) -> None:
    talk = Talk(stack)
    took = []
    for size in (1001, 15_000, 20_000, 200_000, 1001):
        began = time.monotonic()
        answer = talk.post("/api/v1/messages", {"session": talk.session, "text": "a " * (size // 2) + "a"})
        took.append(time.monotonic() - began)
        assert answer.status_code == 413
        assert answer.json()["title"].startswith("Je bericht is te lang.")
    assert statistics.median(took) <= 0.2, took


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


@contextlib.contextmanager
def flood(stack: Stack, body: dict[str, str]) -> Iterator[list[int]]:
    """Somebody who sends `body` as fast as it is answered. Gives the statuses of the answers."""
    over, answers = threading.Event(), list[int]()
    loud = Talk(stack)

    def shout() -> None:
        while not over.is_set():
            answers.append(loud.post("/api/v1/messages", {"session": loud.session, **body}).status_code)

    shouting = threading.Thread(target=shout)
    shouting.start()
    try:
        yield answers
    finally:
        over.set()
        shouting.join()


def bystander(stack: Stack, turns: int) -> list[float]:
    """Seconds of the turns of somebody who takes their time."""
    talk, took = Talk(stack), []
    for turn in range(turns):
        took.append(seconds(talk, BESIDE[turn % len(BESIDE)]))
        time.sleep(0.1)
    return took


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """With the limits that a service on the internet has, but for a rate that lets the bystander of a test hurry."""
    if not MODEL.exists():
        missing("no trained model: run `make train`")
    with running(tmp_path_factory.mktemp("limited"), NACHTLICHT_RATE="600") as one:
        yield one


@pytest.mark.parametrize(
    "size", [1000, 1001, 15_000], ids=["the longest allowed", "one too many", "a body just allowed"]
)
def test_a_flood_leaves_the_others_their_pace(limited: Stack, size: int) -> None:
    bystander(limited, 10)
    before = bystander(limited, 40)
    with flood(limited, {"text": (HOSTILE * 15)[:size]}) as answers:
        beside = bystander(limited, 40)
    after = bystander(limited, 40)
    assert set(answers) <= ({200, 429} if size <= 1000 else {413})
    assert len(answers) >= 4
    calm = max(p95(before), p95(after))
    # Measured, two runs: 0.9 times. The rest is for a machine on which others work too.
    assert p95(beside) <= 2 * calm + 0.05, (beside, before, after, len(answers))


def test_where_nothing_is_limited_a_long_message_is_read_beside_the_others(stack: Stack) -> None:
    calm = bystander(stack, 20)
    with flood(stack, {"text": HOSTILE}) as answers:
        beside = bystander(stack, 30)
    assert answers.count(200) >= 3
    # Measured: 1.3 to 2.2 times. It was 8 times when each message was read in its turn.
    assert statistics.median(beside) <= 4 * statistics.median(calm), (beside, calm, len(answers))
    httpx.get(f"{stack.url}/healthz", timeout=1).raise_for_status()
