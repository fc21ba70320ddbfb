"""The search over the real records: every need has help in every region, by night too."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from referral_db.search import Query, Result, search
from referral_db.seeding import seed
from referral_db.taxonomy import JOINT_PROVIDERS, LANGUAGES, NEEDS, NO_JOINT_HELP, RISKS
from tests.referral_db.invented_services import DAY, GEOGRAPHY, NIGHT, empty_database, place

PLACES = ["9000", "Genk", "Brussel"]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with empty_database() as session:
        seed(session)
        yield session


def look(session: Session, need: str, where: str, at: dt.datetime, max_price: float | None = None) -> Result:
    return search(session, GEOGRAPHY, Query((need,), place(where), at, max_price))


@pytest.mark.parametrize("at", [NIGHT, DAY], ids=["night", "day"])
@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("max_price", [None, 0.0, 60.0], ids=["any", "free", "60"])
def test_every_need_has_three_cards_and_one_answers_now(
    session: Session, need: str, where: str, at: dt.datetime, max_price: float | None
) -> None:
    found = look(session, need, where, at, max_price)
    assert len(found.cards) == 3
    assert any(card["open"]["state"] == "open" and card["open"]["text"] != "altijd te lezen" for card in found.cards)
    assert all(2 <= len(card["why"]) <= 3 and len(card["not_matching"]) <= 2 for card in found.cards)
    assert all(card["contacts"] and card["source"].startswith("http") for card in found.cards)
    assert len({card["provider_type"] for card in found.cards}) >= 2
    assert not found.widened


@pytest.mark.parametrize("at", [NIGHT, DAY], ids=["night", "day"])
@pytest.mark.parametrize("risk", RISKS)
def test_after_a_risk_somebody_answers_first(session: Session, risk: str, at: dt.datetime) -> None:
    cards = look(session, risk, "9000", at).cards
    assert cards[0]["open"]["state"] == "open"
    assert len(cards) >= 2


def test_who_answers_first_after_a_risk_by_night(session: Session) -> None:
    first = {risk: look(session, risk, "9000", NIGHT).cards[0]["id"] for risk in RISKS}
    assert first == {
        "acuut_gevaar": "noodnummer-112",
        "zelfdoding": "zelfmoordlijn-1813",
        # 1712 has no night line: until 9h somebody listens at 106.
        "partnergeweld": "tele-onthaal-106",
        "seksueel_geweld": "zsg-gent",
        "kind_in_gevaar": "noodnummer-112",
        "eigen_agressie": "tele-onthaal-106",
    }


@pytest.mark.parametrize("risk", ["partnergeweld", "kind_in_gevaar", "eigen_agressie"])
def test_1712_is_among_the_first_three_at_any_hour(session: Session, risk: str) -> None:
    for at in (NIGHT, DAY):
        assert "hulplijn-1712" in [card["id"] for card in look(session, risk, "9000", at).cards]


@pytest.mark.parametrize("risk", sorted(NO_JOINT_HELP))
def test_never_together_after_violence(session: Session, risk: str) -> None:
    for need in NEEDS:
        query = Query((need,), place("9000"), DAY, limit=50, risk=risk)
        assert not {card["provider_type"] for card in search(session, GEOGRAPHY, query).cards} & JOINT_PROVIDERS


def test_the_address_of_a_refuge_is_hidden(session: Session) -> None:
    query = Query(("partnergeweld",), place("9000"), DAY, limit=50)
    refuges = [c for c in search(session, GEOGRAPHY, query).cards if c["provider_type"] == "vluchthuis"]
    assert refuges
    assert all(card["distance_km"] is None for card in refuges)


@pytest.mark.parametrize("at", [NIGHT, DAY], ids=["night", "day"])
@pytest.mark.parametrize("where", [*PLACES, None])
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_help_in_the_own_language_comes_first_and_somebody_answers_now(
    session: Session, language: str, where: str | None, at: dt.datetime
) -> None:
    there = place(where) if where else None
    cards = search(session, GEOGRAPHY, Query((), there, at, language=language, limit=20)).cards
    other = ["helpt in het" in " ".join(card["not_matching"]) for card in cards]
    assert other == sorted(other)
    assert any(card["open"]["state"] == "open" and card["open"]["text"] != "altijd te lezen" for card in cards[:3])


@pytest.mark.parametrize("at", [NIGHT, DAY], ids=["night", "day"])
@pytest.mark.parametrize("time", ["nu", "morgen 8-12", "elke 17-22", "weekend 8-22"])
def test_who_is_open_at_the_time_that_was_asked_comes_first_and_the_card_says_so(
    session: Session, time: str, at: dt.datetime
) -> None:
    for need in NEEDS:
        cards = search(session, GEOGRAPHY, Query((need,), place("9000"), at, time=time)).cards
        doubt = ["op dat moment" in " ".join(card["not_matching"]) for card in cards]
        assert not doubt[0]
        assert re.search("open (van|vandaag|morgen|[a-z]+dag) |dag en nacht open|nu bereikbaar", cards[0]["why"][1])
        assert doubt == sorted(doubt) or cards[2]["open"]["state"] == "open"


def test_a_time_changes_no_order_after_a_risk(session: Session) -> None:
    asked = [search(session, GEOGRAPHY, Query((), None, NIGHT, risk=risk, time="weekend 8-12")) for risk in RISKS]
    assert [found.cards[0]["id"] for found in asked] == [
        search(session, GEOGRAPHY, Query((), None, NIGHT, risk=risk)).cards[0]["id"] for risk in RISKS
    ]
