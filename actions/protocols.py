"""Which fixed words a risk gets: those of the crisis file, or others where the situation asks for them.

The words stand in protocols.yml. What is known of the situation are codes: the needs and the sign
of the same message, and the slots.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk.interfaces import Tracker

from actions.base import resources
from actions.facts import facts_of, is_young, needs_said, signs_of
from referral_db.crisis import RiskProtocol, load_crisis

_BY_SIGN = {
    "acuut_gevaar": (("wurging", "nu_wurging"),),
    "eigen_agressie": (("zoekt_opvang", "zoekt_opvang"),),
    "partnergeweld": (("wurging", "geweld_wurging"), ("wapen", "geweld_wapen")),
}
"""What the words say of the violence itself, gravest first: it foretells worse (answers guide: high risk)."""
_FOR_OTHERS = {
    "partnergeweld": "geweld_ander",
    "seksueel_geweld": "seksueel_geweld_ander",
    "zelfdoding": "zelfdoding_ander",
}
_FOR_THE_YOUNG = {"partnergeweld": "geweld_jong", "seksueel_geweld": "seksueel_geweld_jong"}
_BY_CIRCUMSTANCE = (
    ("familie", "familie", 0.15, "geweld_familie"),
    ("papieren", "gemengde_relatie", 0.15, "geweld_papieren"),
    ("vertrek", "twijfel_scheiden", 0.15, "geweld_vertrek"),
    ("vertrek", "scheiding", 0.15, "geweld_vertrek"),
    ("ruzie", "conflict", 0.6, "geweld_ruzie"),
)
"""The sign, or the need that the message speaks of next to partner violence from which confidence on, and the words.

Low where the words are right also for who meant something else.
"""


@lru_cache(maxsize=1)
def situations() -> dict[str, RiskProtocol]:
    """Return the protocols of protocols.yml by name. Raises ValueError for a key that a protocol does not have."""
    risks = load_crisis().risks
    raw: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("protocols.yml").read_text("utf-8"))
    return {name: _read(name, row, risks[row["of"]]) for name, row in raw.items()}


def _read(name: str, row: dict[str, Any], of: RiskProtocol) -> RiskProtocol:
    own = {key: value for key, value in row.items() if key != "of"}
    unknown = set(own) - set(RiskProtocol.__dataclass_fields__)
    if unknown:
        raise ValueError(f"protocols.yml, {name}: unknown key {', '.join(sorted(unknown))}")
    for key in ("lines", "alarming"):
        own |= {key: tuple(own[key])} if key in own else {}
    if "buttons" in own:
        own["buttons"] = tuple((title, payload) for title, payload in own["buttons"])
    return replace(of, **own)


def situation_of(tracker: Tracker, code: str) -> str | None:
    """Return the name of the words for `code` in this situation, None for those of the crisis file."""
    if code == "partnergeweld" and tracker.slots.get("violence") == "eigen_agressie":
        return "over_en_weer"
    if by_sign := situation_by_sign(tracker, code):
        return by_sign
    if code in _FOR_OTHERS and facts_of(tracker).other:
        return _FOR_OTHERS[code]
    if code in _FOR_THE_YOUNG and is_young(tracker):
        return _FOR_THE_YOUNG[code]
    if code != "partnergeweld":
        return None
    signs = signs_of(tracker)
    return next(
        (name for sign, need, from_, name in _BY_CIRCUMSTANCE if sign in signs or need in needs_said(tracker, from_)),
        None,
    )


def situation_by_sign(tracker: Tracker, code: str) -> str | None:
    """Return the name of the words for what is said of the violence itself, None where nothing more is said."""
    if code == "partnergeweld" and facts_of(tracker).other:
        return None
    signs = signs_of(tracker)
    return next((name for sign, name in _BY_SIGN.get(code, ()) if sign in signs), None)


def protocol_of(code: str, situation: str | None) -> RiskProtocol:
    """Return the words for `code`; those of `situation` where they belong to it."""
    found = situations().get(situation or "")
    return found if found and found.code == code else resources().crisis.risks[code]
