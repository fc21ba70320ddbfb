"""The crisis file: every line callable, every risk answered, and a broken file refused with what is wrong in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from referral_db.codes import RISKS
from referral_db.crisis import CRISIS, Crisis, load_crisis
from referral_db.seeding import read_seed

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def crisis() -> Crisis:
    return load_crisis()


def test_every_risk_of_the_taxonomy_has_a_protocol(crisis: Crisis) -> None:
    assert tuple(crisis.risks) == RISKS


def test_a_line_with_a_short_number_has_that_number_as_its_code(crisis: Crisis) -> None:
    for code, line in crisis.lines.items():
        if line.number and len(line.number) <= 4:
            assert code == line.number


def test_the_emergency_block_starts_with_112(crisis: Crisis) -> None:
    assert crisis.emergency == ("112", "106", "1712", "1813")
    assert all(crisis.lines[code].number for code in crisis.emergency)


@pytest.mark.parametrize(
    ("risk", "number"),
    [
        ("acuut_gevaar", "112"),
        ("zelfdoding", "1813"),
        ("partnergeweld", "1712"),
        ("seksueel_geweld", "1712"),
        ("kind_in_gevaar", "1712"),
        ("eigen_agressie", "1712"),
    ],
)
def test_the_first_reply_names_the_line_of_its_risk(crisis: Crisis, risk: str, number: str) -> None:
    protocol = crisis.risks[risk]
    assert re.search(rf"\b{number}\b", protocol.say)
    assert number in protocol.lines


def test_acute_danger_asks_nothing_and_offers_only_112_and_the_police(crisis: Crisis) -> None:
    protocol = crisis.risks["acuut_gevaar"]
    assert protocol.lines == ("112", "101")
    assert protocol.buttons == ()
    assert not any("?" in text for text in protocol.texts().values())


@pytest.mark.parametrize("risk", [risk for risk in RISKS if risk != "acuut_gevaar"])
def test_another_risk_asks_one_safety_question_and_one_other_gentle_one(crisis: Crisis, risk: str) -> None:
    protocol = crisis.risks[risk]
    assert protocol.say.count("?") == 1
    assert protocol.say.endswith("?")
    assert protocol.again.count("?") == 1
    assert protocol.again.endswith("?")
    assert protocol.say.rsplit(". ", 1)[-1] != protocol.again.rsplit(". ", 1)[-1]


@pytest.mark.parametrize("risk", [risk for risk in RISKS if risk != "acuut_gevaar"])
def test_after_the_answer_nothing_is_asked_because_no_rule_waits_for_it(crisis: Crisis, risk: str) -> None:
    protocol = crisis.risks[risk]
    for text in (protocol.on_yes, protocol.on_no, protocol.on_unsure, protocol.on_decline):
        assert "?" not in text


@pytest.mark.parametrize("risk", [risk for risk in RISKS if risk != "acuut_gevaar"])
def test_every_answer_has_a_button_and_the_person_may_decline(crisis: Crisis, risk: str) -> None:
    protocol = crisis.risks[risk]
    assert {payload for _, payload in protocol.buttons} == {"/bevestig", "/ontken", "/weet_niet", "/liever_niet"}
    titles = [title for title, _ in protocol.buttons]
    assert len(set(titles)) == len(titles)


def test_yes_alarms_about_suicide_and_no_alarms_about_safety(crisis: Crisis) -> None:
    alarming = {code: protocol.alarming for code, protocol in crisis.risks.items()}
    assert alarming.pop("acuut_gevaar") == ()
    assert alarming.pop("zelfdoding") == ("bevestig",)
    assert set(alarming.values()) == {("ontken", "weet_niet")}


def test_an_alarming_answer_is_met_with_112(crisis: Crisis) -> None:
    for protocol in crisis.risks.values():
        reply = {"bevestig": protocol.on_yes, "ontken": protocol.on_no, "weet_niet": protocol.on_unsure}
        for answer in protocol.alarming:
            assert "112" in reply[answer]
            assert "112" in protocol.lines


def test_own_aggression_never_gets_a_line_where_a_victim_may_be(crisis: Crisis) -> None:
    assert set(crisis.risks["eigen_agressie"].lines) == {"1712", "106", "112"}


def test_the_reply_when_all_is_down_says_whose_fault_it_is_not_and_holds_the_numbers(crisis: Crisis) -> None:
    assert "Dat ligt niet aan jou" in crisis.safe_reply
    for number in ("112", "106", "1712", "1813"):
        assert re.search(rf"\b{number}\b", crisis.safe_reply)


def test_digital_safety_says_that_history_stays(crisis: Crisis) -> None:
    assert "wist je geschiedenis niet" in crisis.digital_safety


def test_1712_never_claims_to_be_open_at_night(crisis: Crisis) -> None:
    assert crisis.lines["1712"].hours_text.startswith("op werkdagen van 9 tot 18 uur")


def test_every_line_agrees_with_a_published_record_of_the_seed(crisis: Crisis) -> None:
    records, _ = read_seed()
    published = [record for record in records if record["state"] == "published"]
    for line in crisis.lines.values():
        same = [
            record
            for record in published
            if (line.number and line.number in [phone["number"] for phone in record["phones"]])
            or (not line.number and record["url"] == line.href)
        ]
        assert same, f"{line.code}: no published record has this number or website"
        chats = {
            contact["value"] for record in same for contact in record["online_contacts"] if contact["channel"] == "chat"
        }
        assert line.chat_url in (chats or {None}), f"{line.code}: the record has another chat"


def _put(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        for key in path[:-1]:
            raw = raw[key]
        raw[path[-1]] = value

    return change


def _line(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda raw: raw["lines"][0].update(values)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda raw: raw["lines"].append(raw["lines"][0]), "'112' stands twice", id="line twice"),
        pytest.param(_line(name=" "), "'112': no text in name", id="line without name"),
        pytest.param(_line(href="tel:113"), "does not call '112'", id="link calls another number"),
        pytest.param(_line(number=None), "must be a website", id="no number and no website"),
        pytest.param(_line(checked_on="ooit"), "checked_on is not a date", id="no date"),
        pytest.param(_line(languages=[]), "'112': no languages", id="no language"),
        pytest.param(lambda raw: raw["risks"].pop("zelfdoding"), "taxonomy: zelfdoding", id="risk missing"),
        pytest.param(
            _put("risks", "zelfdoding", "on_no", value=""), "'zelfdoding': no text in on_no", id="text missing"
        ),
        pytest.param(_put("risks", "zelfdoding", "lines", value=[]), "'zelfdoding': no lines", id="risk without lines"),
        pytest.param(_put("risks", "zelfdoding", "lines", value=["113"]), "unknown line 113", id="unknown line"),
        pytest.param(_put("emergency", value=["999"]), "emergency: unknown line 999", id="unknown emergency line"),
        pytest.param(
            _put("risks", "zelfdoding", "buttons", value=[["Ja", "/ja"]]), "unknown payload /ja", id="unknown payload"
        ),
        pytest.param(_put("risks", "zelfdoding", "buttons", value=[]), "buttons belong to a question", id="no buttons"),
        pytest.param(_put("risks", "zelfdoding", "alarming", value=[]), "alarming must name answers", id="no alarm"),
        pytest.param(_put("safe_reply", value=None), "no text in safe_reply", id="no safe reply"),
    ],
)
def test_a_broken_file_is_refused_with_what_is_wrong(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    raw = yaml.safe_load(CRISIS.read_text(encoding="utf-8"))
    change(raw)
    broken = tmp_path / "crisis.yml"
    broken.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(message)):
        load_crisis(broken)
