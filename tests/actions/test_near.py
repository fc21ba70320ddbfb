"""The gentle question about danger that is possible."""

from __future__ import annotations

from typing import Any

import pytest

from actions.answers import AnswerNeed, AnswerQuestion
from actions.clarify import Clarify
from actions.close import HearFeeling
from actions.follow_up import FollowUp
from actions.sentences import sentences
from referral_db.crisis import load_crisis
from referral_db.taxonomy import RISKS
from tests.actions.conftest import Run, slots_of


def questions(messages: list[dict[str, Any]]) -> int:
    return sum(message["text"].count("?") for message in messages)


@pytest.mark.parametrize("near", RISKS)
def test_the_answer_to_a_need_ends_with_the_one_question_that_fits(run: Run, near: str) -> None:
    messages, events = run(AnswerNeed(), "conflict", near=near)
    assert messages[-1]["text"] == str(sentences()[f"near_{near}"]["text"])
    assert questions(messages) == 1
    assert 2 <= len(messages[-1]["buttons"]) <= 3
    assert slots_of(events)["waiting_for"] == "near"
    assert slots_of(events)["near_asked"] == [near]
    assert slots_of(events)["need"] == "conflict"
    assert "risk" not in slots_of(events)


@pytest.mark.parametrize("near", RISKS)
def test_a_button_or_the_word_that_means_danger_starts_the_protocol(run: Run, near: str) -> None:
    question = sentences()[f"near_{near}"]
    payloads = [button["payload"] for button in question["buttons"]]
    assert f"/{near}" in payloads
    slots = {"near_asked": [near], "waiting_for": "near"}
    messages, events = run(FollowUp(), question["danger"], slots=slots)
    assert slots_of(events)["risk"] == near
    assert messages[0]["custom"]["cards"]
    assert questions(messages) <= 1


@pytest.mark.parametrize("near", RISKS)
def test_the_other_word_thanks_and_raises_no_alarm(run: Run, near: str) -> None:
    other = {"bevestig": "ontken", "ontken": "bevestig"}[sentences()[f"near_{near}"]["danger"]]
    assert f"/{other}" in [button["payload"] for button in sentences()[f"near_{near}"]["buttons"]]
    messages, events = run(FollowUp(), other, slots={"near_asked": [near], "waiting_for": "near"})
    assert messages[0]["text"].startswith("Dank je")
    assert slots_of(events) == {"waiting_for": "referral"}


def test_an_unsure_answer_is_taken_seriously(run: Run) -> None:
    slots = {"near_asked": ["zelfdoding"], "waiting_for": "near"}
    _, unsure = run(FollowUp(), "weet_niet", slots=slots)
    _, unclear = run(FollowUp(), "ontken", confidence=0.3, slots=slots)
    assert slots_of(unsure)["risk"] == slots_of(unclear)["risk"] == "zelfdoding"


@pytest.mark.parametrize("intent", ["liever_niet", "niet_wat_ik_bedoelde", "buiten_bereik"])
def test_not_answering_is_fine(run: Run, intent: str) -> None:
    messages, events = run(FollowUp(), intent, slots={"near_asked": ["partnergeweld"], "waiting_for": "near"})
    assert "Dat mag" in messages[0]["text"]
    assert questions(messages) == 0
    assert slots_of(events) == {"waiting_for": None}


@pytest.mark.parametrize(
    "slots",
    [{"near_asked": ["zelfdoding"]}, {"risk": "partnergeweld", "violence": "partnergeweld"}],
    ids=["asked before", "a danger was said"],
)
def test_it_is_not_asked_again_nor_after_an_alarm(run: Run, slots: dict[str, Any]) -> None:
    with_it, _ = run(AnswerNeed(), "conflict", near="zelfdoding", slots=slots)
    without, _ = run(AnswerNeed(), "conflict", slots=slots)
    assert with_it == without


def test_another_danger_may_still_be_asked_for(run: Run) -> None:
    _, events = run(AnswerNeed(), "conflict", near="zelfdoding", slots={"near_asked": ["partnergeweld"]})
    assert slots_of(events)["near_asked"] == ["partnergeweld", "zelfdoding"]


@pytest.mark.parametrize("near", [None, "", "iets_anders"], ids=["nothing", "empty", "no risk"])
def test_without_a_danger_nothing_changes(run: Run, near: str | None) -> None:
    assert run(AnswerNeed(), "conflict", near=near)[0] == run(AnswerNeed(), "conflict")[0]


def test_a_deeper_answer_with_a_question_of_its_own_waits(run: Run) -> None:
    slots = {"need": "communicatie", "told": ["eerste"]}
    tip, _ = run(AnswerNeed(), "communicatie", slots=slots)
    assert questions(tip) == 1
    messages, _ = run(AnswerNeed(), "communicatie", near="partnergeweld", slots=slots)
    assert questions(messages) == 1


def test_the_form_is_left_for_it(run: Run) -> None:
    _, events = run(AnswerNeed(), "conflict", near="partnergeweld", loop="referral_form")
    assert {"event": "active_loop", "name": None, "timestamp": None} in events
    assert slots_of(events)["requested_slot"] is None


def test_questions_feelings_and_unclear_words_ask_it_too(run: Run) -> None:
    for action, intent in (
        (AnswerQuestion(), "is_dit_normaal"),
        (HearFeeling(), "voel_rot"),
        (Clarify(), "nlu_fallback"),
    ):
        messages, events = run(action, intent, near="zelfdoding")
        assert "Denk je soms aan de dood?" in messages[-1]["text"]
        assert questions(messages) == 1
        assert slots_of(events)["waiting_for"] == "near"


def test_a_bad_feeling_alone_asks_what_weighs_most(run: Run) -> None:
    messages, events = run(HearFeeling(), "voel_rot")
    assert "het zwaarst weegt?" in messages[0]["text"]
    again, _ = run(HearFeeling(), "voel_rot", slots=slots_of(events))
    assert "Ik ben er nog" in again[0]["text"]
    assert questions(again) == 0
    assert "/vraag_mens" in [button["payload"] for button in again[0]["buttons"]]


def test_the_protocol_is_the_fixed_one(run: Run) -> None:
    messages, _ = run(FollowUp(), "bevestig", slots={"near_asked": ["zelfdoding"], "waiting_for": "near"})
    assert messages[0]["text"] == load_crisis().risks["zelfdoding"].say
