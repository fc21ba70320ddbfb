"""The Dutch sentences that actions say, out of sentences.yml."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk.executor import CollectingDispatcher

from referral_db.cards import Card

Button = dict[str, str]


@lru_cache(maxsize=1)
def sentences() -> dict[str, dict[str, Any]]:
    """Return every sentence with its buttons, by name."""
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("sentences.yml").read_text("utf-8"))
    return loaded


def speak(
    say: CollectingDispatcher,
    name: str,
    *,
    cards: Sequence[Card] = (),
    first_buttons: Sequence[Button] = (),
    more_buttons: Sequence[Button] = (),
    without_buttons: bool = False,
    **values: str,
) -> None:
    """Say the sentence `name` with `cards`, and with buttons before and after its own; `values` fill its gaps."""
    sentence = sentences()[name]
    buttons = [] if without_buttons else [*first_buttons, *sentence.get("buttons", []), *more_buttons]
    speak_text(say, str(sentence["text"]).format(**values), cards=cards, buttons=buttons)


def speak_text(
    say: CollectingDispatcher, text: str, *, cards: Sequence[Card] = (), buttons: Sequence[Button] = ()
) -> None:
    """Say a text of the database or of the crisis constants."""
    say.utter_message(text=text, buttons=list(buttons), json_message={"cards": list(cards)} if cards else None)
