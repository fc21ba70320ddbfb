"""The emergency block: the crisis constants as the widget, the plain page and the host page show them."""

from __future__ import annotations

from dataclasses import dataclass

from referral_db.crisis import Crisis

ONE_TAP = frozenset({"112", "101"})
"""Numbers that are never asked about first: someone in danger needs one tap, not two."""


@dataclass(frozen=True)
class EmergencyLine:
    """One number of the block. `what_for` is a few Dutch words, `hours` says when somebody answers the phone."""

    number: str
    href: str
    name: str
    what_for: str
    hours: str


def emergency_lines(crisis: Crisis) -> list[EmergencyLine]:
    """Gives the numbers of the block in their order. A block has room for the first words of a text only."""
    lines = [crisis.lines[code] for code in crisis.emergency]
    return [
        EmergencyLine(
            line.number, line.href, line.name, line.what_for.partition(",")[0], line.hours_text.partition(";")[0]
        )
        for line in lines
        if line.number is not None
    ]
