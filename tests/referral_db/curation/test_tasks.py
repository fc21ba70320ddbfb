"""The ten main tasks of a maintainer, from beginning to end in Chromium, with what each takes in clicks and keys."""

from __future__ import annotations

import csv
import datetime as dt
import io
import time
from typing import TYPE_CHECKING

import pyotp
import pytest

from referral_db.models import Answer, Service
from referral_db.workflow import Proposal, SecondFactor
from tests.referral_db.curation.browser import as_somebody_else, sign_in
from tests.referral_db.curation.conftest import TODAY
from tests.referral_db.curation.hands import Hands, Report
from tests.referral_db.curation.site_client import PASSWORD, PEOPLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page
    from sqlalchemy.orm import Session, sessionmaker

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    one = Report()
    yield one
    one.write()


def today(page: Page, address: str, role: str = "editor") -> Hands:
    """Somebody who is signed in and sees Vandaag."""
    sign_in(page, address, role)
    page.goto(address)
    hands = Hands(page)
    hands.look()
    return hands


def open_service(hands: Hands, words: str) -> None:
    page = hands.page
    hands.click(page.get_by_role("link", name="Diensten", exact=True))
    hands.fill(page.get_by_label("Zoek").first, words)
    page.wait_for_url(f"**/diensten?zoek={words}")
    hands.look()
    hands.click(page.locator("a.row").first)
    page.wait_for_selector("text=Zo staat het nu bewaard")
    hands.look()


def suggest(hands: Hands, why: str) -> None:
    page = hands.page
    hands.fill(page.get_by_label("Waarom deze wijziging"), why)
    hands.click(page.locator(".save").get_by_role("button", name="Stel voor"))
    page.wait_for_selector("text=Je voorstel staat klaar.")
    hands.look()


def proposed(database: sessionmaker[Session]) -> Proposal:
    with database() as db:
        return db.query(Proposal).one()


def add_second_step(database: sessionmaker[Session], user_id: int = 2) -> str:
    secret = pyotp.random_base32()
    with database() as db:
        db.add(SecondFactor(user_id=user_id, secret=secret, since=TODAY))
        db.commit()
    return secret


def test_1_sign_in_with_the_second_step_by_keyboard(
    page: Page, address: str, database: sessionmaker[Session], report: Report
) -> None:
    secret = add_second_step(database)
    page.goto(address)
    hands = Hands(page)
    hands.look()
    hands.tab_to(page.get_by_label("Naam"))
    hands.write(PEOPLE["editor"])
    hands.press("Tab")
    hands.write(PASSWORD)
    hands.press("Enter")
    page.wait_for_selector("h1:has-text('Code')")
    hands.look()
    hands.tab_to(page.get_by_label("Code"))
    hands.write(pyotp.TOTP(secret).at(int(time.time())))
    hands.press("Enter")
    page.wait_for_selector("h1:has-text('Vandaag')")
    hands.look()
    assert hands.clicks == 0
    report.done("1 aanmelden met tweede stap (alleen toetsenbord)", hands)


def test_2_confirm_a_field(page: Page, address: str, database: sessionmaker[Session], report: Report) -> None:
    hands = today(page, address)
    hands.click(page.get_by_role("button", name="Nagekeken: klopt, telefoon van Dienst lamp"))
    page.wait_for_selector("text=Dienst lamp: telefoon nagekeken.")
    hands.look()
    assert (hands.clicks, hands.keys) == (1, 0)
    report.done("2 een gegeven bevestigen: klopt", hands)
    with database() as db:
        checks = {one.field: one for one in db.query(Service).filter_by(slug="lamp").one().field_checks}
        assert (checks["phone"].checked_on, checks["phone"].checked_by) == (TODAY, PEOPLE["editor"])


def test_2_confirm_a_field_by_keyboard(page: Page, address: str, report: Report) -> None:
    hands = today(page, address)
    page.evaluate("document.activeElement.blur()")
    hands.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    hands.press("Enter")
    hands.tab_to(page.get_by_role("button", name="Nagekeken: klopt, telefoon van Dienst lamp"))
    hands.press("Enter")
    page.wait_for_selector("text=Dienst lamp: telefoon nagekeken.")
    assert hands.clicks == 0
    report.done("2 een gegeven bevestigen: klopt (alleen toetsenbord)", hands)


def test_3_change_hours(page: Page, address: str, database: sessionmaker[Session], report: Report) -> None:
    hands = today(page, address)
    open_service(hands, "lamp")
    hands.fill(page.locator("#schedules-week-telefoon-MO-tot-1"), "18u30")
    suggest(hands, "langer open volgens hun site")
    report.done("3 uren wijzigen", hands)
    assert "18:30" in proposed(database).after


def test_4_change_a_price_by_keyboard(
    page: Page, address: str, database: sessionmaker[Session], report: Report
) -> None:
    hands = today(page, address)
    page.evaluate("document.activeElement.blur()")
    hands.tab_to(page.get_by_role("link", name="Diensten", exact=True))
    hands.press("Enter")
    page.wait_for_url("**/diensten")
    hands.look()
    hands.tab_to(page.get_by_label("Zoek").first)
    hands.write("lamp")
    page.wait_for_url("**/diensten?zoek=lamp")
    hands.tab_to(page.locator("a.row").first)
    hands.press("Enter")
    page.wait_for_selector("text=Zo staat het nu bewaard")
    hands.look()
    hands.tab_to(page.locator(".jump").get_by_role("link", name="Prijs"))
    hands.press("Enter")
    hands.tab_to(page.locator("#cost_options-0-amount"))
    hands.press("Control+a")
    hands.write("12,50")
    hands.tab_to(page.get_by_label("Waarom deze wijziging"))
    hands.write("nieuw tarief op hun site")
    hands.tab_to(page.locator(".save").get_by_role("button", name="Stel voor"))
    hands.press("Enter")
    page.wait_for_selector("text=Je voorstel staat klaar.")
    hands.look()
    assert hands.clicks == 0
    report.done("4 een prijs wijzigen (alleen toetsenbord)", hands)
    assert "12.5" in proposed(database).after


def test_4_change_a_price(page: Page, address: str, database: sessionmaker[Session], report: Report) -> None:
    hands = today(page, address)
    open_service(hands, "lamp")
    hands.fill(page.locator("#cost_options-0-amount"), "12,50")
    suggest(hands, "nieuw tarief op hun site")
    report.done("4 een prijs wijzigen", hands)
    assert "12.5" in proposed(database).after


def test_5_add_a_service_as_a_draft(page: Page, address: str, database: sessionmaker[Session], report: Report) -> None:
    hands = today(page, address)
    hands.click(page.get_by_role("link", name="Diensten", exact=True))
    hands.look()
    hands.click(page.get_by_role("link", name="Nieuwe dienst"))
    hands.look()
    hands.choose(page.get_by_label("Van welke organisatie"), "proefhuis")
    hands.fill(page.get_by_label("Naam", exact=True).first, "Praatcafé")
    hands.fill(page.get_by_label("Beschrijving"), "Praat met anderen over je relatie.")
    hands.fill(page.get_by_label("Soort hulp"), "groep")
    hands.fill(page.get_by_label("Bron", exact=True).last, "gebeld op 23 november")
    hands.click(page.locator(".save").get_by_role("button", name="Bewaar"))
    page.wait_for_selector("text=De nieuwe dienst is bewaard.")
    hands.look()
    report.done("5 een dienst toevoegen als ontwerp", hands)
    with database() as db:
        assert db.query(Service).filter_by(name="Praatcafé").one().state == "draft"


def test_6_propose_and_approve_as_a_second_person(
    page: Page, address: str, database: sessionmaker[Session], report: Report
) -> None:
    first = today(page, address)
    open_service(first, "lamp")
    first.fill(page.locator("#phones-0-number"), "0470 00 00 42")
    suggest(first, "nieuw nummer, gebeld")
    second = Hands(as_somebody_else(page, address, "publisher"))
    second.page.goto(address)
    second.look()
    second.click(second.page.get_by_role("link", name="Dienst lamp Iemand editor: nieuw nummer, gebeld"))
    second.page.wait_for_selector("text=Wat er verandert")
    second.look()
    second.click(second.page.get_by_role("button", name="Goedkeuren en publiceren"))
    second.page.wait_for_selector("text=Het gesprek gebruikt het vanaf nu.")
    second.look()
    assert (second.clicks, second.keys) == (2, 0)
    report.done("6 voorstellen, en goedkeuren als tweede persoon (samen)", first, second)
    with database() as db:
        assert db.query(Service).filter_by(slug="lamp").one().phones[0].number == "0470 00 00 42"


def test_7_edit_an_answer_with_the_text_checker_beside_it(
    page: Page, address: str, database: sessionmaker[Session], report: Report
) -> None:
    hands = today(page, address)
    hands.click(page.get_by_role("link", name="Antwoorden", exact=True))
    hands.look()
    hands.click(page.locator("a.row").first)
    page.wait_for_selector("text=Nagekeken tekst")
    hands.fill(page.get_by_label("Tekst", exact=True), "U moet dat beloven.")
    page.wait_for_selector("#keuring .findings li")  # while typing, without a button
    assert page.evaluate("document.activeElement.id") == "text"
    assert page.url.rpartition("/")[2].isdigit()
    hands.look()
    hands.fill(page.get_by_label("Tekst", exact=True), "Dat komt hard aan. Je hoeft vannacht niets te beslissen.")
    page.wait_for_selector("#keuring .fine")
    suggest(hands, "korter en zonder belofte")
    report.done("7 een antwoord wijzigen met de tekstcontrole ernaast", hands)
    with database() as db:
        assert "Dat is een schok" in db.query(Answer).first().text  # type: ignore[union-attr]


def test_8_undo(page: Page, address: str, database: sessionmaker[Session], report: Report) -> None:
    first = today(page, address)
    open_service(first, "lamp")
    first.fill(page.get_by_label("Naam", exact=True).first, "Per ongeluk")
    suggest(first, "heet nu anders")
    other = as_somebody_else(page, address, "publisher")
    other.goto(page.url)
    other.get_by_role("button", name="Goedkeuren en publiceren").click()
    other.wait_for_url("**/voorstellen")
    other.goto(address)
    hands = Hands(other)
    open_service(hands, "ongeluk")
    hands.click(other.get_by_role("link", name="Hele geschiedenis, en ongedaan maken"))
    hands.look()
    hands.fill(other.get_by_label("Waarom"), "de oude naam was juist")
    hands.click(other.get_by_role("button", name="Ongedaan maken"))
    other.wait_for_selector("text=De laatste wijziging is ongedaan gemaakt.")
    hands.look()
    report.done("8 ongedaan maken", hands)
    with database() as db:
        assert db.query(Service).filter_by(slug="lamp").one().name == "Dienst lamp"


def test_9_import_a_sheet(
    page: Page, address: str, database: sessionmaker[Session], report: Report, tmp_path: Path
) -> None:
    wrong, right = tmp_path / "fout.csv", tmp_path / "gids.csv"
    wrong.write_text("code;telefoon\nlamp;bel ons\n", "utf-8")
    right.write_text("code;naam\nlamp;Lamp van het blad\nschets;Schets van het blad\n", "utf-8")
    hands = today(page, address)
    hands.click(page.get_by_role("link", name="In en uit"))
    hands.look()
    hands.choose_file(page.get_by_label("Bestand", exact=True), wrong)
    hands.click(page.get_by_role("button", name="Kijk wat er zou wijzigen"))
    page.wait_for_selector("text=Niets ingelezen")
    hands.look()
    hands.choose_file(page.get_by_label("Bestand", exact=True), right)
    hands.click(page.get_by_role("button", name="Kijk wat er zou wijzigen"))
    page.wait_for_selector("text=Wat gids.csv zou wijzigen")
    hands.look()
    hands.click(page.get_by_role("button", name="Stel dit voor"))
    page.wait_for_selector("text=Klaar om na te kijken: 1. Bewaard als ontwerp: 1.")
    hands.look()
    report.done("9 een blad inlezen, met eerst een fout blad", hands)
    other = as_somebody_else(page, address, "publisher")
    other.goto(page.url)
    other.get_by_role("button", name="Keur deze 1 goed en publiceer").click()
    other.wait_for_selector("text=Goedgekeurd: 1.")
    with database() as db:
        names = {one.name for one in db.query(Service)}
        assert {"Lamp van het blad", "Schets van het blad"} <= names


def test_10_export_the_gaps(page: Page, address: str, report: Report) -> None:
    hands = today(page, address, "reader")
    hands.click(page.get_by_role("link", name="Gaten", exact=True))
    page.wait_for_selector("h1:has-text('Gaten')")
    hands.look()
    with page.expect_download() as download:
        hands.click(page.get_by_role("link", name="Alles als tabel (CSV)"))
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig")), delimiter=";"))
    assert {row["code"] for row in rows} >= {"ontrouw", "communicatie"}
    assert download.value.suggested_filename == f"nachtlicht-gaten-{dt.date.isoformat(TODAY)}.csv"
    report.done("10 de gaten meenemen als tabel", hands)
