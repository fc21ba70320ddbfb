"""Curated answers about a need: which one comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rasa_sdk.interfaces import Tracker

from actions.base import Resources, resources
from actions.facts import Facts
from actions.sentences import sentences
from nachtlicht.clock import is_night, now
from referral_db.answers import find_answer

FIRST = "eerste"
DEPTHS = (FIRST, "tips", "waarom", "vroeg", "hulp")
"""The kinds of answer about a need, in the order in which they are given to who asks for more."""


def told_about(tracker: Tracker, need: str) -> list[str]:
    """Return the kinds of answer that were given about `need`; about another need than the present one none."""
    return list(tracker.slots.get("told") or []) if need == tracker.slots.get("need") else []


def next_about(
    tracker: Tracker, need: str, told: Sequence[str], facts: Facts, first: str | None = None
) -> tuple[str | None, str]:
    """Return the kind and the text of the answer about `need` after those of `told`; None and listening after the last.

    `first` is the kind that fits best now; said before, or expired, the next one in order comes. Once violence was said
    nothing is asked of two partners together: the curated answers may.
    """
    if tracker.slots.get("violence"):
        name = "still_listening" if told else "need_after_violence"
        own = name if told else f"{need}_after_violence"
        return (None if told else FIRST), str(sentences().get(own, sentences()[name])["text"])
    left = [kind for kind in DEPTHS if kind not in told]
    if first and (first == FIRST or first in left):
        left = [first, *left]
    for kind in left:
        if text := curated(resources(), need, kind, facts.rather(need)):
            return kind, text
        if kind == FIRST:
            # Too old to be given: listening, with the way to people under it.
            return FIRST, str(sentences()["still_listening"]["text"])
    return None, str(sentences()["still_listening"]["text"])


def curated(have: Resources, code: str, kind: str, rather: Sequence[str] = ()) -> str | None:
    """Return the curated answer that may be shown now, or None."""
    moment: dt.datetime = now(have.settings)
    with have.sessions() as session:
        return find_answer(session, code, kind, night=is_night(moment), today=moment.date(), rather=rather)
