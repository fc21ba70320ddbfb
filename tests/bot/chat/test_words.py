"""The labels of the window and of the plain page are the same ones, in every language."""

from __future__ import annotations

import re

import pytest

from bot.chat.words import _PAGE, _WIDGET, LANGUAGES, OWN_NAMES, known_language, load_words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_of_the_window_is_read(language: str) -> None:
    source = (_WIDGET / ("words.js" if language == "nl" else f"{language}.js")).read_text("utf-8")
    values = {text for _, text in re.findall(r'(\w+):\s*"((?:[^"\\]|\\.)*)"', source.split("words = {", 1)[1])}
    words = load_words(language)
    read = {value for entry in words.values() for value in (entry.values() if isinstance(entry, dict) else [entry])}
    assert len(values) > 40
    assert values <= read


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "nl"])
def test_a_language_lacks_no_label(language: str) -> None:
    dutch, other = load_words("nl"), load_words(language)
    assert set(dutch) == set(other)
    same = [key for key in dutch if dutch[key] == other[key] and key not in ("source", "open")]
    assert same == []
    assert set(other["lines"]) == {112, 106, 1712, 1813}
    assert OWN_NAMES[language]


def test_every_label_of_the_page_is_used() -> None:
    templates = "".join(path.read_text("utf-8") for path in (_PAGE.parent / "templates").glob("*.html"))
    used = templates + (_PAGE.parent / "pages.py").read_text("utf-8")
    keys = re.findall(r"(?m)^  (\w+):", _PAGE.read_text("utf-8"))
    assert [key for key in keys if f"words.{key}" not in used and f"words['{key}']" not in used] == []


@pytest.mark.parametrize("code", [None, "", "de", "NL", "../en"])
def test_an_unknown_language_is_dutch(code: str | None) -> None:
    assert known_language(code) == "nl"
