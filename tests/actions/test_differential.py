"""The differential questions: one at a time, each once, and the answer changes what comes next."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from actions.answers import AnswerNeed, AnswerQuestion
from actions.clarify import Clarify
from actions.curated import DEPTHS
from actions.differential import KINDS, Question, _read, questions
from actions.follow_up import FollowUp
from actions.referrals import LookForHelp, ShowMore
from actions.sentences import sentences
from referral_db.codes import NEEDS
from referral_db.taxonomy import RISKS
from tests.actions.conftest import Outcome, Run, slots_of
from tests.referral_db.test_answers_seed import FOLDER

DAY = "2026-11-24T14:10"
TEXTS = {
    (row["code"], row["kind"]): row["text"].strip()
    for path in FOLDER.glob("*.yml")
    for row in yaml.safe_load(path.read_text("utf-8"))
    if row["moment"] == "altijd"
}
ALL = [pytest.param(question, id=question.code) for one in questions().values() for question in one]
DANGER = [
    pytest.param(question, id=question.code) for one in questions().values() for question in one if question.danger
]


def one(need: str, kind: str) -> Question:
    return next(question for question in questions()[need] if question.kind == kind)


def more(run: Run, need: str, **slots: Any) -> Outcome:
    """Ask for one more tip after the first answer about `need`."""
    return run(AnswerQuestion(), "zoek_zelfhulp", DAY, slots={"need": need, "told": ["eerste"], **slots})


def reply(run: Run, question: Question, intent: str, waiting_for: str = "difference", **slots: Any) -> Outcome:
    """Answer `question`, asked under a tip."""
    said = {"need": question.need, "told": ["eerste", "tips"], "difference_asked": [question.code]}
    return run(FollowUp(), intent, DAY, slots={**said, "waiting_for": waiting_for, **slots})


def asked(messages: list[dict[str, Any]]) -> int:
    return sum((message["text"] or "").count("?") for message in messages)


def follow_up(events: list[dict[str, Any]]) -> str | None:
    return next((event["name"] for event in events if event["event"] == "followup"), None)


def test_every_need_has_two_questions_with_a_text() -> None:
    assert set(questions()) == set(NEEDS)
    for need, both in questions().items():
        assert [question.kind for question in both] == list(KINDS)
        assert all((need, kind) in TEXTS for kind in KINDS)


@pytest.mark.parametrize("question", ALL)
def test_every_button_leads_somewhere(question: Question) -> None:
    codes = yaml.safe_load((FOLDER.parents[2] / "domain.yml").read_text("utf-8"))["intents"]
    assert 2 <= len(question.buttons) <= 4
    assert question.leads_to <= set(codes)
    assert not {"bevestig", "ontken", "weet_niet"} & question.leads_to - set(question.next)


@pytest.mark.parametrize("question", DANGER)
def test_unsure_is_danger_where_one_answer_is(run: Run, question: Question) -> None:
    means = [intent for intent, target in question.next.items() if target == f"/{question.danger}"]
    assert "weet_niet" in means
    assert len(means) == 2
    assert question.danger in question.leads_to
    for intent in means:
        messages, events = reply(run, question, intent)
        assert slots_of(events)["risk"] == question.danger
        assert any(message["custom"] for message in messages)
    unclear = run(
        FollowUp(),
        next(intent for intent in ("bevestig", "ontken") if intent not in means),
        confidence=0.3,
        slots={"need": question.need, "difference_asked": [question.code], "waiting_for": "difference"},
    )
    assert slots_of(unclear[1])["risk"] == question.danger


@pytest.mark.parametrize("need", NEEDS)
def test_who_wants_more_gets_a_tip_and_one_question(run: Run, need: str) -> None:
    messages, events = more(run, need)
    slots = slots_of(events)
    assert messages[0]["text"] == TEXTS[need, "tips"]
    assert asked(messages) == 1
    if len(messages) == 1:
        # The tip holds a question of its own: then that is the one.
        assert "difference_asked" not in slots
        return
    assert messages[1]["text"] == TEXTS[need, "keuze_1"]
    assert slots["difference_asked"] == [f"{need} keuze_1"]
    assert slots["waiting_for"] == "difference"
    payloads = [button["payload"] for button in messages[1]["buttons"]]
    assert {"/liever_niet", "/zoek_hulp", "/vraag_mens"} <= set(payloads)


def test_asking_for_more_in_other_words_gives_the_same(run: Run) -> None:
    slots = {"need": "conflict", "told": ["eerste"]}
    button, _ = more(run, "conflict")
    again, _ = run(AnswerNeed(), "conflict", DAY, slots=slots)
    meer, _ = run(ShowMore(), "meer_resultaten", DAY, slots=slots)
    assert button == again == meer


def test_the_second_question_comes_with_the_next_tip_and_then_no_more(run: Run) -> None:
    told = {"told": ["eerste", "tips"], "difference_asked": ["conflict keuze_1"]}
    messages, events = more(run, "conflict", **told)
    assert messages[-1]["text"] == TEXTS["conflict", "keuze_2"]
    told = {"told": slots_of(events)["told"], "difference_asked": slots_of(events)["difference_asked"]}
    messages, events = more(run, "conflict", **told)
    assert asked(messages) == 0
    assert messages[0]["text"] == TEXTS["conflict", "vroeg"]
    assert messages[0]["buttons"][0]["payload"] == "/zoek_zelfhulp"


def test_after_the_last_answer_nothing_more_is_offered(run: Run) -> None:
    both = [f"conflict {kind}" for kind in KINDS]
    messages, _ = more(run, "conflict", told=list(DEPTHS[:-1]), difference_asked=both)
    assert messages[0]["text"] == TEXTS["conflict", "hulp"]
    assert "/zoek_zelfhulp" not in [button["payload"] for button in messages[0]["buttons"]]
    messages, _ = more(run, "conflict", told=list(DEPTHS), difference_asked=both)
    assert messages[0]["text"] == TEXTS["zoek_zelfhulp", "vraag"]


@pytest.mark.parametrize(
    ("need", "kind", "slots"),
    [
        ("scheiding", "keuze_1", {"children": True}),
        ("communicatie", "keuze_2", {"alone": True}),
        ("jongeren", "keuze_1", {"age": "12_17"}),
        ("jongeren", "keuze_2", {"channel": "chat"}),
        ("communicatie", "keuze_1", {"other_need": "conflict"}),
        ("conflict", "keuze_2", {"near_asked": ["partnergeweld"]}),
        ("seksualiteit", "keuze_2", {"near_asked": ["seksueel_geweld"]}),
    ],
)
def test_what_was_said_is_not_asked(run: Run, need: str, kind: str, slots: dict[str, Any]) -> None:
    other = next(one for one in KINDS if one != kind)
    before = {"told": ["eerste", "tips"], "difference_asked": [f"{need} {other}"]}
    assert TEXTS[need, kind] in [message["text"] for message in more(run, need, **before)[0]]
    assert TEXTS[need, kind] not in [message["text"] for message in more(run, need, **before, **slots)[0]]


def test_who_said_to_be_sixteen_is_not_asked_for_an_age(run: Run) -> None:
    _, events = run(AnswerNeed(), "jongeren", DAY, sign="jong")
    assert slots_of(events)["difference_asked"] == ["jongeren keuze_1"]
    now, events = run(AnswerNeed(), "jongeren", DAY, sign="jong", slots={"need": "jongeren", "told": ["eerste"]})
    later, _ = more(run, "jongeren", difference_asked=["jongeren keuze_1"])
    assert now == later
    assert now[-1]["text"] == TEXTS["jongeren", "keuze_2"]
    assert slots_of(events)["difference_asked"] == ["jongeren keuze_1", "jongeren keuze_2"]


@pytest.mark.parametrize("slots", [{"risk": "zelfdoding"}, {"violence": "partnergeweld", "risk": "partnergeweld"}])
def test_after_an_alarm_none_is_asked(run: Run, slots: dict[str, Any]) -> None:
    messages, events = run(ShowMore(), "meer_resultaten", slots={"need": "conflict", "told": ["eerste"], **slots})
    assert asked(messages) == 0
    assert "difference_asked" not in slots_of(events)


def test_who_worries_is_not_asked_about_a_relationship_of_their_own(run: Run) -> None:
    messages, _ = more(run, "conflict", about="ander")
    assert asked(messages) == 0
    messages, _ = more(run, "bezorgd_om_iemand", about="ander")
    assert messages[-1]["text"] == TEXTS["bezorgd_om_iemand", "keuze_1"]


def test_an_expired_question_is_not_asked_and_an_expired_answer_not_given(run: Run) -> None:
    slots = {"need": "conflict", "told": ["eerste"]}
    messages, events = run(AnswerQuestion(), "zoek_zelfhulp", "2028-01-11T14:10", slots=slots)
    assert asked(messages) == 0
    assert messages[0]["text"] == str(sentences()["still_listening"]["text"])
    assert slots_of(events)["told"] == ["eerste"]


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        pytest.param(question, intent, id=f"{question.code} {intent}")
        for both in questions().values()
        for question in both
        for intent, target in question.next.items()
        if target in DEPTHS and target != "eerste"
    ],
)
def test_the_answer_chooses_what_comes_next(run: Run, question: Question, intent: str) -> None:
    messages, events = reply(run, question, intent)
    assert [message["text"] for message in messages] == [TEXTS[question.need, question.next[intent]]]
    assert slots_of(events)["waiting_for"] is None
    assert slots_of(events)["told"] == ["eerste", "tips", question.next[intent]]


def test_what_was_told_before_is_not_told_again(run: Run) -> None:
    told = ["eerste", "tips", "waarom"]
    messages, _ = reply(run, one("conflict", "keuze_1"), "bevestig", told=told)
    assert messages[0]["text"] == TEXTS["conflict", "vroeg"]


def test_an_answer_may_be_another_need(run: Run) -> None:
    messages, events = reply(run, one("liefdesverdriet", "keuze_2"), "ontken")
    assert messages[0]["text"] == TEXTS["eenzaamheid", "eerste"]
    assert slots_of(events)["need"] == "eenzaamheid"
    assert slots_of(events)["waiting_for"] == "referral"


def test_who_is_the_one_looked_after_is_asked_at_once_about_freedom(run: Run) -> None:
    messages, events = reply(run, one("jaloezie_vertrouwen", "keuze_1"), "ontken")
    assert [message["text"] for message in messages] == [TEXTS["jaloezie_vertrouwen", "keuze_2"]]
    assert slots_of(events)["waiting_for"] == "difference"
    asked_before = ["jaloezie_vertrouwen keuze_2", "jaloezie_vertrouwen keuze_1"]
    messages, _ = reply(run, one("jaloezie_vertrouwen", "keuze_1"), "ontken", difference_asked=asked_before)
    assert asked(messages) == 0


def test_children_that_are_there_change_the_answer(run: Run) -> None:
    messages, events = reply(run, one("scheiding", "keuze_1"), "bevestig")
    assert messages[0]["text"] == TEXTS["scheiding_kinderen", "eerste"]
    assert slots_of(events)["children"] is True


def test_not_answering_is_fine(run: Run) -> None:
    messages, events = reply(run, one("conflict", "keuze_2"), "liever_niet")
    assert messages[0]["text"].startswith("Dat mag.")
    assert asked(messages) == 0
    assert "risk" not in slots_of(events)


def test_words_that_are_not_understood_are_an_answer_too(run: Run) -> None:
    slots = {"need": "ontrouw", "told": ["eerste", "tips"], "difference_asked": ["ontrouw keuze_1"]}
    messages, events = run(Clarify(), "nlu_fallback", DAY, slots={**slots, "waiting_for": "difference"})
    assert messages[0]["text"] == TEXTS["ontrouw", "waarom"]
    assert slots_of(events)["waiting_for"] is None


def test_unclear_words_about_safety_are_asked_again_with_a_button_for_danger(run: Run) -> None:
    slots = {"need": "conflict", "difference_asked": ["conflict keuze_2"], "waiting_for": "difference"}
    messages, _ = run(Clarify(), "nlu_fallback", DAY, slots=slots)
    assert "/partnergeweld" in [button["payload"] for button in messages[0]["buttons"]]


def test_the_menu_leaves_the_question(run: Run) -> None:
    messages, _ = reply(run, one("conflict", "keuze_1"), "niet_wat_ik_bedoelde")
    assert messages[0]["text"] == str(sentences()["menu"]["text"])


@pytest.mark.parametrize("need", [need for need in NEEDS if any(one.before_help for one in questions()[need])])
def test_before_help_it_is_asked_where_only_the_price_is_missing(run: Run, need: str) -> None:
    question = next(one for one in questions()[need] if one.before_help)
    messages, events = run(LookForHelp(), "zoek_hulp", DAY, slots={"need": need, "place": "9000 Gent"})
    assert [message["text"] for message in messages] == [TEXTS[need, question.kind]]
    assert follow_up(events) == "action_listen"
    assert slots_of(events)["waiting_for"] == "difference_before_help"
    payloads = [button["payload"] for button in messages[0]["buttons"]]
    assert "/liever_niet" in payloads
    assert "/zoek_hulp" not in payloads


@pytest.mark.parametrize("intent", ["bevestig", "liever_niet"])
def test_then_it_goes_on_to_help(run: Run, intent: str) -> None:
    messages, events = reply(run, one("conflict", "keuze_2"), intent, "difference_before_help", place="9000 Gent")
    assert messages == []
    assert follow_up(events) == "action_look_for_help"
    assert slots_of(events)["waiting_for"] is None


@pytest.mark.parametrize(
    "slots",
    [
        pytest.param({}, id="two things are missing"),
        pytest.param({"place": "9000 Gent", "budget": "0"}, id="nothing is missing"),
        pytest.param({"budget": "0"}, id="the place is missing"),
        pytest.param({"place": "9000 Gent", "shown": 3}, id="cards were shown"),
        pytest.param({"place": "9000 Gent", "difference_asked": ["conflict keuze_2"]}, id="asked before"),
        pytest.param({"place": "9000 Gent", "risk": "zelfdoding"}, id="after an alarm"),
    ],
)
def test_it_never_makes_the_way_longer_than_four_turns(run: Run, slots: dict[str, Any]) -> None:
    _, events = run(LookForHelp(), "zoek_hulp", DAY, slots={"need": "conflict", **slots})
    assert "difference_asked" not in slots_of(events)


def test_not_in_the_middle_of_the_form(run: Run) -> None:
    slots = {"need": "conflict", "place": "9000 Gent"}
    _, events = run(LookForHelp(), "zoek_hulp", DAY, slots=slots, loop="referral_form")
    assert "difference_asked" not in slots_of(events)


@pytest.mark.parametrize(
    ("need", "kind", "row"),
    [
        ("liefde", "keuze_1", {}),
        ("conflict", "keuze_3", {}),
        ("conflict", "keuze_1", {"bevestig": "wat_dan_ook"}),
        ("conflict", "keuze_1", {"bevestigd": "hulp"}),
        ("conflict", "keuze_1", {"ontken": "/nergens"}),
    ],
)
def test_a_row_that_leads_nowhere_is_refused(need: str, kind: str, row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{need}, {kind}"):
        _read(need, kind, {"buttons": [], **row})


def test_every_danger_that_is_asked_for_is_one() -> None:
    found = {question.danger for one in questions().values() for question in one if question.danger}
    assert found == {"partnergeweld", "seksueel_geweld", "acuut_gevaar"}
    assert found <= set(RISKS)
