"""A conversation that goes anywhere: sentences that people say, buttons that stand there, and codes at random."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import yaml

from bot.nlu.codes import NEEDS, RISKS
from tests.journeys.house_rules import LINE_OF, Reply, Watch

HOME = Path(__file__).resolve().parents[2]
_HELD_OUT = HOME / "tests/nlu/held_out"
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
_ENTITIES = {
    "place": ["9000 Gent", "1000 Brussel", "3600 Genk"],
    "budget": ["0", "15", "geen_grens"],
    "channel": ["chat", "telefoon", "ter_plaatse"],
    "time": ["nu", "morgen 8-12"],
    "language": ["fr", "tr", "en"],
    "about": ["ander", "zelf"],
    "children": [True],
    "increased_allowance": [True],
}
Said = str | dict[str, Any]


class Talker(Protocol):
    """One conversation: over HTTP, or without."""

    greeting: list[dict[str, Any]]

    def say(self, text: Any) -> Reply: ...

    def press(self, payload: str) -> Reply: ...


def walk(
    talk: Talker,
    chance: random.Random,
    say: Callable[[random.Random], Said],
    couples: frozenset[str],
    turns: int,
    understood: Callable[[Said], dict[str, Any]] | None = None,
) -> list[str]:
    """Hold one conversation; return it up to and with the first reply that breaks a rule, or nothing.

    `say` draws what to say next. `understood` gives the parse result of it: then what was typed counts as said too.
    """
    watch, asked = Watch(couples), Asked()
    last: Reply = {"messages": talk.greeting}
    spoken: list[str] = []
    for _ in range(turns):
        buttons = [(message, button) for message in last["messages"] for button in message["buttons"]]
        if buttons and chance.random() < 0.5:
            message, button = chance.choice(buttons)
            spoken.append(f"> [{button['title']}]")
            asked.answer(message["text"], button["payload"])
            last = talk.press(button["payload"])
        else:
            said = say(chance)
            spoken.append(f"> {said}")
            if understood:
                asked.read(last, understood(said))
            last = talk.say(said)
        spoken += [f"  {message['text']}" for message in last["messages"]]
        faults = [*watch.faults(last), *asked.faults(last)]
        if faults:
            return [*spoken, *(f"  !! {fault}" for fault in faults)]
        if last["understood"]["intent"] == "wis_gesprek":
            break
    return []


class Asked:
    """Remembers which questions were answered: with a button, or with words that a place or a price was read from."""

    def __init__(self) -> None:
        self._answered: set[str] = set()
        self._risk: str | None = None

    def answer(self, text: str, payload: str) -> None:
        if _ANSWERS.match(payload):
            self._answered |= _questions(text) - {_WHICH_PLACE}

    def read(self, last: Reply, parsed: dict[str, Any]) -> None:
        risk = (parsed.get("risk") or {}).get("code") or parsed["intent"]["name"] in RISKS
        found = {entity["entity"] for entity in parsed.get("entities") or []}
        for entity, word in (("place", "gemeente"), ("budget", "kosten")):
            if entity in found and not risk:
                questions = set().union(*(_questions(message["text"]) for message in last["messages"]))
                self._answered |= {question for question in questions if word in question}

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


def sentence(chance: random.Random, sentences: dict[str, list[str]]) -> str:
    """Draw something that people say: a place, a request, or a held-out sentence."""
    luck = chance.random()
    if luck < 0.1:
        return chance.choice(_PLACES)
    if luck < 0.3:
        return chance.choice(_REQUESTS)
    (kind,) = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    return chance.choice(sentences[kind])


def held_out() -> dict[str, list[str]]:
    """The held-out sentences by kind: what people say, and nothing that the model was trained on."""
    found: dict[str, list[str]] = {kind: [] for kind in _WEIGHTS}
    for path in sorted(_HELD_OUT.glob("*.yml")):
        kind = path.stem.partition("_")[0]
        rows: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
        found[kind if kind in found else "other"] += [row["text"] for row in rows]
    return found


def codes(chance: random.Random, intents: list[str], signs: list[str]) -> dict[str, Any]:
    """Draw a parse result that the model might give for some sentence: any code with any other, sure or unsure."""
    intent = chance.choice(intents)
    risk = intent if intent in RISKS and chance.random() < 0.7 else None
    needs = chance.sample(NEEDS, chance.choice([0, 0, 1, 2]))
    named = [name for name in _ENTITIES if chance.random() < 0.08]
    return {
        "intent": {"name": intent, "confidence": round(chance.uniform(0.2, 1), 2)},
        "entities": [
            {"entity": name, "value": chance.choice(_ENTITIES[name]), "start": 0, "end": 0, "extractor": "chance"}
            for name in named
        ],
        "needs": [{"code": code, "confidence": round(chance.uniform(0.05, 0.9), 2)} for code in needs],
        "risk": {
            "code": risk,
            "confidence": 0.9 if risk else 0.0,
            "near": None if risk or chance.random() < 0.8 else chance.choice(RISKS),
        },
        "signs": [one for one in signs if chance.random() < 0.03] or None,
    }
