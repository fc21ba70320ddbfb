"""The labels of the window as the plain page shows them: one source, `bot/widget/words.js` and its translations."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("nl", "fr", "en")
"""Of the labels; the first one is that of the bot."""
OWN_NAMES = {"nl": "Nederlands", "fr": "Français", "en": "English"}
_WIDGET = Path(__file__).parents[1] / "widget"
_PAGE = Path(__file__).parent / "page_words.yml"


@lru_cache(maxsize=len(LANGUAGES))
def load_words(language: str) -> dict[str, Any]:
    """Gives the labels by key, those of the page alone included. Raises KeyError for a language that there is not."""
    page: dict[str, Any] = yaml.safe_load(_PAGE.read_text("utf-8"))[language]
    own = {} if language == LANGUAGES[0] else _of_widget(f"{language}.js")
    return {"lines": {}, **_of_widget("words.js"), **own, **page}


def known_language(code: str | None) -> str:
    """The language that is asked for, Dutch where there are no labels in it."""
    return code if code in LANGUAGES else LANGUAGES[0]


def _of_widget(name: str) -> dict[str, Any]:
    source = (_WIDGET / name).read_text("utf-8")
    # The object of such a module is YAML too: bare keys, quoted values, commas.
    words: dict[str, Any] = yaml.safe_load(source[source.index("{") : source.rindex("}") + 1])
    return words
