"""Crisis lines as cards, open ones first."""

from __future__ import annotations

from collections.abc import Sequence

from actions.base import resources
from nachtlicht.clock import now
from referral_db.cards import Card
from referral_db.crisis_cards import crisis_cards


def line_cards(lines: Sequence[str]) -> list[Card]:
    """Return a card for each of `lines`, codes of the crisis file; those that answer now come first."""
    have = resources()
    with have.sessions() as session:
        return crisis_cards(session, [have.crisis.lines[line] for line in lines], now(have.settings))
