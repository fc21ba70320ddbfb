"""Which words a risk gets, and that all of them may be shown."""

from __future__ import annotations

from typing import Any

import pytest

from actions.follow_up import FollowUp
from actions.protocols import protocol_of, situation_of, situations
from actions.risk import AnswerRisk
from referral_db.crisis import load_crisis
from referral_db.text_check import check_text
from tests.actions.conftest import Run, slots_of, tracker

TEXTS = [
    pytest.param(text, id=f"{name} {field}")
    for name, protocol in situations().items()
    for field, text in protocol.texts().items()
]


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_passes_the_text_check(text: str) -> None:
    assert check_text(text) == []


@pytest.mark.parametrize("name", situations())
def test_every_protocol_keeps_what_holds_for_all(name: str) -> None:
    protocol = situations()[name]
    base = load_crisis().risks[protocol.code]
    assert (
        protocol.say.endswith("?") == bool(protocol.buttons) == protocol.again.endswith("?") == bool(protocol.alarming)
    )
    assert not [text for field, text in protocol.texts().items() if field.startswith("on_") and "?" in text]
    assert "112" in protocol.say
    assert {payload for _, payload in protocol.buttons} == {payload for _, payload in base.buttons}
    assert set(protocol.lines) >= {base.lines[0], "112", "106"} - ({"106"} if "106" not in base.lines else set())
    assert set(protocol.lines) <= set(load_crisis().lines)
    assert set(protocol.alarming) <= {payload.removeprefix("/") for _, payload in protocol.buttons}
    assert protocol.again not in (protocol.say, *(getattr(protocol, f"on_{way}") for way in ("yes", "no")))


SAID = [
    pytest.param("partnergeweld", [], {}, None, id="violence, nothing else"),
    pytest.param("partnergeweld", [("bezorgd_om_iemand", 0.7)], {}, "geweld_ander", id="a friend of mine"),
    pytest.param("partnergeweld", [], {"about": "ander"}, "geweld_ander", id="worried earlier"),
    pytest.param("partnergeweld", [], {"about": "zelf"}, None, id="about oneself after all"),
    pytest.param("partnergeweld", [("familie", 0.5)], {}, "geweld_familie", id="forced to marry"),
    pytest.param("partnergeweld", [("gemengde_relatie", 0.9)], {}, "geweld_papieren", id="no papers"),
    pytest.param("partnergeweld", [("twijfel_scheiden", 0.3)], {}, "geweld_vertrek", id="wants to leave"),
    pytest.param("partnergeweld", [("conflict", 0.9)], {}, "geweld_ruzie", id="we hit each other"),
    pytest.param("partnergeweld", [("conflict", 0.3)], {}, None, id="a row is only touched upon"),
    pytest.param("partnergeweld", [("familie", 0.05)], {}, None, id="family is hardly there"),
    pytest.param("partnergeweld", [("jongeren", 0.9)], {}, "geweld_jong", id="young"),
    pytest.param("seksueel_geweld", [("jongeren", 0.9)], {}, "seksueel_geweld_jong", id="young, sexual"),
    pytest.param("partnergeweld", [], {"violence": "eigen_agressie"}, "over_en_weer", id="both ways"),
    pytest.param("zelfdoding", [("bezorgd_om_iemand", 0.3)], {}, "zelfdoding_ander", id="a sister"),
    pytest.param("zelfdoding", [("conflict", 0.9)], {}, None, id="suicide is the same in a row"),
    pytest.param("eigen_agressie", [("bezorgd_om_iemand", 0.9)], {}, None, id="own aggression"),
    pytest.param("acuut_gevaar", [("bezorgd_om_iemand", 0.9)], {}, None, id="danger now is danger now"),
]


@pytest.mark.parametrize(("risk", "needs", "slots", "situation"), SAID)
def test_codes_choose_the_words(
    risk: str, needs: list[tuple[str, float]], slots: dict[str, Any], situation: str | None
) -> None:
    rows = [{"code": code, "confidence": confidence} for code, confidence in needs]
    assert situation_of(tracker(risk, needs=rows, slots=slots), risk) == situation


@pytest.mark.parametrize(
    ("risk", "sign", "slots", "situation"),
    [
        pytest.param("partnergeweld", "wurging", {}, "geweld_wurging", id="a throat was squeezed"),
        pytest.param("acuut_gevaar", "wurging", {}, "nu_wurging", id="just now"),
        pytest.param("partnergeweld", "wapen", {}, "geweld_wapen", id="a weapon in the house"),
        pytest.param("eigen_agressie", "zoekt_opvang", {}, "zoekt_opvang", id="hunts for a shelter"),
        pytest.param("partnergeweld", "wurging", {"about": "ander"}, "geweld_ander", id="of a friend"),
        pytest.param("partnergeweld", "wapen", {"violence": "eigen_agressie"}, "over_en_weer", id="both ways"),
        pytest.param("zelfdoding", "wapen", {}, None, id="suicide has its own words"),
        pytest.param("eigen_agressie", "wurging", {}, None, id="who did it"),
    ],
)
def test_what_is_said_of_the_violence_chooses_the_words(
    risk: str, sign: str, slots: dict[str, Any], situation: str | None
) -> None:
    assert situation_of(tracker(risk, sign=sign, slots=slots), risk) == situation


def test_strangulation_foretells_worse_and_sends_to_a_doctor(run: Run) -> None:
    needs = [{"code": "conflict", "confidence": 0.9}]
    messages, events = run(AnswerRisk(), "partnergeweld", needs=needs, sign="wurging")
    said = " ".join(message["text"] for message in messages)
    for words in ("ook als je niets ziet", "dodelijk", "dokter", "112", "bescherming"):
        assert words in said
    assert said.count("?") == 1
    slots = slots_of(events)
    messages, _ = run(FollowUp(), "ontken", slots=slots)
    assert "dokter" in messages[0]["text"]


@pytest.mark.parametrize(("sign", "situation"), [("wurging", "geweld_wurging"), ("wapen", "geweld_wapen")])
def test_what_is_graver_than_what_was_said_before_gets_its_words(run: Run, sign: str, situation: str) -> None:
    slots = {"risk": "partnergeweld", "violence": "partnergeweld", "warned": True, "waiting_for": None}
    messages, events = run(AnswerRisk(), "partnergeweld", slots=slots, sign=sign)
    assert messages[0]["text"] == situations()[situation].say
    after = {**slots, **slots_of(events)}
    assert after["waiting_for"] == "safety"
    messages, _ = run(AnswerRisk(), "partnergeweld", slots=after, sign=sign)
    assert messages[0]["text"] != situations()[situation].say  # the same once more is not said in the same words


def test_who_hunts_for_a_shelter_gets_no_address_and_no_scolding(run: Run) -> None:
    messages, events = run(AnswerRisk(), "eigen_agressie", sign="zoekt_opvang")
    said = messages[0]["text"]
    assert "geef ik aan niemand" in said
    assert "telt ook" in said
    assert slots_of(events)["violence"] == "eigen_agressie"
    assert {card["provider_type"] for card in messages[0]["custom"]["cards"]}.isdisjoint({"vluchthuis"})
    messages, _ = run(AnswerRisk(), "eigen_agressie", sign="zoekt_opvang", slots=slots_of(events))
    assert messages[0]["text"].startswith("Een adres geef ik niet")


def test_the_words_of_one_risk_are_not_used_for_another() -> None:
    assert protocol_of("zelfdoding", "geweld_ander") == load_crisis().risks["zelfdoding"]
    assert protocol_of("partnergeweld", "geweld_ander") == situations()["geweld_ander"]


def test_the_answer_to_the_question_stays_in_the_same_words(run: Run) -> None:
    needs = [{"code": "gemengde_relatie", "confidence": 0.9}]
    messages, events = run(AnswerRisk(), "partnergeweld", needs=needs)
    assert "zonder papieren" in messages[0]["text"]
    slots = {**slots_of(events)}
    assert slots["situation"] == "geweld_papieren"
    messages, _ = run(FollowUp(), "bevestig", slots=slots)
    assert messages[0]["text"] == situations()["geweld_papieren"].on_yes


def test_somebody_near_is_alarming_where_somebody_wants_to_leave(run: Run) -> None:
    slots = {"risk": "partnergeweld", "situation": "geweld_vertrek", "waiting_for": "safety"}
    messages, _ = run(FollowUp(), "bevestig", slots=slots)
    assert messages[0]["custom"]["cards"][0]["id"] == "crisis-112"


def test_own_aggression_never_gets_the_words_for_a_victim_or_a_shelter(run: Run) -> None:
    slots = {"risk": "eigen_agressie", "violence": "eigen_agressie", "warned": True}
    needs = [{"code": "gemengde_relatie", "confidence": 0.9}]
    messages, _ = run(AnswerRisk(), "partnergeweld", slots=slots, needs=needs)
    assert "elke kant" in messages[0]["text"]
    assert "niet jouw schuld" not in messages[0]["text"]
