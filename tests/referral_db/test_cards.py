"""What stands on a card."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from referral_db.cards import Card
from referral_db.models import Accessibility, RequiredDocument, ServiceCapacity
from referral_db.search import Query, search
from tests.referral_db.invented_services import ALWAYS, DAY, GEOGRAPHY, OFFICE, add, area, empty_database, place

KEYS = "id name summary provider_type why not_matching price open contacts place distance_km wait admission"


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        yield session


def card(session: Session, **query: Any) -> Card:
    values: dict[str, Any] = {"needs": ("ontrouw",), "place": place("9000"), "at": DAY}
    [found] = search(session, GEOGRAPHY, Query(**values | query)).cards
    return found


def test_a_card_has_the_shape_of_the_contract(session: Session) -> None:
    add(session, "one", wait_text="ongeveer 3 weken", wait_observed_on=dt.date(2026, 10, 1), admission="Op afspraak.")
    found = card(session)
    assert list(found) == [*KEYS.split(), "checked_on", "source"]
    assert list(found["price"]) == ["kind", "min", "max", "text", "own_share"]
    assert found["open"] == {"state": "unknown", "text": "uren niet bekend"}
    assert found["wait"] == {"text": "ongeveer 3 weken", "observed_on": "2026-10-01"}
    assert found["admission"] == "Op afspraak. De overheid betaalt deze dienst."
    assert found["checked_on"] == "2026-11-01"
    assert json.loads(json.dumps(found)) == found


def test_contacts_lead_somewhere(session: Session) -> None:
    add(
        session,
        "one",
        channels=["telefoon", "chat", "mail", "sms"],
        phones=[
            {"number": "000 00 00 00", "trace": "Komt op je telefoonrekening."},
            {"number": "+32 000", "type": "sms"},
        ],
        online=[
            {"channel": "website", "value": "https://one.example/"},
            {"channel": "chat", "value": "https://one.example/chat"},
            {"channel": "mail", "value": "test@one.example"},
            {"channel": "chat", "value": "javascript:alert(1)"},
        ],
    )
    contacts = card(session)["contacts"]
    assert [(contact["channel"], contact["href"]) for contact in contacts] == [
        ("telefoon", "tel:000000000"),
        ("chat", "https://one.example/chat"),
        ("mail", "mailto:test@one.example"),
        ("sms", "sms:+32000"),
        ("website", "https://one.example/"),
    ]
    assert [contact["trace"] for contact in contacts] == ["Komt op je telefoonrekening.", None, None, None, None]


def test_the_channel_that_was_asked_for_comes_first(session: Session) -> None:
    chat = {"channel": "chat", "value": "https://one.example/chat"}
    add(session, "one", channels=["telefoon", "chat"], online=[chat])
    found = card(session, channel="chat")
    assert [contact["channel"] for contact in found["contacts"]] == ["chat", "telefoon", "website"]
    assert "je kan er chatten" in found["why"]


def test_without_a_phone_the_site_and_the_mail_of_the_service(session: Session) -> None:
    add(session, "one", phones=[], email="test@one.example")
    assert [contact["href"] for contact in card(session)["contacts"]] == [
        "mailto:test@one.example",
        "https://one.example/",
    ]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("https://one.example/bron", "https://one.example/bron", id="address"),
        pytest.param("folder, https://one.example/x; 2024", "https://one.example/x", id="address in words"),
        pytest.param("github: een lijst", "https://one.example/", id="no address"),
    ],
)
def test_the_source_is_an_address(session: Session, source: str, shown: str) -> None:
    add(session, "one", source=source)
    assert card(session)["source"] == shown


def test_a_hidden_address_is_nowhere(session: Session) -> None:
    visit: dict[str, Any] = {"at": "9050", "address": "Geheimstraat 7", "channels": ["ter_plaatse"]}
    add(session, "one", areas=[area("Gent")], hidden_address=True, **visit)
    found = card(session)
    text = json.dumps(found)
    assert "Geheimstraat" not in text
    assert "9050" not in text
    assert found["distance_km"] is None
    assert found["place"] == "Gent"


@pytest.mark.parametrize(
    ("areas", "where", "shown", "fact"),
    [
        pytest.param([("land", "BE")], "9000", "heel België", "helpt in heel België", id="country"),
        pytest.param(
            [("gewest", "vlaanderen_brussel")],
            "9000",
            "Vlaanderen en Brussel",
            "helpt in heel Vlaanderen en Brussel",
            id="both",
        ),
        pytest.param([("gewest", "vlaanderen")], "9000", "Vlaanderen", "helpt in heel Vlaanderen", id="region"),
        pytest.param([("gewest", "brussel")], "Elsene", "Brussel", "helpt in heel Brussel", id="Brussels"),
        pytest.param(
            [("provincie", "Limburg")],
            "Genk",
            "provincie Limburg",
            "helpt mensen uit Genk",
            id="province",
        ),
        pytest.param([area("Gent"), area("Aalter")], "9000", "Gent en omgeving", "helpt mensen uit Gent", id="streek"),
    ],
)
def test_the_place_without_an_address_is_the_area(
    session: Session, areas: list[tuple[str, str]], where: str, shown: str, fact: str
) -> None:
    add(session, "one", areas=areas)
    found = card(session, place=place(where))
    assert found["place"] == shown
    assert fact in found["why"]


def test_the_nearest_of_several_locations(session: Session) -> None:
    add(session, "one", at="2000", channels=["ter_plaatse"])
    other = add(session, "two", at="9050", needs=["familie"])
    one = session.get(type(other), "id-one")
    assert one is not None
    one.locations.append(type(other.locations[0])(location=other.locations[0].location))
    session.flush()
    assert card(session)["place"] == "Teststraat 1, 9050 Gent"


def test_why_says_what_was_asked_and_what_is_good_to_know(session: Session) -> None:
    add(session, "one", hours=[ALWAYS], areas=[area("Gent")])
    assert card(session)["why"] == ["voor vragen over ontrouw", "helpt mensen uit Gent", "nu bereikbaar"]
    assert card(session, max_price=0)["why"] == ["voor vragen over ontrouw", "helpt mensen uit Gent", "gratis"]
    assert card(session)["not_matching"] == []


def test_the_hours_of_the_channel_that_was_asked_for(session: Session) -> None:
    chat = OFFICE | {"attending_type": "chat", "opens_at": "18:00", "closes_at": "22:00"}
    add(session, "one", channels=["telefoon", "chat"], hours=[OFFICE, chat])
    assert card(session)["open"]["text"] == "open tot 17u (telefoon)"
    found = card(session, channel="chat")
    assert found["open"]["text"] == "open tot 17u (telefoon)"
    assert found["not_matching"] == ["chatten kan nu niet: opent vandaag om 18u"]
    assert card(session, silent=True)["open"]["text"] == "opent vandaag om 18u"


def test_a_website_is_always_there_and_answers_nobody(session: Session) -> None:
    add(session, "one", channels=["website"], phones=[], provider_type="website")
    found = card(session)
    assert found["open"] == {"state": "open", "text": "altijd te lezen"}
    assert "nu bereikbaar" not in found["why"]


def test_a_long_description_ends_after_a_sentence(session: Session) -> None:
    add(session, "one", description="Eerste zin van de tekst. " + "Een zin die lang is. " * 20)
    summary = card(session)["summary"]
    assert len(summary) <= 240
    assert summary.endswith("lang is.")


def test_what_the_record_adds_stands_behind_the_price(session: Session) -> None:
    add(session, "one", costs=[{"amount": 0, "amount_description": "Bellen is niet gratis."}])
    assert card(session)["price"]["text"] == "gratis. Bellen is niet gratis."


def test_what_it_takes_to_come_stands_on_the_card(session: Session) -> None:
    service = add(session, "one", admission=None, who_pays="vzw", referral_needed=False, both_partners=True)
    service.required_documents = [RequiredDocument(document="identiteitskaart"), RequiredDocument(document="attest")]
    service.accessibilities = [Accessibility(description="rolstoel", details="lift aan de zijkant")]
    session.flush()
    assert card(session)["admission"] == (
        "Geen verwijzing nodig. Jullie komen allebei. Een vzw biedt dit aan. "
        "Breng mee: attest. Breng mee: identiteitskaart. Toegankelijk: rolstoel – lift aan de zijkant."
    )


def test_what_a_call_leaves_behind_stands_at_the_number(session: Session) -> None:
    numbers = [{"number": "000 1"}, {"number": "000 2", "trace": "Gratis nummer."}]
    add(session, "one", phones=numbers, on_phone_bill=True, calls_back=False)
    traces = {contact["value"]: contact["trace"] for contact in card(session)["contacts"]}
    assert traces["000 1"] == "Staat op je telefoonrekening. Ze bellen je niet terug."
    assert traces["000 2"] == "Gratis nummer."


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        pytest.param(60, "Vrij op 24/11/2026: 3 van 12 (plaats).", id="just now"),
        pytest.param(15 * 24 * 60, None, id="too long ago"),
        pytest.param(-60, None, id="not yet"),
    ],
)
def test_how_much_room_there_is(session: Session, minutes: int, text: str | None) -> None:
    seen = (DAY - dt.timedelta(minutes=minutes)).astimezone(dt.UTC).replace(tzinfo=None)
    service = add(session, "one", who_pays="onbekend")
    service.capacities = [ServiceCapacity(unit="plaats", available=3, maximum=12, updated=seen)]
    session.flush()
    assert card(session)["admission"] == text
