from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from referral_db import codes
from referral_db.conditions import BANDS, KNOWN_BY, conditions, phone_trace, wait_in_words

YES_NO = (
    *("referral_needed", "both_partners", "group_talk", "anonymous"),
    *("on_phone_bill", "calls_back", "letter_home", "account_needed"),
)
NOTHING: dict[str, Any] = dict.fromkeys(
    (
        *("admission", "eligibility_description", "minimum_age", "maximum_age", "philosophy"),
        *("wait_band", "wait_text", "wait_known_by", *YES_NO),
    )
) | {"who_pays": "onbekend"}


def _service(**values: Any) -> Any:
    return SimpleNamespace(**NOTHING | values)


def test_of_what_is_not_known_nothing_is_said() -> None:
    assert conditions(_service()) == []
    assert phone_trace(_service()) is None
    assert wait_in_words(_service()) is None


@pytest.mark.parametrize("name", YES_NO)
def test_a_yes_and_a_no_are_both_said_and_differ(name: str) -> None:
    said = {value: [*conditions(_service(**{name: value})), phone_trace(_service(**{name: value}))] for value in (1, 0)}
    assert len([text for text in said[1] if text]) == len([text for text in said[0] if text]) == 1
    assert said[1] != said[0]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        pytest.param({"eligibility_description": "voor ouders"}, "Voor ouders.", id="for whom, as typed"),
        pytest.param({"eligibility_description": "jongeren."}, "Voor jongeren.", id="for whom"),
        pytest.param({"minimum_age": 12, "maximum_age": 25}, "Van 12 tot en met 25 jaar.", id="ages"),
        pytest.param({"minimum_age": 18}, "Vanaf 18 jaar.", id="lowest age"),
        pytest.param({"maximum_age": 0}, "Tot en met 0 jaar.", id="highest age"),
        pytest.param({"philosophy": "christelijk"}, "Christelijk geïnspireerd.", id="philosophy"),
        pytest.param({"who_pays": "prive"}, "Dit is privéhulp.", id="who pays"),
    ],
)
def test_one_fact_is_one_sentence(values: dict[str, Any], sentence: str) -> None:
    assert conditions(_service(**values)) == [sentence]


def test_who_pays_is_not_said_twice() -> None:
    assert conditions(_service(admission="Gratis, want de overheid betaalt.", who_pays="overheid")) == [
        "Gratis, want de overheid betaalt."
    ]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"wait_band": "tot_2_weken"}, "hoogstens 2 weken"),
        ({"wait_band": "tot_2_weken", "wait_text": "tien dagen"}, "tien dagen"),
        ({"wait_band": "geen", "wait_known_by": "gebeld"}, "geen wachttijd (gevraagd aan de telefoon)"),
        ({"wait_known_by": "gebeld"}, None),
    ],
)
def test_the_wait_in_words(values: dict[str, Any], text: str | None) -> None:
    assert wait_in_words(_service(**values)) == text


def test_every_code_has_words() -> None:
    assert tuple(BANDS) == codes.WAIT_BANDS
    assert tuple(KNOWN_BY) == codes.WAIT_KNOWN_BY
    for philosophy in codes.PHILOSOPHIES:
        assert len(conditions(_service(philosophy=philosophy))) == 1
    for payer in codes.WHO_PAYS:
        assert len(conditions(_service(who_pays=payer))) == (payer != "onbekend")
