"""What is told on "wat weet je van mij?" is all that is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.memory import TellMemory
from tests.actions.conftest import Run

DOMAIN = yaml.safe_load((Path(__file__).parents[2] / "domain.yml").read_text("utf-8"))

KEPT = {
    "need": ("ontrouw", "vertrouwen geschonden"),
    "other_need": ("seksualiteit", "seks en intimiteit"),
    "place": ("9000 Gent", "9000 Gent"),
    "budget": ("0", "wat het mag kosten"),
    "increased_allowance": (True, "verhoogde tegemoetkoming"),
    "channel": ("chat", "chat"),
    "time": ("morgen 8-12", "wanneer (morgen 8-12u)"),
    "language": ("fr", "je taal (Frans)"),
    "children": (True, "kinderen"),
    "about": ("ander", "zorgen om iemand"),
    "alone": (True, "partner niet mee wil"),
    "age": ("12_17", "12 tot en met 17"),
    "risk": ("partnergeweld", "aandacht vraagt"),
    "near_asked": (["zelfdoding"], "aandacht vraagt"),
}
"""What a slot holds about the person, and how that is told."""
OF_THE_CONVERSATION = {
    *("place_options", "violence", "situation", "warned", "asked", "feedback_asked"),
    *("told", "difference_asked", "waiting_for", "doubts", "shown"),
}
"""Slots about what the bot said or asked. Violence and its words follow from the risk, which is told."""


def test_every_slot_is_told_or_says_nothing_about_the_person() -> None:
    assert set(DOMAIN["slots"]) == set(KEPT) | OF_THE_CONVERSATION


@pytest.mark.parametrize("slot", KEPT)
def test_it_is_told(run: Run, slot: str) -> None:
    value, words = KEPT[slot]
    messages, _ = run(TellMemory(), "vraag_anonimiteit", slots={slot: value})
    assert words in messages[-1]["text"]
    assert "/wis_gesprek" in [button["payload"] for button in messages[-1]["buttons"]]


def test_all_together_stays_short_enough_to_read(run: Run) -> None:
    slots: dict[str, Any] = {slot: value for slot, (value, _) in KEPT.items()}
    messages, _ = run(TellMemory(), "vraag_anonimiteit", slots=slots)
    assert len(messages[-1]["text"].split()) <= 60


def test_after_danger_what_is_kept_is_told_without_which_it_is(run: Run) -> None:
    """Somebody else at the same device may ask."""
    slots = {"risk": "partnergeweld", "need": "twijfel_scheiden", "place": "9000 Gent", "budget": "0", "age": "12_17"}
    messages, _ = run(TellMemory(), "vraag_anonimiteit", slots=slots)
    text = messages[-1]["text"]
    assert all(what in text for what in ("het onderwerp", "de plaats", "wat het mag kosten", "je leeftijd"))
    assert not any(which in text.lower() for which in ("twijfel", "gent", "12", "("))


def test_which_danger_it_was_is_not_named(run: Run) -> None:
    messages, _ = run(TellMemory(), "vraag_anonimiteit", slots={"risk": "zelfdoding", "near_asked": ["partnergeweld"]})
    assert "zelf" not in messages[-1]["text"].lower()
    assert "geweld" not in messages[-1]["text"].lower()


@pytest.mark.parametrize("slots", [{}, {"place": "overgeslagen", "budget": "overgeslagen", "about": "zelf"}])
def test_nothing_known_is_said_too(run: Run, slots: dict[str, Any]) -> None:
    messages, _ = run(TellMemory(), "vraag_anonimiteit", slots=slots)
    assert "niets" in messages[-1]["text"]
