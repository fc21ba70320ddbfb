"""What is left of a sentence tells nobody who wrote it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import redaction
from bot.chat.redaction import make, redacted, redactor

# First names and a family name as people type them, none of which is a word of daily life.
NAMES = ("peter", "sofie", "Lotte", "bart", "MARC", "mohamed", "Yusuf", "katrien", "jef", "De Smedt")
COMMON_WORDS = sorted(redactor().common)


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("Mijn man Jan slaapt in Genk bij zijn lief", "Mijn man […] slaapt in […] bij zijn lief"),
        ("mijn man peter zegt dat hij al 12 jaar liegt", "mijn man […] zegt dat hij al […] jaar liegt"),
        ("ik woon in meer en bel 0470 00 00 12", "ik woon in […] en bel […]"),
        ("ik hou niet meer van hem", "ik hou niet meer van hem"),
        ("mail me op an@voorbeeld.be of kijk op www.site.be", "mail me op […] of kijk op […]"),
        ("hij komt uit sint niklaas en werkt in de panne", "hij komt uit […] en werkt in […]"),
        ("we zijn drieëndertig jaar samen met vier kinderen", "we zijn […] jaar samen met […] kinderen"),
        ("Peter doet raar. Ik snap hem niet meer.", "[…] doet raar. Ik snap hem niet meer."),
        ("ik ben Els", ""),
        ("Xqz vwb 12", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_names_places_and_numbers_are_gone(typed: str, left: str) -> None:
    assert redacted(typed) == left


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sentence", ["ik ben kwaad op {} en weet niet wat ik moet doen", "{} en ik praten niet meer"])
def test_no_name_is_left_however_it_is_typed(name: str, sentence: str) -> None:
    left = redacted(sentence.format(name))
    assert name.split()[-1].casefold() not in left.casefold()
    assert "[…]" in left


PLACES = sorted(place.label.partition(" ")[2] for place in redaction.Geography.load(redaction.PLACES).places())


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(PLACES), st.booleans())
def test_no_place_is_left_after_where_somebody_lives(place: str, lower: bool) -> None:
    left = redacted(f"ik woon in {place.lower() if lower else place} en ik ben alleen")
    words = set(re.findall(r"\w+", left.removeprefix("ik woon in ").removesuffix("en ik ben alleen").lower()))
    assert left.endswith("en ik ben alleen")
    assert words <= {"in", "de", "den", "op", "aan", "en", "ten", "ter", "van"}, left


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=200))
def test_nothing_that_is_not_common_is_left(text: str) -> None:
    left = redacted(text)
    assert not re.search(r"\d", left)
    for word in re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", left):
        assert word.lower() in redactor().common


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([*COMMON_WORDS, *NAMES, "12", "Genk", "[…]", "…", ".", "(ja)", "wat?"]), max_size=12))
def test_a_result_gives_itself(words: list[str]) -> None:
    left = redacted(" ".join(words))
    assert redacted(left) == left


def test_without_examples_nothing_stays() -> None:
    assert make([], ["Genk"])("ik hou niet meer van hem") == ""


def test_a_word_that_the_examples_write_with_a_capital_is_a_name() -> None:
    sentences = ["ik praat met Noor over ons"] * 20
    assert make(sentences, [])("ik praat met noor over ons") == "ik praat met […] over ons"
