"""The lines that stand in the emergency block, the safe reply and the pages: one choice, made out of one source."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = ("112", "106", "1712", "1813")
"""Numbers of the emergency block, in the order in which they are shown."""

ONE_TAP = frozenset({"112", "101"})
"""Numbers that are never asked about first: someone in danger needs one tap, not two."""


@dataclass(frozen=True)
class CrisisLine:
    """One line to call. `hours_text` is Dutch; `chat_url` is None where the line has no chat."""

    code: str
    number: str
    href: str
    name: str
    what_for: str
    hours_text: str
    chat_url: str | None


def emergency_lines() -> list[CrisisLine]:
    """Gives the lines of the emergency block in their order."""
    return [
        CrisisLine("112", "112", "tel:112", "Noodnummer", "direct gevaar", "dag en nacht", None),
        CrisisLine("106", "106", "tel:106", "Tele-Onthaal", "praten met iemand", "dag en nacht", None),
        CrisisLine("1712", "1712", "tel:1712", "1712", "geweld en misbruik", "op werkdagen van 9 tot 18 uur", None),
        CrisisLine("1813", "1813", "tel:1813", "Zelfmoordlijn", "gedachten aan zelfdoding", "dag en nacht", None),
    ]
