from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_db.records import canonical
from referral_db.validation import complete, missing_for_publication
from tests.referral_db.record_strategies import raw_records

GOOD: dict[str, Any] = {
    "slug": "lijn",
    "name": "De Lijn",
    "state": "published",
    "provider_type": "hulplijn",
    "needs": ["eenzaamheid"],
    "channels": ["telefoon"],
    "service_areas": [{"extent_type": "land", "code": "BE"}],
    "phones": [{"number": "106"}],
    "source": "https://voorbeeld.be",
    "confidence": "high",
    "checked_on": "2026-11-22",
    "organization": {"slug": "lijn", "name": "De Lijn"},
}


def _problems(**changes: Any) -> list[tuple[str, str]]:
    return [(problem.column, problem.reason) for problem in complete(GOOD | changes)[1]]


def test_a_good_record_has_no_problems_and_gets_its_defaults() -> None:
    record, problems = complete(GOOD)
    assert problems == []
    assert record["who_pays"] == "onbekend"
    assert record["couple_work"] is False
    assert record["phones"] == [{"number": "106", "type": "voice", "description": None, "trace": None}]


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"name": " "}, "name", "ontbreekt"),
        ({"name": "x" * 201}, "name", "is langer dan 200 tekens"),
        ({"name": "a\x00b"}, "name", "heeft een teken dat niet mag"),
        ({"slug": "De Lijn"}, "slug", "mag enkel kleine letters"),
        ({"url": "www.lijn.be"}, "url", "is geen webadres"),
        ({"url": "javascript:alert(1)"}, "url", "is geen webadres"),
        ({"email": "lijn"}, "email", "is geen e-mailadres"),
        ({"state": "klaar"}, "state", "is niet een van"),
        ({"needs": ["overspel"]}, "needs", "is geen bekende code"),
        ({"checked_on": "22/11/2026"}, "checked_on", "is geen datum"),
        ({"minimum_age": "twaalf"}, "minimum_age", "is geen getal"),
        ({"minimum_age": 12.5}, "minimum_age", "is geen geheel getal"),
        ({"minimum_age": 30, "maximum_age": 20}, "service.maximum_age", "komt voor minimum_age"),
        ({"philosophy": "stoïcijns"}, "philosophy", "is niet een van"),
        ({"wait_band": "lang"}, "wait_band", "is niet een van"),
        ({"wait_known_by": "horen zeggen"}, "wait_known_by", "is niet een van"),
        ({"calls_back": "ja"}, "calls_back", "moet waar of onwaar zijn"),
        ({"required_documents": [{"uri": "https://x.be"}]}, "required_documents.1.document", "ontbreekt"),
        ({"required_documents": [{"document": "x", "uri": "x.be"}]}, "required_documents.1.uri", "is geen webadres"),
        ({"couple_work": "ja"}, "couple_work", "moet waar of onwaar zijn"),
        ({"phones": [{"number": "bel mij"}]}, "phones.1.number", "is geen telefoonnummer"),
        ({"phones": "106"}, "phones", "moet een lijst zijn"),
        (
            {"online_contacts": [{"channel": "mail", "value": "https://x.be"}]},
            "online_contacts.1.value",
            "past niet bij",
        ),
        ({"online_contacts": [{"channel": "chat", "value": "x@y.be"}]}, "online_contacts.1.value", "past niet bij"),
        (
            {"service_areas": [{"extent_type": "gemeente", "code": "99999"}]},
            "service_areas.1.code",
            "is geen bekend gebied",
        ),
        ({"service_areas": [{"extent_type": "land", "code": "NL"}]}, "service_areas.1.code", "is geen bekend gebied"),
        ({"languages": [{"code": "nl"}, {"code": "nl"}]}, "languages", "heeft twee keer hetzelfde"),
        (
            {"schedules": [{"attending_type": "telefoon", "byday": "MO", "opens_at": "9u"}]},
            "schedules.1.opens_at",
            "moet een uur zijn",
        ),
        (
            {"schedules": [{"attending_type": "telefoon", "byday": "MO", "opens_at": "09:00"}]},
            "schedules.1",
            "heeft een beginuur en een einduur nodig",
        ),
        ({"cost_options": [{"amount": -1}]}, "cost_options.1.amount", "mag niet onder nul zijn"),
        ({"cost_options": [{"amount": float("nan")}]}, "cost_options.1.amount", "is geen getal"),
        ({"cost_options": [{"amount": 20, "amount_max": 10}]}, "cost_options.1.amount_max", "komt voor amount"),
        ({"organization": None}, "organization", "ontbreekt"),
        ({"id": "1"}, "id", "is geen UUID"),
        ({"kleur": "blauw"}, "kleur", "is geen bekend veld"),
        ({"confidence": "low"}, "state", "de zekerheid is laag"),
        ({"phones": []}, "state", "geen manier om de dienst te bereiken"),
        ({"needs": []}, "state", "geen nood of risico"),
        ({"provider_type": "Relatietherapeut"}, "state", "werkt met twee partners samen"),
        ({"provider_type": "bemiddeling"}, "state", "werkt met twee partners samen"),
        ({"hidden_address": True, "locations": [{"slug": "huis", "city": "Gent"}]}, "locations", "geheim adres"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], column: str, reason: str) -> None:
    assert any(place == column and reason in text for place, text in _problems(**changes))


def test_couple_therapy_that_says_so_may_be_published() -> None:
    assert _problems(provider_type="relatietherapeut", couple_work=True) == []


def test_a_draft_may_lack_what_publication_needs() -> None:
    record, problems = complete(GOOD | {"state": "draft", "phones": [], "needs": [], "confidence": "low"})
    assert problems == []
    assert len(missing_for_publication(record)) == 3


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "x"]), inner, max_size=3),
    max_leaves=8,
)


@given(raw_records())
@settings(max_examples=60, deadline=None)
def test_completing_twice_is_completing_once(raw: dict[str, Any]) -> None:
    record, problems = complete(raw)
    assert problems == []
    again, problems = complete(record)
    assert problems == []
    assert canonical(again) == canonical(record)


@given(st.sampled_from(sorted(GOOD)), _JUNK)
@settings(max_examples=200, deadline=None)
def test_rubbish_is_a_problem_and_never_a_crash(name: str, junk: Any) -> None:
    record, problems = complete(GOOD | {name: junk})
    if problems:
        assert all(problem.column and problem.reason for problem in problems)
    else:
        assert complete(record) == (record, [])
