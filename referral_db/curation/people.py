"""Maintainers and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("reader", "editor", "publisher", "administrator")
"""Each may do what those before it may."""

ROLE_NAMES = {"reader": "lezer", "editor": "redacteur", "publisher": "publiceerder", "administrator": "beheerder"}
ROLE_MEANINGS = {
    "reader": "ziet alles, wijzigt niets",
    "editor": "wijzigt ontwerpen, stelt wijzigingen voor en kijkt gegevens na",
    "publisher": "keurt goed wat iemand anders voorstelt, en maakt het weer ongedaan",
    "administrator": "beheert ook de gebruikers en de websites, en ziet het logboek",
}


@dataclass(frozen=True)
class Person:
    """The maintainer who asks for a page."""

    id: int
    name: str
    role: str

    def may(self, role: str) -> bool:
        """Tells whether this person may do what `role` may."""
        return ROLES.index(self.role) >= ROLES.index(role)
