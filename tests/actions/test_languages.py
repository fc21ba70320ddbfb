"""The fixed texts in other languages, and who gets them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from actions.languages import Language, danger_in, languages
from actions.other_language import AnswerLanguage
from actions.risk import AnswerRisk
from bot.nlu.spoken_language import CODES
from referral_db.crisis import load_crisis
from referral_db.seeding import read_seed
from referral_db.taxonomy import LANGUAGES, RISKS
from tests.actions.conftest import Run, slots_of

NUMBER = re.compile(r"\d[\d ]*\d")


def texts_of(language: Language) -> list[str]:
    return [language.reply, language.again, *language.danger.values()]


def cards(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [card for message in messages for card in (message["custom"] or {}).get("cards", [])]


def test_there_is_a_text_in_every_language_that_is_recognised() -> None:
    assert set(languages()) == set(CODES)
    assert {code: languages()[code].name for code in LANGUAGES if code != "nl"} == {
        code: name for code, name in LANGUAGES.items() if code != "nl"
    }


@pytest.mark.parametrize("code", CODES)
def test_a_text_is_short_and_says_what_to_do_in_danger(code: str) -> None:
    language = languages()[code]
    for text in texts_of(language):
        assert "112" in text
        assert len(text.split()) <= 60
        assert not set(text) & set("?؟;{}")
    assert set(language.danger) <= {*RISKS, "other"}
    assert language.talk != language.dutch


@pytest.mark.parametrize("code", CODES)
def test_a_number_in_a_text_is_that_of_a_line_that_speaks_the_language(code: str) -> None:
    spoken = {line.number for line in load_crisis().lines.values() if code in line.languages}
    for service in read_seed()[0]:
        if service["state"] == "published" and code in [language["code"] for language in service["languages"]]:
            spoken |= {phone["number"] for phone in service["phones"]}
    said = {number for text in texts_of(languages()[code]) for number in NUMBER.findall(text)}
    assert said - spoken - {"112"} == set()


@pytest.mark.parametrize("code", CODES)
def test_who_writes_in_a_language_is_answered_in_it(run: Run, code: str) -> None:
    messages, events = run(AnswerLanguage(), "andere_taal", slots={"language": code})
    assert messages[0]["text"] == languages()[code].reply
    assert "112" in cards(messages)[-1]["name"]
    assert [button["payload"] for button in messages[0]["buttons"]] == ["/vraag_mens", "/opnieuw"]
    assert slots_of(events)["asked"] == "andere_taal"


@pytest.mark.parametrize(("code", "number"), [("fr", "107"), ("en", "02 616 26 26"), ("de", "112")])
def test_the_line_that_speaks_the_language_is_on_the_first_card(run: Run, code: str, number: str) -> None:
    messages, _ = run(AnswerLanguage(), "andere_taal", slots={"language": code, "place": "1000 Brussel"})
    assert number in [contact["value"] for contact in cards(messages)[0]["contacts"]]


def test_the_second_time_there_is_help_for_the_need(run: Run) -> None:
    slots = {"language": "fr", "asked": "andere_taal"}
    messages, _ = run(AnswerLanguage(), "andere_taal", slots=slots, needs=[{"code": "scheiding", "confidence": 0.9}])
    assert messages[0]["text"] == languages()["fr"].again
    assert any("uit elkaar gaan" in card["why"][0] for card in cards(messages))


def test_a_language_without_a_text_gets_that_of_all(run: Run) -> None:
    messages, _ = run(AnswerLanguage(), "andere_taal")
    assert messages[0]["response"] == "utter_andere_taal"


@pytest.mark.parametrize("risk", RISKS)
@pytest.mark.parametrize("code", ["fr", "en", "de", "tr", "ar", "es"])
def test_danger_is_answered_in_both_languages(run: Run, code: str, risk: str) -> None:
    messages, _ = run(AnswerRisk(), risk, slots={"language": code})
    dutch, _ = run(AnswerRisk(), risk)
    assert messages[0]["text"] == danger_in(code, risk)
    assert messages[1:] == dutch


def test_in_dutch_nothing_is_added(run: Run) -> None:
    assert run(AnswerRisk(), "zelfdoding", slots={"language": "nl"}) == run(AnswerRisk(), "zelfdoding")


def test_another_language_under_the_safety_question_keeps_it_open(run: Run) -> None:
    slots = {"language": "fr", "risk": "partnergeweld", "waiting_for": "safety"}
    messages, events = run(AnswerLanguage(), "andere_taal", slots=slots)
    assert messages[0]["text"] == danger_in("fr", "partnergeweld")
    assert "1712" in " ".join(card["name"] for card in cards(messages))
    assert "waiting_for" not in slots_of(events)
