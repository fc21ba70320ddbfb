"""Who is found for whom, in which order, and what is let go when too little is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from referral_db.generate import generate
from referral_db.price import Situation
from referral_db.search import Query, Result, search
from referral_db.taxonomy import NEEDS, NO_JOINT_HELP, RISKS
from tests.referral_db.invented_services import (
    ALWAYS,
    BRUSSELS,
    DAY,
    FLANDERS,
    GEOGRAPHY,
    NIGHT,
    OFFICE,
    add,
    area,
    counted,
    empty_database,
    place,
)

GENT = place("9000")


@pytest.fixture(scope="module")
def varied() -> Iterator[Session]:
    """For every need something to visit, something dear and a chat; and one line that is always open."""
    with empty_database() as session:
        add(session, "line", needs=sorted(NEEDS), provider_type="hulplijn", hours=[ALWAYS])
        for number, code in enumerate(sorted(NEEDS)):
            add(session, f"visit-{code}", needs=[code], channels=["ter_plaatse", "groep"], at="Gent")
            add(session, f"dear-{code}", needs=[code], price_kind="vork", costs=[{"amount": 10 * number}])
            add(session, f"chat-{code}", needs=[code], channels=["chat"], hours=[OFFICE | {"attending_type": "chat"}])
        yield session


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        yield session


def look(session: Session, *needs: str, at: dt.datetime = DAY, **query: Any) -> Result:
    return search(session, GEOGRAPHY, Query(needs or ("ontrouw",), query.pop("place", GENT), at, **query))


def names(session: Session, *needs: str, **query: Any) -> list[str]:
    return [card["id"] for card in look(session, *needs, **query).cards]


class TestWhoIsFound:
    def test_only_published_services_for_the_need_and_the_place(self, session: Session) -> None:
        add(session, "fits", areas=[area("Gent")])
        add(session, "fits-too", areas=[("provincie", "Oost-Vlaanderen")])
        add(session, "draft", state="draft")
        add(session, "archived", state="archived")
        add(session, "other-need", needs=["familie"])
        add(session, "other-place", areas=[area("Hasselt")])
        add(session, "other-region", areas=[("gewest", "brussel")])
        assert names(session, limit=9) == ["fits", "fits-too"]

    @pytest.mark.parametrize(
        ("where", "found"),
        [
            pytest.param("Gent", {"gent", "province", "flanders", "both", "country"}, id="municipality"),
            pytest.param("9050 Gentbrugge", {"gent", "province", "flanders", "both", "country"}, id="sub-municipality"),
            pytest.param("Aalter", {"province", "flanders", "both", "country"}, id="another municipality"),
            pytest.param("Oost-Vlaanderen", {"gent", "province", "flanders", "both", "country"}, id="province"),
            pytest.param("Elsene", {"elsene", "brussels", "both", "country"}, id="municipality of Brussels"),
            pytest.param("Brussel", {"elsene", "brussels", "both", "country"}, id="Brussels"),
            pytest.param(None, {"flanders", "both", "country"}, id="not said"),
        ],
    )
    def test_the_area_that_is_served(self, session: Session, where: str | None, found: set[str]) -> None:
        add(session, "gent", areas=[area("Gent")])
        add(session, "province", areas=[("provincie", "Oost-Vlaanderen")])
        add(session, "flanders", areas=[("gewest", "vlaanderen")])
        add(session, "both")
        add(session, "country", areas=[("land", "BE")])
        add(session, "elsene", areas=[area("Elsene")])
        add(session, "brussels", areas=[("gewest", "brussel")])
        assert set(names(session, place=place(where) if where else None, limit=9)) == found

    def test_two_needs_come_before_one(self, session: Session) -> None:
        add(session, "a-one", needs=["ontrouw", "familie", "conflict", "lhbti"], provider_type="JAC")
        add(session, "b-two", needs=["ontrouw", "scheiding", "conflict", "lhbti"])
        assert names(session, "ontrouw", "scheiding") == ["b-two", "a-one"]

    def test_age_filters_when_it_is_known(self, session: Session) -> None:
        add(session, "young", maximum_age=25)
        add(session, "grown", minimum_age=18)
        add(session, "all")
        assert set(names(session, situation=Situation(age=16))) == {"young", "all"}
        assert set(names(session, situation=Situation(age=50))) == {"grown", "all"}
        unknown = look(session)
        assert unknown.cards[-1]["id"] == "young"
        assert unknown.cards[-1]["not_matching"] == ["enkel tot en met 25 jaar"]
        assert names(session, "ontrouw", "jongeren", situation=Situation(age=16))

    def test_stale_sinks_and_long_stale_is_hidden(self, session: Session) -> None:
        add(session, "a-stale", checked_on=DAY.date() - dt.timedelta(days=366))
        add(session, "b-fresh", checked_on=DAY.date() - dt.timedelta(days=365))
        add(session, "hidden", checked_on=DAY.date() - dt.timedelta(days=731))
        found = look(session)
        assert [card["id"] for card in found.cards] == ["b-fresh", "a-stale"]
        assert found.cards[1]["not_matching"] == ["al meer dan een jaar niet nagekeken"]

    def test_without_needs_general_help(self, session: Session) -> None:
        add(session, "general", needs=sorted(NEEDS)[:8])
        add(session, "narrow", needs=["seksualiteit"])
        assert [card["id"] for card in search(session, GEOGRAPHY, Query((), GENT, DAY)).cards] == ["general"]


class TestOrder:
    def test_nearer_first(self, session: Session) -> None:
        add(session, "a-far", at="9300", channels=["ter_plaatse"], areas=[("provincie", "Oost-Vlaanderen")])
        add(session, "b-near", at="9050", channels=["ter_plaatse"], areas=[("provincie", "Oost-Vlaanderen")])
        cards = look(session).cards
        assert [card["id"] for card in cards] == ["b-near", "a-far"]
        assert cards[0]["distance_km"] is not None
        assert cards[0]["distance_km"] < 5
        assert cards[0]["place"] == "Teststraat 1, 9050 Gent"

    def test_subsidised_before_private_at_equal_fit(self, session: Session) -> None:
        add(session, "a-private", who_pays="prive")
        add(session, "b-non-profit", who_pays="vzw")
        add(session, "c-public", who_pays="overheid")
        assert names(session) == ["c-public", "b-non-profit", "a-private"]

    def test_equal_scores_go_by_slug(self, session: Session) -> None:
        for slug in ("c", "a", "b"):
            add(session, slug)
        assert names(session) == ["a", "b", "c"]
        assert names(session, limit=2) == ["a", "b"]
        assert names(session, limit=2, offset=2) == ["c"]
        assert names(session, offset=9) == []
        assert look(session, limit=1).total == 3

    def test_open_now_ranks_and_never_filters(self, session: Session) -> None:
        add(session, "a-closed", hours=[OFFICE], provider_type="JAC")
        add(session, "b-unknown", provider_type="CGG")
        add(session, "c-open", hours=[ALWAYS])
        assert names(session, at=NIGHT) == ["c-open", "b-unknown", "a-closed"]

    def test_the_first_three_are_of_different_kinds(self, session: Session) -> None:
        for slug in ("a1", "a2", "a3", "a4"):
            add(session, slug, areas=[area("Gent")])
        add(session, "b-web", provider_type="website", channels=["website"], phones=[])
        add(session, "c-group", provider_type="groep", price_kind="onbekend")
        assert names(session, limit=5) == ["a1", "c-group", "b-web", "a2", "a3"]

    def test_not_for_something_much_worse(self, session: Session) -> None:
        for slug in ("a1", "a2", "a3"):
            add(session, slug)
        add(session, "b-stale", provider_type="groep", checked_on=dt.date(2025, 1, 1))
        assert names(session) == ["a1", "a2", "a3"]

    def test_another_language_sinks(self, session: Session) -> None:
        add(session, "a-french", languages=["fr"])
        add(session, "b-dutch", languages=["fr", "nl"])
        cards = look(session).cards
        assert [card["id"] for card in cards] == ["b-dutch", "a-french"]
        assert cards[1]["not_matching"] == ["helpt in het Frans"]

    def test_the_language_that_was_asked_comes_first(self, session: Session) -> None:
        add(session, "a-dutch")
        add(session, "b-french", languages=["fr"])
        found = look(session, language="fr")
        assert [card["id"] for card in found.cards] == ["b-french", "a-dutch"]
        assert "helpt in het Frans" in found.cards[0]["why"]
        assert found.cards[1]["not_matching"] == ["helpt in het Nederlands"]

    def test_one_card_for_one_number(self, session: Session) -> None:
        add(session, "a", phones=[{"number": "000 11 22"}], areas=[area("Gent")])
        add(session, "b", phones=[{"number": "0001122"}], provider_type="groep")
        assert names(session, limit=9) == ["a"]
        add(session, "c", price_kind="onbekend")
        add(session, "d", price_kind="onbekend")
        assert names(session, limit=9) == ["a", "c", "d", "b"]


class TestMoney:
    def test_free_only(self, session: Session) -> None:
        add(session, "free")
        add(session, "dear", price_kind="vork", costs=[{"amount": 60, "amount_max": 120}])
        add(session, "unknown", price_kind="onbekend")
        add(session, "by-income", price_kind="inkomensgerelateerd")
        found = look(session, max_price=0)
        assert [card["id"] for card in found.cards] == ["free", "by-income", "unknown"]
        assert "gratis" in found.cards[0]["why"]
        assert found.cards[1]["not_matching"] == ["prijs hangt af van je inkomen"]
        assert found.cards[2]["not_matching"] == ["prijs niet bekend"]

    def test_a_budget_lets_private_help_in(self, session: Session) -> None:
        add(session, "free", areas=[("land", "BE")])
        add(
            session,
            "private",
            who_pays="prive",
            provider_type="therapeut",
            price_kind="vork",
            costs=[{"amount": 60, "amount_max": 75}],
        )
        found = look(session, max_price=80)
        assert {card["id"] for card in found.cards} == {"free", "private"}
        private = next(card for card in found.cards if card["id"] == "private")
        assert "binnen je budget: € 60 tot € 75 per gesprek" in private["why"]

    def test_the_rate_of_this_person_counts(self, session: Session) -> None:
        costs = [{"amount": 11}, {"option": "verhoogde_tegemoetkoming", "amount": 4}]
        add(session, "rate", price_kind="vast", costs=costs)
        add(session, "x-free")
        add(session, "y-free")
        assert "rate" in names(session, max_price=5)
        assert look(session, max_price=5).cards[2]["not_matching"] == ["kost misschien meer dan € 5"]
        assert "rate" not in names(session, max_price=5, situation=Situation(increased_allowance=False))
        card = look(session, max_price=5, situation=Situation(increased_allowance=True)).cards[0]
        assert (card["id"], card["price"]["own_share"]) == ("rate", 4)

    def test_who_looks_for_a_group_gets_the_price_of_a_group(self, session: Session) -> None:
        costs = [{"amount": 11}, {"option": "groep", "amount": 2.5}]
        add(session, "rate", price_kind="vast", costs=costs, channels=["groep", "ter_plaatse"])
        assert look(session).cards[0]["price"]["own_share"] == 11
        price = look(session, channel="groep", max_price=3).cards[0]["price"]
        assert (price["own_share"], price["text"]) == (2.5, "€ 2,50 per keer in groep")


class TestReachableNow:
    def test_the_best_that_answers_now_comes_third(self, session: Session) -> None:
        for slug in ("a", "b", "c"):
            add(session, slug, areas=[area("Gent")], at="9000", channels=["ter_plaatse"], provider_type=slug)
        add(session, "z-open", hours=[ALWAYS], areas=[("land", "BE")], checked_on=dt.date(2025, 11, 1))
        assert names(session, at=NIGHT, limit=4) == ["a", "b", "z-open", "c"]

    def test_a_general_line_comes_third_when_nothing_that_fits_answers(self, session: Session) -> None:
        for slug in ("a", "b", "c"):
            add(session, slug, hours=[OFFICE])
        line = {"provider_type": "hulplijn", "hours": [ALWAYS]}
        add(session, "general", needs=[code for code in NEEDS if code != "ontrouw"], **line)
        add(session, "specific", needs=["eenzaamheid"], **line)
        found = look(session, at=NIGHT, limit=4)
        assert [card["id"] for card in found.cards] == ["a", "b", "general", "c"]
        assert found.cards[2]["open"] == {"state": "open", "text": "dag en nacht open"}

    def test_it_comes_alone_when_nothing_fits(self, session: Session) -> None:
        add(
            session,
            "general",
            needs=[code for code in NEEDS if code != "ontrouw"],
            provider_type="hulplijn",
            hours=[ALWAYS],
        )
        found = look(session, at=NIGHT)
        assert [card["id"] for card in found.cards] == ["general"]
        assert found.widened == ["Voor deze vraag vond ik weinig. Daarom toon ik ook hulp voor allerlei vragen."]

    def test_an_empty_database_finds_nothing(self, session: Session) -> None:
        assert look(session, at=NIGHT) == Result([], [], 0)

    @settings(max_examples=60, deadline=None)
    @given(
        st.sampled_from(sorted(NEEDS)),
        st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31)),
        st.sampled_from(["9000", "Hasselt", "Elsene", "West-Vlaanderen", "Brussel", ""]),
        st.sampled_from([None, 0.0, 20.0]),
        st.sampled_from([None, "chat", "ter_plaatse", "groep"]),
    )
    def test_at_every_minute_one_of_the_first_three_answers(
        self, varied: Session, need: str, at: dt.datetime, where: str, budget: float | None, channel: str | None
    ) -> None:
        query = {"place": place(where) if where else None, "max_price": budget, "channel": channel}
        cards = look(varied, need, at=at.replace(tzinfo=BRUSSELS), **query).cards
        assert any(card["open"]["state"] == "open" for card in cards)


class TestRisk:
    @pytest.mark.parametrize("risk", sorted(NO_JOINT_HELP))
    @pytest.mark.parametrize("as_need", [True, False])
    def test_never_together_after_violence(self, session: Session, risk: str, as_need: bool) -> None:
        codes = ["ontrouw", risk]
        add(session, "couple", needs=codes, couple_work=True)
        add(session, "couple-forgotten", needs=codes, provider_type="relatietherapeut")
        add(session, "mediation", needs=codes, provider_type="bemiddelaar")
        add(session, "alone", needs=codes)
        query: dict[str, Any] = {"limit": 9} if as_need else {"limit": 9, "risk": risk}
        assert names(session, *(codes if as_need else ["ontrouw"]), **query) == ["alone"]

    def test_together_is_fine_without_violence(self, session: Session) -> None:
        add(session, "couple", couple_work=True)
        add(session, "alone")
        assert set(names(session)) == {"couple", "alone"}

    def test_crisis_lines_come_first_and_those_open_now_before_the_others(self, session: Session) -> None:
        codes = ["partnergeweld", "conflict"]
        add(session, "a-caw", needs=codes, areas=[area("Gent")], hours=[ALWAYS])
        add(session, "b-office-line", needs=codes, provider_type="hulplijn", hours=[OFFICE])
        add(session, "c-emergency", needs=sorted(RISKS), provider_type="noodnummer", hours=[ALWAYS])
        add(session, "d-listens", needs=[*NEEDS, "partnergeweld"], provider_type="hulplijn", hours=[ALWAYS])
        assert names(session, "partnergeweld", at=NIGHT, limit=4) == [
            "d-listens",
            "c-emergency",
            "b-office-line",
            "a-caw",
        ]
        assert names(session, "partnergeweld", at=DAY, limit=4)[0] == "b-office-line"

    def test_in_danger_now_the_emergency_numbers_come_first(self, session: Session) -> None:
        add(session, "a-line", needs=["acuut_gevaar"], provider_type="hulplijn", hours=[ALWAYS])
        add(session, "y-emergency", needs=["acuut_gevaar"], provider_type="noodnummer", hours=[ALWAYS])
        add(session, "z-emergency", needs=sorted(RISKS), provider_type="noodnummer", hours=[ALWAYS])
        assert names(session, "acuut_gevaar", at=NIGHT) == ["z-emergency", "y-emergency", "a-line"]

    def test_the_risk_of_the_session_stays_when_the_question_is_another(self, session: Session) -> None:
        add(session, "a-ontrouw")
        add(session, "b-line", needs=["partnergeweld"], provider_type="hulplijn", hours=[ALWAYS])
        assert names(session, "ontrouw", risk="partnergeweld") == ["b-line", "a-ontrouw"]


class TestWidening:
    def test_region_first(self, session: Session) -> None:
        add(session, "here", areas=[area("Gent")])
        add(session, "a-hasselt", areas=[area("Hasselt")])
        add(session, "b-aalter", areas=[area("Aalter")])
        found = look(session)
        assert [card["id"] for card in found.cards] == ["here", "b-aalter"]
        assert found.cards[1]["not_matching"] == ["werkt in een andere streek"]
        assert found.widened == ["In Gent vond ik weinig. Daarom toon ik ook hulp uit een andere streek."]

    def test_a_province_is_named_as_one(self, session: Session) -> None:
        add(session, "elsewhere", areas=[area("Hasselt")])
        add(session, "here", areas=[area("Gent")])
        found = look(session, place=place("Oost-Vlaanderen"))
        assert [card["not_matching"] for card in found.cards] == [
            ["werkt niet overal in de provincie Oost-Vlaanderen"],
            ["werkt in een andere streek"],
        ]
        assert found.widened[0].startswith("In de provincie Oost-Vlaanderen vond ik weinig.")

    def test_where_no_place_is_known_nothing_is_another_region(self, session: Session) -> None:
        add(session, "a-limburg", areas=[("provincie", "Limburg")])
        add(session, "b-towns", areas=[area("Gent"), area("Aalter")])
        found = look(session, place=None)
        facts = {card["id"]: card["not_matching"] for card in found.cards}
        assert facts == {"a-limburg": ["enkel in de provincie Limburg"], "b-towns": ["enkel in Gent en omgeving"]}
        assert found.widened == ["Ik weet niet waar je woont. Daarom toon ik ook hulp die maar in één streek werkt."]

    def test_then_further_away(self, session: Session) -> None:
        add(session, "a-hasselt", areas=[area("Hasselt")])
        assert names(session) == ["a-hasselt"]

    def test_then_the_channel(self, session: Session) -> None:
        add(session, "phone")
        add(session, "visit", channels=["ter_plaatse"], at="9000", areas=[area("Gent")])
        found = look(session, channel="chat")
        assert {card["id"] for card in found.cards} == {"phone", "visit"}
        facts = {card["id"]: card["not_matching"] for card in found.cards}
        assert facts == {"phone": ["je kan er niet chatten"], "visit": ["je moet er zelf naartoe"]}
        assert found.widened == ["Ik vond nu weinig hulp waar je kan chatten. Daarom toon ik ook iets anders."]

    def test_then_the_price(self, session: Session) -> None:
        add(session, "dear", price_kind="vast", costs=[{"amount": 70}])
        add(session, "cheap")
        found = look(session, max_price=20)
        assert [card["id"] for card in found.cards] == ["cheap", "dear"]
        assert found.cards[1]["not_matching"] == ["kost meer dan € 20"]
        assert found.widened == ["Voor hoogstens € 20 vond ik weinig. Daarom toon ik ook hulp die meer kost."]

    def test_last_the_need(self, session: Session) -> None:
        add(session, "fits")
        add(session, "general", needs=[code for code in NEEDS if code != "ontrouw"])
        add(session, "narrow", needs=["lhbti"])
        found = look(session)
        assert [card["id"] for card in found.cards] == ["fits", "general"]
        assert found.widened == ["Voor deze vraag vond ik weinig. Daarom toon ik ook hulp voor allerlei vragen."]

    def test_nothing_is_let_go_when_two_fit(self, session: Session) -> None:
        add(session, "one")
        add(session, "two")
        add(session, "far", areas=[area("Hasselt")])
        assert look(session).widened == []


class TestSilent:
    def test_who_cannot_talk_gets_what_can_be_written(self, session: Session) -> None:
        add(session, "a-phone", hours=[ALWAYS])
        add(session, "b-chat", channels=["chat"], hours=[OFFICE | {"attending_type": "chat"}])
        add(session, "c-mail", channels=["mail"])
        found = look(session, silent=True)
        assert [card["id"] for card in found.cards] == ["b-chat", "c-mail"]
        assert "je hoeft niet te praten" in found.cards[0]["why"]

    def test_and_a_line_where_nobody_writes_back_now(self, session: Session) -> None:
        add(session, "b-chat", channels=["chat"], hours=[OFFICE | {"attending_type": "chat"}])
        add(session, "c-mail", channels=["mail"])
        add(session, "line", needs=sorted(NEEDS), provider_type="hulplijn", hours=[ALWAYS])
        found = look(session, silent=True, at=NIGHT)
        assert [card["id"] for card in found.cards] == ["b-chat", "c-mail", "line"]
        assert found.cards[2]["not_matching"] == ["je moet er praten"]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"needs": ("ontrow",)}, id="need"),
        pytest.param({"risk": "ontrouw"}, id="risk"),
        pytest.param({"channel": "fax"}, id="channel"),
        pytest.param({"language": "xx"}, id="language"),
        pytest.param({"at": dt.datetime(2026, 11, 23)}, id="naive time"),
    ],
)
def test_what_does_not_exist_is_refused(session: Session, query: dict[str, Any]) -> None:
    values: dict[str, Any] = {"needs": ("ontrouw",), "place": GENT, "at": DAY}
    with pytest.raises(ValueError, match=r"code|time zone"):
        search(session, GEOGRAPHY, Query(**values | query))


def test_the_number_of_statements_does_not_grow(session: Session) -> None:
    add(session, "one", areas=[FLANDERS], hours=[ALWAYS])
    add(session, "two", at="9000", channels=["ter_plaatse"])
    with counted(session) as few:
        look(session, limit=50)
    generate(session, GEOGRAPHY, 800, on=DAY.date())
    with counted(session) as many:
        assert len(look(session, limit=50).cards) > 10
    assert len(many) == len(few)
    assert len(many) <= 10
