"""The safety protocol, action by action."""

from typing import Any

import pytest

from actions.answers import AnswerQuestion
from actions.follow_up import FollowUp
from actions.risk import AnswerRisk
from bot.nlu.codes import RISKS
from referral_db.crisis import load_crisis
from tests.actions.conftest import Run, slots_of

LINE = {
    "acuut_gevaar": "112",
    "zelfdoding": "1813",
    "partnergeweld": "1712",
    "seksueel_geweld": "1712",
    "kind_in_gevaar": "1712",
    "eigen_agressie": "1712",
}


def numbers(messages: list[dict]) -> list[str]:
    cards = [card for message in messages for card in (message["custom"] or {}).get("cards", [])]
    return [contact["value"] for card in cards for contact in card["contacts"] if contact["channel"] == "telefoon"]


@pytest.mark.parametrize("risk", RISKS)
@pytest.mark.parametrize("clock", ["2026-11-23T03:10", "2026-11-24T14:10"], ids=["night", "day"])
def test_every_risk_holds_its_line_and_one_that_answers_now(run: Run, risk: str, clock: str) -> None:
    messages, events = run(AnswerRisk(), risk, clock)
    assert LINE[risk] in numbers(messages)
    cards = messages[0]["custom"]["cards"]
    assert cards[0]["open"]["state"] == "open"
    assert slots_of(events)["risk"] == risk
    assert {"event": "active_loop", "name": None, "timestamp": None} in events


@pytest.mark.parametrize("risk", [risk for risk in RISKS if risk != "acuut_gevaar"])
def test_every_answer_to_the_safety_question_says_something_and_ends_the_question(run: Run, risk: str) -> None:
    for intent in ("bevestig", "ontken", "weet_niet", "liever_niet"):
        slots = {"risk": risk, "waiting_for": "safety", "age": "18"}
        messages, events = run(FollowUp(), intent, slots=slots)
        assert messages[0]["text"]
        assert slots_of(events)["waiting_for"] is None


def test_112_comes_first_when_the_answer_is_alarming(run: Run) -> None:
    messages, _ = run(FollowUp(), "ontken", slots={"risk": "partnergeweld", "waiting_for": "safety"})
    assert numbers(messages)[0] == "112"


def test_a_denial_gets_one_other_check_and_no_third(run: Run) -> None:
    first, events = run(FollowUp(), "niet_wat_ik_bedoelde", slots={"risk": "zelfdoding", "waiting_for": "safety"})
    assert slots_of(events)["waiting_for"] == "recheck"
    second, events = run(FollowUp(), "niet_wat_ik_bedoelde", slots={"risk": "zelfdoding", "waiting_for": "recheck"})
    assert slots_of(events)["waiting_for"] is None
    assert first[0]["text"] != second[0]["text"]
    assert "risk" not in slots_of(events)


def test_an_unclear_answer_in_danger_is_not_taken_for_a_yes(run: Run) -> None:
    unclear, _ = run(FollowUp(), "bevestig", confidence=0.3, slots={"risk": "partnergeweld", "waiting_for": "safety"})
    unsure, _ = run(FollowUp(), "weet_niet", slots={"risk": "partnergeweld", "waiting_for": "safety"})
    assert unclear[0]["text"] == unsure[0]["text"]


VICTIMS = ("partnergeweld", "seksueel_geweld", "kind_in_gevaar")


@pytest.mark.parametrize("risk", VICTIMS)
def test_what_stays_on_the_device_is_said_before_the_first_question(run: Run, risk: str) -> None:
    messages, events = run(AnswerRisk(), risk)
    texts = [message["text"] for message in messages]
    assert ["geschiedenis" in text for text in texts] == [False, True, False]
    assert ["?" in text for text in texts] == [False, False, True]
    assert messages[0]["custom"]["cards"]
    assert messages[2]["buttons"]
    assert " ".join((texts[0], texts[2])) == load_crisis().risks[risk].say
    assert slots_of(events)["warned"] is True


@pytest.mark.parametrize("slots", [{"warned": True}, {"risk": "partnergeweld", "warned": True}], ids=["new", "same"])
def test_what_stays_on_the_device_is_said_once(run: Run, slots: dict[str, Any]) -> None:
    messages, _ = run(AnswerRisk(), "partnergeweld", slots=slots)
    assert len(messages) == 1


def test_violence_after_another_danger_still_gets_the_note_about_the_device(run: Run) -> None:
    messages, _ = run(AnswerRisk(), "partnergeweld", slots={"risk": "zelfdoding"})
    assert "geschiedenis" in messages[1]["text"]


def test_who_used_violence_is_not_told_how_to_hide(run: Run) -> None:
    messages, _ = run(AnswerRisk(), "eigen_agressie")
    assert "geschiedenis" not in " ".join(message["text"] for message in messages)


def test_no_help_wanted_after_the_alarm_is_a_refusal_and_not_a_question_about_therapy(run: Run) -> None:
    slots = {"risk": "partnergeweld", "waiting_for": "safety"}
    messages, events = run(AnswerQuestion(), "partner_wil_niet_mee", slots=slots)
    assert messages[0]["text"] == load_crisis().risks["partnergeweld"].on_decline
    assert slots_of(events)["waiting_for"] is None


@pytest.mark.parametrize("risk", ["kind_in_gevaar", "eigen_agressie", "zelfdoding"])
def test_the_age_is_asked_only_where_a_child_may_be_in_danger(run: Run, risk: str) -> None:
    messages, events = run(FollowUp(), "bevestig", slots={"risk": risk, "waiting_for": "safety"})
    asked = "Hoe oud" in messages[-1]["text"]
    assert asked == (risk == "kind_in_gevaar")
    assert (slots_of(events)["waiting_for"] == "age") == asked


@pytest.mark.parametrize("known", [{"age": "12_17"}, {"children": True}, {"about": "ander"}])
def test_the_age_of_an_adult_or_a_known_one_is_not_asked(run: Run, known: dict[str, Any]) -> None:
    messages, _ = run(FollowUp(), "bevestig", slots={"risk": "kind_in_gevaar", "waiting_for": "safety", **known})
    assert "Hoe oud" not in messages[-1]["text"]


def test_danger_now_is_not_held_up_by_a_question_about_age(run: Run) -> None:
    messages, _ = run(FollowUp(), "ontken", slots={"risk": "kind_in_gevaar", "waiting_for": "safety"})
    assert len(messages) == 1
    assert "?" not in messages[0]["text"]


@pytest.mark.parametrize(("age", "line"), [("onder_12", "102"), ("12_17", "102"), ("18", "1712")])
def test_the_age_chooses_who_is_shown(run: Run, age: str, line: str) -> None:
    slots = {"risk": "kind_in_gevaar", "waiting_for": "age", "age": age}
    messages, events = run(FollowUp(), "bevestig", "2026-11-24T17:10", slots=slots)
    assert numbers(messages)[0] == line or line in numbers(messages)
    assert ("102" in numbers(messages)) == (age != "18")
    assert slots_of(events)["waiting_for"] is None
    assert (slots_of(events).get("need") == "jongeren") == (age != "18")


def test_an_age_that_is_not_said_changes_nothing(run: Run) -> None:
    messages, events = run(FollowUp(), "liever_niet", slots={"risk": "kind_in_gevaar", "waiting_for": "age"})
    assert "hoeft niet" in messages[0]["text"]
    assert "need" not in slots_of(events)
