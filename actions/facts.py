"""What the person said about their situation, as codes: it chooses between the variants of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import Tracker

from actions.base import Events, intent_of, parsed

SAID = 0.25
"""From this share on a message speaks of a need, next to the one that it is most about."""
_SURELY_SAID = 0.5
_WITH_CHILDREN = ("ouderschap", "nieuw_samengesteld_gezin")
_WORRIED = "bezorgd_om_iemand"


@dataclass(frozen=True)
class Facts:
    """`other`: it is about somebody else; `alone`: the partner does not want to come along; `children`: there are."""

    other: bool
    alone: bool
    children: bool

    def rather(self, need: str) -> tuple[str, ...]:
        """Return the codes of the answers that fit better than those of `need`, best first."""
        if self.other and need != "investeren":
            return (f"{need}_ander", _WORRIED)
        fitting = (("alleen", self.alone), ("kinderen", self.children))
        return tuple(f"{need}_{variant}" for variant, fits in fitting if fits)

    def events(self) -> Events:
        """Remember what holds; what was never said is not set."""
        about = [SlotSet("about", "ander")] if self.other else []
        kept = (("alone", self.alone), ("children", self.children))
        return [*about, *(SlotSet(slot, True) for slot, holds in kept if holds)]


def facts_of(tracker: Tracker) -> Facts:
    """Read the slots and the last message."""
    intent, slots = intent_of(tracker), tracker.slots
    said = needs_said(tracker)
    worried = intent == _WORRIED or _WORRIED in said or "ander" in signs_of(tracker)
    with_children = intent in _WITH_CHILDREN or any(
        code in _WITH_CHILDREN for code in needs_said(tracker, _SURELY_SAID)
    )
    return Facts(
        other=worried or slots.get("about") == "ander",
        alone=intent == "partner_wil_niet_mee" or bool(slots.get("alone")),
        children=with_children or bool(slots.get("children")),
    )


def signs_of(tracker: Tracker) -> list[str]:
    """Return the signs in the last message (bot/nlu/sign_detector.py)."""
    return list(parsed(tracker, "signs") or [])


def is_young(tracker: Tracker) -> bool:
    """Tell whether the last message says that who writes is under 18."""
    return "jong" in signs_of(tracker) or "jongeren" in needs_said(tracker, _SURELY_SAID)


def needs_said(tracker: Tracker, at_least: float = SAID) -> list[str]:
    """Return the needs that the last message speaks of with a confidence of `at_least`, best first."""
    return [row["code"] for row in parsed(tracker, "needs") or [] if row["confidence"] >= at_least]
