"""What was not checked in time sinks, says so, and in the end is not shown any more."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from referral_db.candidates import find_candidates
from referral_db.freshness import due_on
from referral_db.models import FieldCheck
from referral_db.search import Query, search
from tests.referral_db.invented_services import ALWAYS, DAY, GEOGRAPHY, add, empty_database
from tests.referral_db.test_candidates import GENT

TODAY = DAY.date()


@pytest.mark.parametrize(("field", "days"), [("phone", 90), ("hours", 180), ("price", 365), ("address", 365)])
def test_each_field_has_its_own_date(field: str, days: int) -> None:
    assert due_on(field, TODAY) == TODAY + dt.timedelta(days=days)


def _ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def _check(field: str, days: int) -> FieldCheck:
    return FieldCheck(field=field, checked_on=_ago(days), method="gebeld", confidence="high")


@pytest.mark.parametrize(
    ("service", "checks", "late"),
    [
        pytest.param({"checked_on": _ago(90)}, {}, [], id="in time"),
        pytest.param({"checked_on": _ago(91)}, {}, ["phone"], id="the telephone"),
        pytest.param({"checked_on": _ago(181)}, {}, ["phone", "hours"], id="the hours too"),
        pytest.param({"checked_on": _ago(366)}, {}, ["phone", "hours", "price"], id="everything"),
        pytest.param({"checked_on": _ago(366)}, {"phone": 1, "hours": 1, "price": 1}, [], id="each field was checked"),
        pytest.param({"checked_on": _ago(1)}, {"hours": 181, "phone": 90}, ["hours"], id="the field goes first"),
        pytest.param({"checked_on": _ago(366), "phones": [], "hours": []}, {}, ["price"], id="only what is there"),
        pytest.param({"checked_on": _ago(300), "phones": [], "price_kind": "onbekend"}, {}, ["hours"], id="no price"),
    ],
)
def test_which_fields_are_late(service: dict[str, Any], checks: dict[str, int], late: list[str]) -> None:
    with empty_database() as session:
        record = add(session, "een", **{"hours": [ALWAYS]} | service)
        record.field_checks = [_check(field, days) for field, days in checks.items()]
        session.flush()
        [candidate] = find_candidates(session, GENT)
        assert candidate.late_fields(TODAY) == late


def test_late_fields_sink_and_say_so() -> None:
    with empty_database() as session:
        for slug, days in (("a-laat", 181), ("b-telefoon-laat", 91), ("c-vers", 10)):
            add(session, slug, hours=[ALWAYS], checked_on=_ago(days))
        cards = search(session, GEOGRAPHY, Query(("ontrouw",), None, DAY)).cards
    assert [card["id"] for card in cards] == ["c-vers", "b-telefoon-laat", "a-laat"]
    assert cards[0]["not_matching"] == []
    assert cards[1]["not_matching"] == ["het nummer is al lang niet nagekeken"]
    assert cards[2]["not_matching"] == ["het nummer is al lang niet nagekeken"]


def test_after_a_year_the_card_says_only_that() -> None:
    with empty_database() as session:
        add(session, "een", checked_on=_ago(400))
        [card] = search(session, GEOGRAPHY, Query(("ontrouw",), None, DAY)).cards
    assert card["not_matching"] == ["al meer dan een jaar niet nagekeken"]


@pytest.mark.parametrize(("days", "shown"), [(730, 1), (731, 0)])
def test_after_two_years_nobody_sees_it(days: int, shown: int) -> None:
    with empty_database() as session:
        add(session, "een", checked_on=_ago(days))
        assert search(session, GEOGRAPHY, Query(("ontrouw",), None, DAY)).total == shown
