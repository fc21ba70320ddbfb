"""First answers and fact answers."""

from typing import Any

import pytest

from actions.answers import AnswerNeed, AnswerQuestion
from actions.base import SafeAction
from actions.follow_up import FollowUp
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


def test_the_pressing_need_is_answered_first_and_the_other_offered(run: Run) -> None:
    needs = [{"code": "communicatie", "confidence": 0.6}, {"code": "ontrouw", "confidence": 0.2}]
    messages, events = run(AnswerNeed(), "communicatie", needs=needs)
    assert messages[0]["text"] == run(AnswerNeed(), "ontrouw")[0][0]["text"]
    assert (slots_of(events)["need"], slots_of(events)["other_need"]) == ("ontrouw", "communicatie")
    assert "/communicatie" in [button["payload"] for button in messages[1]["buttons"]]


def test_a_pressing_need_that_is_hardly_there_waits(run: Run) -> None:
    needs = [{"code": "communicatie", "confidence": 0.6}, {"code": "ontrouw", "confidence": 0.05}]
    _, events = run(AnswerNeed(), "communicatie", needs=needs)
    assert (slots_of(events)["need"], slots_of(events)["other_need"]) == ("communicatie", None)


def test_a_need_that_does_not_press_keeps_its_place(run: Run) -> None:
    needs = [{"code": "conflict", "confidence": 0.6}, {"code": "familie", "confidence": 0.4}]
    _, events = run(AnswerNeed(), "conflict", needs=needs)
    assert (slots_of(events)["need"], slots_of(events)["other_need"]) == ("conflict", "familie")


def test_the_other_need_stays_until_it_is_answered(run: Run) -> None:
    slots = {"need": "ontrouw", "told": ["eerste"], "other_need": "seksualiteit"}
    _, another = run(AnswerNeed(), "familie", slots=slots)
    _, itself = run(AnswerNeed(), "seksualiteit", slots=slots)
    assert slots_of(another)["other_need"] == "seksualiteit"
    assert slots_of(itself)["other_need"] is None


@pytest.mark.parametrize("action", [(FollowUp(), "niet_wat_ik_bedoelde"), (FollowUp(), "ontken")], ids=["menu", "no"])
def test_the_other_need_is_offered_again(run: Run, action: tuple[SafeAction, str]) -> None:
    slots = {"need": "ontrouw", "other_need": "seksualiteit", "waiting_for": "referral"}
    messages, _ = run(*action, slots=slots)
    assert "/seksualiteit" in [button["payload"] for button in messages[0]["buttons"]]


DAY, NIGHT = "2026-11-24T14:10", "2026-11-23T03:10"


def first(run: Run, need: str, clock: str = DAY, **context: Any) -> str:
    messages, _ = run(AnswerNeed(), need, clock, **context)
    return str(messages[0]["text"])


@pytest.mark.parametrize(
    ("need", "slots", "says"),
    [
        ("scheiding", {"children": True}, "ouder blijven"),
        ("conflict", {"about": "ander"}, "ruzie van anderen"),
        ("conflict", {"alone": True}, "Alleen jij"),
        ("conflict", {"alone": True, "children": True}, "Alleen jij"),
        ("scheiding", {"alone": True, "children": True}, "ouder blijven"),
        ("conflict", {"about": "ander", "children": True}, "ruzie van anderen"),
        ("conflict", {"about": "zelf"}, "hetzelfde gevecht"),
        ("investeren", {"about": "ander"}, "tijd voor maakt"),
    ],
)
def test_what_was_said_about_the_situation_chooses_the_answer(
    run: Run, need: str, slots: dict[str, Any], says: str
) -> None:
    assert says in first(run, need, slots=slots)


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("fact", [{"children": True}, {"about": "ander"}, {"alone": True}], ids=["k", "o", "a"])
@pytest.mark.parametrize("clock", [DAY, NIGHT])
def test_every_situation_has_a_first_answer(run: Run, need: str, fact: dict[str, Any], clock: str) -> None:
    assert len(first(run, need, clock, slots=fact)) > 40


def test_when_every_answer_has_expired_the_bot_refers(run: Run) -> None:
    """The advice of today is not given in two years; where to find people is."""
    today, _ = run(AnswerNeed(), "conflict", clock="2026-11-24T14:10")
    later, events = run(AnswerNeed(), "conflict", clock="2028-01-11T14:10")
    assert later[0]["text"]
    assert later[0]["text"] != today[0]["text"]
    assert slots_of(events)["waiting_for"] == "referral"
    assert "/zoek_hulp" in [button["payload"] for message in later for button in message["buttons"]]


def test_at_night_the_answer_is_for_the_night(run: Run) -> None:
    assert "of de kinderen slapen" in first(run, "conflict", NIGHT, slots={"children": True})
    assert first(run, "familie", NIGHT, slots={"children": True}) == first(run, "familie", NIGHT)
    assert first(run, "conflict", NIGHT, slots={"about": "ander"}) == first(run, "bezorgd_om_iemand", NIGHT)


def test_who_worries_gets_deeper_answers_for_who_worries(run: Run) -> None:
    worried = {"need": "conflict", "told": ["eerste"], "about": "ander"}
    messages, _ = run(AnswerNeed(), "conflict", slots=worried)
    assert "Praat onder vier ogen" in messages[0]["text"]


def test_tips_for_one_are_given_to_who_comes_alone(run: Run) -> None:
    messages, _ = run(AnswerQuestion(), "zoek_zelfhulp", slots={"need": "conflict", "told": ["eerste"], "alone": True})
    assert "niet alleen stoppen, wel je eigen stuk" in messages[0]["text"]


@pytest.mark.parametrize(
    ("intent", "needs", "fact"),
    [
        ("ouderschap", [], ("children", True)),
        ("conflict", [{"code": "ouderschap", "confidence": 0.6}], ("children", True)),
        ("bezorgd_om_iemand", [], ("about", "ander")),
        ("conflict", [{"code": "bezorgd_om_iemand", "confidence": 0.3}], ("about", "ander")),
    ],
)
def test_a_fact_is_remembered(run: Run, intent: str, needs: list[dict[str, Any]], fact: tuple[str, Any]) -> None:
    _, events = run(AnswerNeed(), intent, needs=needs)
    assert slots_of(events)[fact[0]] == fact[1]


def test_a_partner_who_will_not_come_is_remembered(run: Run) -> None:
    _, events = run(AnswerQuestion(), "partner_wil_niet_mee")
    assert slots_of(events)["alone"] is True


def test_nothing_is_remembered_that_was_not_said(run: Run) -> None:
    _, events = run(AnswerNeed(), "conflict", needs=[{"code": "ouderschap", "confidence": 0.3}])
    assert not {"children", "about", "alone"} & set(slots_of(events))


@pytest.mark.parametrize("fact", ["children", "about"])
def test_a_fact_on_a_button_gives_the_first_answer_again_for_that_situation(run: Run, fact: str) -> None:
    offered = run(AnswerNeed(), "conflict", slots={"about": "ander"} if fact == "about" else {})[0][1]["buttons"]
    assert any(f'"{fact}"' in button["payload"] for button in offered)
    value: Any = {"children": True, "about": "zelf"}[fact]
    slots = {"need": "conflict", "told": ["eerste"], fact: value}
    messages, events = run(AnswerNeed(), "conflict", DAY, slots=slots, entities=[{"entity": fact, "value": value}])
    assert len(messages) == 2
    assert slots_of(events)["told"] == ["eerste"]


def test_after_violence_no_variant_asks_anything_of_two(run: Run) -> None:
    slots = {"violence": "partnergeweld", "risk": "partnergeweld", "children": True}
    messages, _ = run(AnswerNeed(), "conflict", slots=slots)
    assert "Je hoeft dit niet op te lossen met wie je bang maakt" in messages[0]["text"]
    assert not any("children" in button["payload"] for button in messages[1]["buttons"])


@pytest.mark.parametrize("question", ["vraag_kost", "vraag_bot", "is_dit_normaal"])
def test_the_same_question_twice_gets_other_words_and_a_human(run: Run, question: str) -> None:
    once, events = run(AnswerQuestion(), question)
    twice, _ = run(AnswerQuestion(), question, slots=slots_of(events))
    assert once[0]["text"] != twice[0]["text"]
    assert "106" in twice[0]["text"]
    assert "/vraag_mens" in [button["payload"] for button in twice[0]["buttons"]]


def test_another_question_in_between_makes_it_new(run: Run) -> None:
    once, _ = run(AnswerQuestion(), "vraag_kost")
    later, _ = run(AnswerQuestion(), "vraag_kost", slots={"asked": "vraag_wachttijd"})
    assert once == later


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
