"""Crisis lines and the fixed texts of the safety protocol: the one place where they stand, reviewed as code.

They are not in the database, so that nobody can change them in an editor and a database that is down cannot hide them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from referral_db.codes import RISKS

CRISIS = Path(__file__).with_name("crisis.yml")

ANSWERS = ("bevestig", "ontken", "weet_niet", "liever_niet")
"""Dialogue acts that a button under a safety question may stand for."""

_TEXTS = ("say", "on_yes", "on_no", "on_unsure", "on_decline", "again")


@dataclass(frozen=True)
class CrisisLine:
    """One line. `code` is its short number, or a word where it has none.

    `number` is None where it is reached by its website only; `href` is "tel:…" or that website. `hours_text` is Dutch
    and holds only hours that a source gave. `languages` are ISO 639-1 codes.
    """

    code: str
    number: str | None
    href: str
    name: str
    what_for: str
    hours_text: str
    chat_url: str | None
    source: str
    checked_on: dt.date
    languages: tuple[str, ...]


@dataclass(frozen=True)
class RiskProtocol:
    """What is said about one risk. Every text is Dutch and final: nothing is filled in.

    `lines` are codes of crisis lines in the order of the protocol. `buttons` are (title, payload) and answer both the
    question that ends `say` and the one that ends `again`; none, and no question, in acute danger. `on_…` follows on
    the answer. `alarming` are the dialogue acts after which 112 comes before all other lines.
    """

    code: str
    say: str
    lines: tuple[str, ...]
    buttons: tuple[tuple[str, str], ...]
    on_yes: str
    on_no: str
    on_unsure: str
    on_decline: str
    again: str
    alarming: tuple[str, ...]

    def texts(self) -> dict[str, str]:
        """Return every text that a person can read, by the name of its field."""
        return {field: getattr(self, field) for field in _TEXTS}


@dataclass(frozen=True)
class Crisis:
    """All lines and protocols by code. `emergency` orders the lines of the emergency block."""

    lines: Mapping[str, CrisisLine]
    risks: Mapping[str, RiskProtocol]
    safe_reply: str
    emergency: tuple[str, ...]
    digital_safety: str


def load_crisis(path: Path = CRISIS) -> Crisis:
    """Read and check the crisis file. Raises ValueError that names what is wrong in it."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines: dict[str, CrisisLine] = {}
    for row in raw["lines"]:
        line = _line(row)
        if line.code in lines:
            raise ValueError(f"crisis line {line.code!r} stands twice")
        lines[line.code] = line
    wrong = set(raw["risks"]) ^ set(RISKS)
    if wrong:
        raise ValueError(f"crisis risks are not those of the taxonomy: {', '.join(sorted(wrong))}")
    risks = {code: _risk(code, raw["risks"][code], lines) for code in RISKS}
    emergency = tuple(raw["emergency"])
    _known(emergency, lines, "emergency")
    for key in ("safe_reply", "digital_safety"):
        _text(raw, key, "crisis")
    return Crisis(lines, risks, raw["safe_reply"], emergency, raw["digital_safety"])


def _line(row: dict[str, Any]) -> CrisisLine:
    code = str(row.get("code"))
    where = f"crisis line {code!r}"
    for key in ("code", "href", "name", "what_for", "hours_text", "source"):
        _text(row, key, where)
    number, href = row.get("number"), row["href"]
    if number is None and not href.startswith("https://"):
        raise ValueError(f"{where}: without a number its href must be a website")
    if number is not None and href != f"tel:{number.replace(' ', '')}":
        raise ValueError(f"{where}: href {href!r} does not call {number!r}")
    if not isinstance(row.get("checked_on"), dt.date):
        raise ValueError(f"{where}: checked_on is not a date")
    if not row.get("languages"):
        raise ValueError(f"{where}: no languages")
    return CrisisLine(
        code=code,
        number=number,
        href=href,
        name=row["name"],
        what_for=row["what_for"],
        hours_text=row["hours_text"],
        chat_url=row.get("chat_url"),
        source=row["source"],
        checked_on=row["checked_on"],
        languages=tuple(row["languages"]),
    )


def _risk(code: str, row: dict[str, Any], lines: Mapping[str, CrisisLine]) -> RiskProtocol:
    where = f"crisis risk {code!r}"
    texts = {key: _text(row, key, where) for key in _TEXTS}
    own_lines = tuple(row.get("lines") or ())
    if not own_lines:
        raise ValueError(f"{where}: no lines")
    _known(own_lines, lines, where)
    buttons = tuple((title, payload) for title, payload in row.get("buttons") or ())
    strange = {payload for _, payload in buttons} - {f"/{answer}" for answer in ANSWERS}
    if strange:
        raise ValueError(f"{where}: unknown payload {', '.join(sorted(strange))}")
    if bool(buttons) != texts["say"].endswith("?"):
        raise ValueError(f"{where}: buttons belong to a question at the end of say, and the other way round")
    alarming = tuple(row.get("alarming") or ())
    if bool(buttons) != bool(alarming) or set(alarming) - set(ANSWERS):
        raise ValueError(f"{where}: alarming must name answers to its question")
    return RiskProtocol(code=code, lines=own_lines, buttons=buttons, alarming=alarming, **texts)


def _text(row: dict[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{where}: no text in {key}")
    return value


def _known(codes: tuple[str, ...], lines: Mapping[str, CrisisLine], where: str) -> None:
    unknown = [code for code in codes if code not in lines]
    if unknown:
        raise ValueError(f"{where}: unknown line {', '.join(map(str, unknown))}")
