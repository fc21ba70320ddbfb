"""Fixed texts in other languages, out of languages.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from actions.sentences import Button


@dataclass(frozen=True)
class Language:
    """The fixed texts of one language; `danger` by risk code, with "other" for the rest."""

    name: str
    reply: str
    again: str
    danger: Mapping[str, str]
    talk: str
    dutch: str

    @property
    def buttons(self) -> list[Button]:
        return [{"title": self.talk, "payload": "/vraag_mens"}, {"title": self.dutch, "payload": "/opnieuw"}]


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """Return the languages that the bot has a text in, by ISO 639-1 code."""
    raw = yaml.safe_load(Path(__file__).with_name("languages.yml").read_text("utf-8"))
    return {code: Language(**texts) for code, texts in raw.items()}


def danger_in(code: str | None, risk: str) -> str | None:
    """Return what to do in danger in the language `code`; None in Dutch and where we have no text."""
    language = languages().get(code or "")
    return language.danger.get(risk, language.danger["other"]) if language else None
