"""A place is found by its name, its postal code or the name of a sub-municipality; a doubt gives choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from referral_db.curation.place_picker import MOST, picked, suggested
from referral_db.models import Location
from tests.referral_db.curation.browser import assert_accessible, sign_in
from tests.referral_db.curation.site_client import Page as Sent
from tests.referral_db.curation.site_client import changed

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session, sessionmaker

    from tests.referral_db.curation.site_client import SiteClient

DRAFT = "/diensten/schets"


@pytest.mark.parametrize(
    ("typed", "label"),
    [("genk", "3600 Genk"), ("3600", "3600 Genk"), ("3600 Genk", "3600 Genk"), ("sinaai", "9112 Sinaai-Waas"),
     ("ledeberg", "9050 Ledeberg"), ("St-Niklaas", "9100 Sint-Niklaas")],
)  # fmt: skip
def test_a_place_by_any_of_its_names(typed: str, label: str) -> None:
    found = picked(typed)
    assert found.place is not None
    assert found.place.label == label
    assert picked(label).place == found.place  # what a choice says is sure


@pytest.mark.parametrize(
    ("typed", "words", "choice"),
    [
        ("heist", "meer dan één plaats", "2220 Heist-op-den-Berg"),
        ("Brussel", "Welke gemeente in Brussel", "1050 Elsene"),
        ("Xqzwvk", "kennen we niet", None),
        ("Gnk", "Bedoel je een van deze", "3600 Genk"),
        ("West-Vlaanderen", "is een provincie", None),
        ("6000", "geen postcode in Vlaanderen", None),
        ("1234567", "kennen we niet", None),
    ],
)
def test_a_doubt_is_said_kindly_with_choices(typed: str, words: str, choice: str | None) -> None:
    found = picked(typed)
    assert found.place is None
    assert words in found.reason
    assert choice in found.choices if choice else found.choices == ()
    assert all(picked(label).place for label in found.choices)


@pytest.mark.parametrize(
    ("typed", "first"),
    [("gen", "3600 Genk"), ("36", "3600 Genk"), ("niklaas", "9100 Sint-Niklaas"), ("sinaa", "9112 Sinaai-Waas")],
)
def test_suggestions_while_typing(typed: str, first: str) -> None:
    found = suggested(typed)
    assert first in found
    assert len(found) <= MOST
    assert suggested("g") == suggested("") == []
    assert suggested("x" * 5000) == []


def test_the_app_serves_suggestions_to_who_has_no_account_too(client: SiteClient) -> None:
    response = client.get("/plaatsen?zoek=genk")
    assert response.json() == ["3600 Genk"]
    assert client.get("/plaatsen").json() == []


def test_a_name_becomes_postal_code_name_and_coordinates(editor: SiteClient, database: sessionmaker[Session]) -> None:
    assert editor.change(DRAFT, locations__0__postal_code="sinaai").status_code == 303
    with database() as db:
        place = db.scalars(select(Location).where(Location.slug == "schets-1")).one()
        assert (place.postal_code, place.city) == ("9112", "Sinaai-Waas")
        assert place.latitude == pytest.approx(51.16, abs=0.05)


def test_a_doubt_is_settled_by_a_choice_without_javascript(editor: SiteClient, database: sessionmaker[Session]) -> None:
    refused = editor.change(DRAFT, locations__0__postal_code="heist", name="Nieuwe naam")
    assert refused.status_code == 422
    pairs = Sent(refused.text).form(DRAFT)
    assert ("name", "Nieuwe naam") in pairs
    assert ("locations-0-postal_code", "heist") in pairs
    assert 'value="2220 Heist-op-den-Berg"' in refused.text
    assert editor.send(DRAFT, changed(pairs, locations__0__keuze="2220 Heist-op-den-Berg")).status_code == 303
    with database() as db:
        assert db.scalars(select(Location).where(Location.slug == "schets-1")).one().postal_code == "2220"


@pytest.mark.browser
def test_a_place_is_picked_by_keyboard(page: Page, address: str) -> None:
    sign_in(page, address, "editor")
    page.goto(f"{address}{DRAFT}")
    field = page.get_by_label("Postcode of plaats").first
    field.fill("")
    field.focus()
    page.keyboard.type("genk")
    page.wait_for_selector("#locations-0-plaatsen option[value='3600 Genk']", state="attached")
    field.fill("heist")
    page.get_by_role("button", name="Bewaar").last.click()
    page.wait_for_selector("text=Welke plaats bedoel je?")
    assert_accessible(page)
    page.get_by_label("2220 Heist-op-den-Berg").check()
    page.get_by_role("button", name="Bewaar").last.click()
    page.wait_for_selector("text=Bewaard.")
    assert page.get_by_label("Postcode of plaats").first.input_value() == "2220"
