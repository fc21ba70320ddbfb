"""Random walks through the whole stack: what must hold in every conversation, however it goes."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.journeys.house_rules import LINE_OF, Reply, Watch
from tests.journeys.walk import couple_work
from tests.stack import Stack, Talk

CONVERSATIONS = 200
TURNS = 8
SEED = 20261123
SECONDS = 120.0
"""No conversation begins after this long, so that a slow machine is not kept busy."""
AT_LEAST = 40
AT_ONCE = 4

_HELD_OUT = Path(__file__).resolve().parents[1] / "nlu/held_out"
_WEIGHTS = {"risk": 0.3, "needs": 0.35, "questions": 0.15, "acts": 0.1, "long": 0.05, "other": 0.05}
_PLACES = ["gent", "9000", "in leuven", "2800", "sint-niklaas", "heist", "nergensdorp", "brussel"]

_REQUESTS = [
    "waar kan ik terecht",
    "ik zoek relatietherapie",
    "kan een bemiddelaar ons helpen",
    "mijn partner wil niet mee",
    "hoe werkt relatietherapie",
    "we willen samen een cursus volgen",
    "wat kost het",
    "nog een tip",
    "wie is er nu open",
    "liefst gratis",
    "meer",
    "laat maar",
]
"""What brings cards and advice: after violence none of it may be for two partners together."""

_ANSWERS = re.compile(r"/(bevestig|ontken|weet_niet|liever_niet|geef_budget|geef_plaats)\b")
_SENTENCE = re.compile(r"(?<=[.!?]) ")
_WHICH_PLACE = "Welke plaats bedoel je?"


@pytest.mark.stack
def test_whatever_is_said_every_reply_keeps_the_house_rules(stack: Stack) -> None:
    sentences, couples = _sentences(), couple_work(stack.var / "nachtlicht.db")
    stop_at = time.monotonic() + SECONDS

    def walk(number: int) -> list[str] | None:
        if time.monotonic() > stop_at:
            return None
        return _walk(Talk(stack), random.Random(SEED * 1000 + number), sentences, couples)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = [result for result in pool.map(walk, range(CONVERSATIONS)) if result is not None]
    wrong = [result for result in results if result]
    assert len(results) >= AT_LEAST, f"only {len(results)} conversations in {SECONDS} s"
    assert not wrong, "\n\n".join([f"{len(wrong)} of {len(results)}:", *("\n".join(one) for one in wrong[:15])])


def _walk(talk: Talk, chance: random.Random, sentences: dict[str, list[str]], couples: frozenset[str]) -> list[str]:
    """One conversation; returns it up to and with the first reply that breaks a rule, or nothing."""
    watch, asked = Watch(couples), Asked()
    last: Reply = {"messages": talk.greeting}
    spoken: list[str] = []
    for _ in range(TURNS):
        buttons = [(message, button) for message in last["messages"] for button in message["buttons"]]
        if buttons and chance.random() < 0.5:
            message, button = chance.choice(buttons)
            spoken.append(f"> [{button['title']}]")
            asked.answer(message["text"], button["payload"])
            last = talk.press(button["payload"])
        else:
            text = _sentence(chance, sentences)
            spoken.append(f"> {text}")
            last = talk.say(text)
        spoken += [f"  {message['text']}" for message in last["messages"]]
        faults = [*watch.faults(last), *asked.faults(last)]
        if faults:
            return [*spoken, *(f"  !! {fault}" for fault in faults)]
        if last["understood"]["intent"] == "wis_gesprek":
            break
    return []


class Asked:
    """Remembers which questions were answered with a button: only then it is sure that they were."""

    def __init__(self) -> None:
        self._answered: set[str] = set()
        self._risk: str | None = None

    def answer(self, text: str, payload: str) -> None:
        if _ANSWERS.match(payload):
            self._answered |= _questions(text) - {_WHICH_PLACE}

    def faults(self, reply: Reply) -> list[str]:
        understood = reply["understood"]
        risk = understood["risk"] or (understood["intent"] if understood["intent"] in LINE_OF else None)
        self._reopen(understood["intent"], risk)
        asked = set().union(*(_questions(message["text"]) for message in reply["messages"]))
        return [f"vraagt opnieuw wat al beantwoord is: “{question}”" for question in sorted(asked & self._answered)]

    def _reopen(self, intent: str | None, risk: str | None) -> None:
        """What makes a question new again: starting over, another place, another danger."""
        if intent == "opnieuw" or (risk and risk != self._risk):
            self._answered.clear()
        if intent == "andere_regio":
            self._answered = {question for question in self._answered if "gemeente" not in question}
        self._risk = risk or self._risk


def _questions(text: str) -> set[str]:
    return {sentence for sentence in _SENTENCE.split(text) if sentence.endswith("?")}


def _sentence(chance: random.Random, sentences: dict[str, list[str]]) -> str:
    luck = chance.random()
    if luck < 0.1:
        return chance.choice(_PLACES)
    if luck < 0.3:
        return chance.choice(_REQUESTS)
    (kind,) = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    return chance.choice(sentences[kind])


def _sentences() -> dict[str, list[str]]:
    """The held-out sentences by kind: what people say, and nothing that the model was trained on."""
    found: dict[str, list[str]] = {kind: [] for kind in _WEIGHTS}
    for path in sorted(_HELD_OUT.glob("*.yml")):
        kind = path.stem.partition("_")[0]
        rows: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
        found[kind if kind in found else "other"] += [row["text"] for row in rows]
    return found


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
