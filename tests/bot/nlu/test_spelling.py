"""Typing errors and held letters."""

import pytest

from bot.nlu.spelling import Spelling, dutch_words

SENTENCES = [
    *["ik wil niet meer leven", "hij is zo boos en ik ben bang", "hij heeft mij geslagen", "de deur in de badkamer"]
    * 8,
    *["we lezen samen", "ik ben gelukkig"] * 6,
    "die ene hoer",
]


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling.of(SENTENCES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ik wil niet meer lven", "ik wil niet meer leven", id="letter lost"),
        pytest.param("Hij heeft mij geslgaen.", "Hij heeft mij geslagen.", id="letters changed places"),
        pytest.param("baaaaang", "bang", id="held, once"),
        pytest.param("hij heeeeeft mij geslagen", "hij heeft mij geslagen", id="held, twice"),
        pytest.param("jaaaaa", "jaa", id="held, not known"),
        pytest.param("ik ben bang,hij is boos", "ik ben bang, hij is boos", id="comma without a space"),
        pytest.param("12,50 euro", "12,50 euro", id="an amount"),
        pytest.param("samen lewen", "samen lewen", id="two words are as near"),
        pytest.param("die ene hoer", "die ene hoer", id="a word that was written before"),
        pytest.param("hij noemt mij Hoera", "hij noemt mij Hoera", id="near a word that is seldom"),
        pytest.param("bda", "bda", id="short"),
        pytest.param("Zulte", "Zulte", id="a name"),
        pytest.param("", "", id="nothing"),
        pytest.param("x" * 3000, "xx", id="a heap of one letter"),
    ],
)
def test_correct(spelling: Spelling, text: str, expected: str) -> None:
    assert spelling.correct(text) == expected


def test_what_was_learned_from_is_not_changed(spelling: Spelling) -> None:
    assert [spelling.correct(sentence) for sentence in SENTENCES] == SENTENCES


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("alelen", "alleen", id="somebody wrote it once"),
        pytest.param("vriedn", "vriend", id="it was written twice"),
        pytest.param("allen", "allen", id="it is a word, though nobody wrote it"),
        pytest.param("kweni", "kweni", id="written as often as a word is"),
    ],
)
def test_a_typing_error_is_none_of_the_words_though_examples_hold_it(word: str, expected: str) -> None:
    often = [f"{known} samen" for known in ("alleen", "vriend", "kweenie") for _ in range(40)]
    spelling = Spelling.of([*often, "alelen", *["vriedn"] * 2, *["kweni"] * 3], {"allen", "zetel"})
    assert spelling.correct(word) == expected
    assert spelling.real == {"allen"}


def test_words_of_dutch_at_large_are_words_and_most_typing_errors_are_none() -> None:
    words = dutch_words()
    assert {"kameel", "leegte", "smijten", "allen"} <= words
    assert not {"lven", "scheidne", "misschie", "verdirt"} & words
