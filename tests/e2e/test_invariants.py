"""Random walks through the whole stack: what must hold in every conversation, however it goes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.random_walk import held_out, sentence, walk
from tests.journeys.house_rules import Reply, Watch
from tests.journeys.walk import couple_work
from tests.stack import Stack, Talk

CONVERSATIONS = 200
TURNS = 8
SEED = 20261123
SECONDS = 120.0
"""No conversation begins after this long, so that a slow machine is not kept busy."""
AT_LEAST = 40
AT_ONCE = 4


@pytest.mark.stack
def test_whatever_is_said_every_reply_keeps_the_house_rules(stack: Stack) -> None:
    sentences, couples = held_out(), couple_work(stack.var / "nachtlicht.db")
    stop_at = time.monotonic() + SECONDS

    def one(number: int) -> list[str] | None:
        if time.monotonic() > stop_at:
            return None
        chance = random.Random(SEED * 1000 + number)
        return walk(Talk(stack), chance, lambda chance: sentence(chance, sentences), couples, TURNS)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = [result for result in pool.map(one, range(CONVERSATIONS)) if result is not None]
    wrong = [result for result in results if result]
    assert len(results) >= AT_LEAST, f"only {len(results)} conversations in {SECONDS} s"
    assert not wrong, "\n\n".join([f"{len(wrong)} of {len(results)}:", *("\n".join(one) for one in wrong[:15])])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda reply: reply["messages"].clear(), "leeg", id="no message"),
        pytest.param(lambda reply: reply.update(degraded=True), "stuk is", id="degraded"),
        pytest.param(lambda reply: reply["messages"][0].update(text="Wie? Wat?"), "twee vragen", id="two questions"),
        pytest.param(lambda reply: reply["messages"][0].update(text="Please wait."), "Engels", id="English"),
        pytest.param(lambda reply: reply["messages"][0].update(text="Bel 113."), "buitenlandse", id="a Dutch line"),
        pytest.param(
            lambda reply: reply["messages"][0].update(text="Dit is uit_elkaar_gegroeid."), "code", id="a code"
        ),
        pytest.param(lambda reply: reply["understood"].update(risk="zelfdoding"), "1813 niet", id="a risk, no line"),
    ],
)
def test_the_watch_bites(change: Callable[[Reply], None], says: str) -> None:
    reply: Reply = {
        "messages": [{"text": "Ik luister.", "buttons": [], "cards": []}],
        "understood": {"intent": "dank", "confidence": 1.0, "needs": [], "risk": None},
        "help_bar": True,
        "degraded": False,
    }
    assert Watch().faults(reply) == []
    change(reply)
    assert any(says in fault for fault in Watch().faults(reply))


def test_the_watch_remembers_violence() -> None:
    watch = Watch()
    understood = {"intent": "partnergeweld", "confidence": 0.9, "needs": [], "risk": "partnergeweld"}
    message = {"text": "Ik geloof je.", "buttons": [], "cards": []}
    watch.faults({"messages": [message], "understood": understood, "help_bar": True, "degraded": False})
    later = {
        "messages": [{**message, "text": "Een bemiddelaar kan helpen."}],
        "understood": {**understood, "risk": None},
    }
    faults = watch.faults({**later, "help_bar": False, "degraded": False})
    assert any("na geweld" in fault for fault in faults)
    assert any("hulpbalk" in fault for fault in faults)


@pytest.mark.parametrize(("line", "violence"), [("1712", True), ("1813", False)])
def test_the_watch_sees_a_danger_that_an_answer_to_a_question_meant(line: str, violence: bool) -> None:
    """ "Nee" to "Voel je je veilig?" is no risk by itself: the help bar tells that the bot took it for one."""
    card: dict[str, object] = {"id": "x", "name": line, "provider_type": "hulplijn", "why": [], "not_matching": []}
    card |= {"summary": "", "price": {"text": ""}, "open": {"text": ""}, "contacts": [], "place": "", "admission": ""}
    understood = {"intent": "ontken", "confidence": 0.9, "needs": [], "risk": None}
    reply: Reply = {"messages": [{"text": "Ik geloof je.", "buttons": [], "cards": [card]}], "understood": understood}
    watch = Watch()
    assert watch.faults({**reply, "help_bar": True, "degraded": False}) == []
    reply["messages"][0] = {"text": "Een bemiddelaar kan helpen.", "buttons": [], "cards": []}
    faults = watch.faults({**reply, "help_bar": True, "degraded": False})
    assert any("na geweld" in fault for fault in faults) == violence
