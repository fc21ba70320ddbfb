"""Every code has words, and the words are fit to read."""

from __future__ import annotations

import pytest

from referral_db import codes
from referral_db.taxonomy import CHANNELS, CODES, NEEDS, NO_JOINT_HELP, RISKS, provider_group


def test_the_codes_are_those_of_the_contract() -> None:
    assert tuple(NEEDS) == codes.NEEDS
    assert tuple(RISKS) == codes.RISKS
    assert tuple(CHANNELS) == codes.CHANNELS
    assert RISKS.keys() > NO_JOINT_HELP


@pytest.mark.parametrize("code", CODES)
def test_a_label_fits_on_a_button(code: str) -> None:
    assert CODES[code].label[0].isupper()
    assert len(CODES[code].label) <= 30
    assert len(CODES[code].why.split()) <= 12


def test_no_two_codes_have_the_same_words() -> None:
    assert len({words.label for words in CODES.values()}) == len(CODES)
    assert len({words.why for words in CODES.values()}) == len(CODES)


@pytest.mark.parametrize("word", ["vreemdg", "bedrog", "slachtoffer", "dader", "verslaafd", "probleem", "stoornis"])
def test_the_words_do_not_blame(word: str) -> None:
    assert not any(word in f"{words.label} {words.why}".casefold() for words in CODES.values())


def test_kinds_of_provider() -> None:
    assert provider_group("Hulplijn (vrijwilligers)") == "hulplijn"
    assert provider_group("CAW") == "welzijnswerk"
    assert provider_group("iets nieuws") == "iets nieuws"
