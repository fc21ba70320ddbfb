"""The safety protocol, action by action."""

import pytest

from actions.follow_up import FollowUp
from actions.risk import AnswerRisk
from bot.nlu.codes import RISKS
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
        messages, events = run(FollowUp(), intent, slots={"risk": risk, "waiting_for": "safety"})
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


def test_the_note_about_the_device_comes_once(run: Run) -> None:
    first, _ = run(AnswerRisk(), "partnergeweld")
    again, _ = run(AnswerRisk(), "partnergeweld", slots={"risk": "partnergeweld"})
    assert "geschiedenis" in first[-1]["text"]
    assert len(again) == len(first) - 1
