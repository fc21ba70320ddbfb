"""First answers and fact answers."""

import pytest

from actions.answers import AnswerNeed, AnswerQuestion, TellMemory
from bot.nlu.codes import NEEDS
from tests.actions.conftest import Run, slots_of


@pytest.mark.parametrize("need", NEEDS)
def test_every_need_has_a_first_answer_by_day_and_by_night_and_an_offer(run: Run, need: str) -> None:
    for clock in ("2026-11-23T03:10", "2026-11-24T14:10"):
        messages, events = run(AnswerNeed(), need, clock)
        assert len(messages) == 2
        assert messages[1]["buttons"][0]["payload"] == "/zoek_hulp"
        assert slots_of(events)["need"] == need
        assert slots_of(events)["waiting_for"] == "referral"


def test_a_second_need_is_remembered(run: Run) -> None:
    needs = [{"code": "ontrouw", "confidence": 0.5}, {"code": "seksualiteit", "confidence": 0.3}]
    _, events = run(AnswerNeed(), "ontrouw", needs=needs)
    assert slots_of(events)["other_need"] == "seksualiteit"


def test_in_a_form_the_answer_brings_no_second_question(run: Run) -> None:
    messages, _ = run(AnswerNeed(), "ontrouw", loop="referral_form")
    assert len(messages) == 1
    assert "?" not in messages[0]["text"]


@pytest.mark.parametrize(
    "question",
    [
        "vraag_kost",
        "vraag_wachttijd",
        "vraag_hoe_werkt_therapie",
        "partner_wil_niet_mee",
        "is_dit_normaal",
        "vraag_bot",
    ],
)
def test_every_question_about_help_has_an_answer(run: Run, question: str) -> None:
    messages, _ = run(AnswerQuestion(), question)
    assert len(messages[0]["text"]) > 40


def test_self_help_gives_the_tips_of_the_need(run: Run) -> None:
    of_need, _ = run(AnswerQuestion(), "zoek_zelfhulp", slots={"need": "ontrouw"})
    in_general, _ = run(AnswerQuestion(), "zoek_zelfhulp")
    after_violence, _ = run(AnswerQuestion(), "zoek_zelfhulp", slots={"need": "ontrouw", "risk": "partnergeweld"})
    assert of_need[0]["text"] != in_general[0]["text"]
    assert after_violence[0]["text"] == in_general[0]["text"]


def test_what_is_known_is_told_in_full(run: Run) -> None:
    slots = {"need": "ontrouw", "place": "9000 Gent", "budget": "0", "channel": "chat", "risk": "partnergeweld"}
    messages, _ = run(TellMemory(), "vraag_anonimiteit", slots=slots)
    told = messages[-1]["text"]
    for part in ("onderwerp", "9000 Gent", "kosten", "chat", "aandacht"):
        assert part in told
    nothing, _ = run(TellMemory(), "vraag_anonimiteit")
    assert "niets" in nothing[-1]["text"]
