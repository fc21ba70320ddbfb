"""One person's long message holds up nobody for long, and what is too long is said at once."""

from __future__ import annotations

import statistics
import threading
import time

import httpx
import pytest

from tests.stack import Stack, Talk

pytestmark = pytest.mark.stack

# Words of one letter were the slowest that stock Rasa could be given: 10 000 characters of them held up everybody for
# seconds, and made a bystander wait sixty times as long.
HOSTILE = ("a b " * 250)[:1000]


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


def test_the_longest_messages_do_not_hold_up_a_bystander_for_long(stack: Stack) -> None:
    talk, calm = Talk(stack), []
    for _ in range(10):
        calm.append(seconds(talk, "we hebben altijd ruzie"))
    over = threading.Event()
    sent = 0

    def shout() -> None:
        nonlocal sent
        loud = Talk(stack)
        while not over.is_set():
            assert loud.say(HOSTILE)["messages"]
            sent += 1

    shouting = threading.Thread(target=shout)
    shouting.start()
    try:
        beside = [seconds(talk, "we hebben altijd ruzie") for _ in range(20)]
    finally:
        over.set()
        shouting.join()
    assert sent >= 3
    # One message may stand before; it takes no longer than some short ones. Measured on a busy machine: 5 times.
    assert statistics.median(beside) <= 10 * statistics.median(calm), (beside, calm, sent)
    httpx.get(f"{stack.url}/healthz", timeout=1).raise_for_status()
