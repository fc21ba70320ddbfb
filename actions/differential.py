"""The two differential questions about a need: one at a time, each asked once, and none that was answered already.

Their texts are curated answers of the kinds keuze_1 and keuze_2; differential.yml holds the buttons and what follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, resources
from actions.curated import DEPTHS, curated
from actions.facts import Facts, signs_of
from actions.sentences import Button, sentences, speak_text
from referral_db.taxonomy import NEEDS, RISKS

KINDS = ("keuze_1", "keuze_2")
"""The kinds of curated answer that are a question, in the order in which they are asked."""
OPEN = "difference"
OPEN_BEFORE_HELP = "difference_before_help"
"""What the conversation waits for after a question: the second goes on to places when it was answered."""
_ANSWERS = ("bevestig", "ontken", "weet_niet")
_WORRIED = "bezorgd_om_iemand"


@dataclass(frozen=True)
class Question:
    """One question about `need`. `next` gives for each of the three answers a kind of answer, or "/" and a code."""

    need: str
    kind: str
    buttons: tuple[Button, ...]
    next: Mapping[str, str]
    known: str | None
    sign: str | None
    sets: str | None
    before_help: bool

    @property
    def code(self) -> str:
        return f"{self.need} {self.kind}"

    @property
    def danger(self) -> str | None:
        """The risk that one of the answers means, if any."""
        return next((target[1:] for target in self.next.values() if target[1:] in RISKS), None)

    @property
    def leads_to(self) -> frozenset[str]:
        """The codes behind its buttons."""
        return frozenset(button["payload"][1:].partition("{")[0] for button in self.buttons)


@lru_cache(maxsize=1)
def questions() -> dict[str, tuple[Question, ...]]:
    """Return the questions of differential.yml by need. Raises ValueError for a row that leads nowhere."""
    raw = yaml.safe_load(Path(__file__).with_name("differential.yml").read_text("utf-8"))
    return {need: tuple(_read(need, kind, row) for kind, row in rows.items()) for need, rows in raw.items()}


def _read(need: str, kind: str, row: dict[str, Any]) -> Question:
    targets = {answer: row[answer] for answer in _ANSWERS if answer in row}
    known = {*DEPTHS, *KINDS, *(f"/{code}" for code in (*NEEDS, *RISKS))}
    wrong = {*set(row) - {*_ANSWERS, "buttons", "known", "sign", "sets", "before_help"}, *set(targets.values()) - known}
    if need not in NEEDS or kind not in KINDS or wrong:
        raise ValueError(f"differential.yml, {need}, {kind}: unknown {', '.join(sorted(wrong)) or 'need or kind'}")
    return Question(
        need=need,
        kind=kind,
        buttons=tuple(row["buttons"]),
        next=targets,
        known=row.get("known"),
        sign=row.get("sign"),
        sets=row.get("sets"),
        before_help=bool(row.get("before_help")),
    )


def question_to_ask(tracker: Tracker, need: str | None, facts: Facts, *, before_help: bool = False) -> Question | None:
    """Return the next question about `need` that is worth asking, None when there is none.

    After an alarm its own protocol asks. About somebody else only the questions for who worries fit.
    """
    if tracker.slots.get("risk") or tracker.slots.get("violence") or (facts.other and need != _WORRIED):
        return None
    left = (one for one in questions().get(need or "", ()) if one.before_help or not before_help)
    return next((one for one in left if not _answered(tracker, one) and _text(one)), None)


def ask(tracker: Tracker, say: CollectingDispatcher, question: Question, *, before_help: bool = False) -> Events:
    """Ask `question`; it can be skipped, and the way to people and places stays on a button."""
    ways = sentences()["skip_before_help" if before_help else "skip"]["buttons"]
    speak_text(say, _text(question) or "", buttons=[*question.buttons, *ways])
    return [
        SlotSet("difference_asked", [*_settled(tracker), question.code]),
        SlotSet("waiting_for", OPEN_BEFORE_HELP if before_help else OPEN),
    ]


def remember_said(tracker: Tracker) -> Events:
    """Remember the questions that a sign in the last message answers: "ik ben 16" says how old somebody is."""
    settled = _settled(tracker)
    return [SlotSet("difference_asked", settled)] if len(settled) > len(_asked(tracker)) else []


def open_question(tracker: Tracker) -> Question | None:
    """Return the question that waits for an answer, None when there is none."""
    if tracker.slots.get("waiting_for") not in (OPEN, OPEN_BEFORE_HELP) or not _asked(tracker):
        return None
    need, _, kind = _asked(tracker)[-1].partition(" ")
    return question_named(need, kind)


def question_named(need: str, kind: str) -> Question | None:
    """Return one question about a need."""
    return next((one for one in questions().get(need, ()) if one.kind == kind), None)


def _answered(tracker: Tracker, question: Question) -> bool:
    """Tell whether it was asked before, or said: as a fact, as a second need, or after a gentle question."""
    slots = tracker.slots
    return (
        question.code in _settled(tracker)
        or bool(question.known and slots.get(question.known))
        or question.danger in (slots.get("near_asked") or [])
        or slots.get("other_need") in question.leads_to
    )


def _settled(tracker: Tracker) -> list[str]:
    """The codes of the questions that were asked, and of those that the last message answers unasked."""
    asked, signs = _asked(tracker), signs_of(tracker)
    said = [one.code for both in questions().values() for one in both if one.sign in signs]
    return [*asked, *(code for code in said if code not in asked)]


def _text(question: Question) -> str | None:
    return curated(resources(), question.need, question.kind)


def _asked(tracker: Tracker) -> list[str]:
    return list(tracker.slots.get("difference_asked") or [])
