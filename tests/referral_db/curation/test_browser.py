"""The maintainers' main job in Chromium, by keyboard, with every page checked by axe (WCAG 2.2 AA)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pyotp
import pytest

from referral_db.models import Answer, Service
from referral_db.price import Situation, price_for
from referral_db.reports import report
from tests.referral_db.curation.browser import as_somebody_else, assert_accessible, press, sign_in
from tests.referral_db.curation.conftest import TODAY
from tests.referral_db.curation.site_client import PASSWORD, PEOPLE

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session, sessionmaker

pytestmark = pytest.mark.browser


def test_a_price_is_proposed_and_approved_by_keyboard(
    page: Page, address: str, database: sessionmaker[Session]
) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(address)
    assert_accessible(page)
    sign_in(page, address, "editor")
    assert_accessible(page)

    page.get_by_label("Zoek").first.focus()
    page.keyboard.type("lam")
    page.wait_for_url("**/diensten?zoek=lam")  # found while typing
    assert page.locator("a.row").all_inner_texts()[0].startswith("Dienst lamp")
    page.locator("a.row").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/diensten/lamp")
    assert_accessible(page)

    page.get_by_label("Euro per gesprek").first.fill("twaalf")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Nog niet bewaard")
    assert page.evaluate("document.activeElement.id") == "problemen"
    assert_accessible(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id || location.hash") in (
        "cost_options-0-amount",
        "#cost_options-0-amount",
    )
    page.get_by_label("Waarom deze wijziging").fill("nieuw tarief op hun site")
    page.get_by_label("Euro per gesprek").first.fill("12,50")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Je voorstel staat klaar.")
    assert_accessible(page)

    second = as_somebody_else(page, address, "publisher")
    second.goto(page.url)
    assert_accessible(second)
    press(second, "Goedkeuren en publiceren")
    second.wait_for_selector("text=Het gesprek gebruikt het vanaf nu.")
    assert_accessible(second)
    with database() as db:
        service = db.query(Service).filter_by(slug="lamp").one()
        assert price_for("vast", service.cost_options, Situation(), TODAY).max == 12.5

    page.goto(address)
    assert_accessible(page)
    page.get_by_role("button", name="Nagekeken: klopt, telefoon van Dienst lamp").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Alles is op tijd nagekeken.")
    assert len(problems) == 1  # the form that was refused on purpose; nothing against the content policy
    assert "422" in problems[0]


def test_a_proposal_is_sent_back_and_a_change_is_undone(
    page: Page, address: str, database: sessionmaker[Session]
) -> None:
    second = as_somebody_else(page, address, "publisher")
    sign_in(page, address, "editor")
    for name in ("Naam een", "Naam twee"):
        page.goto(f"{address}/diensten/lamp")
        page.get_by_label("Naam", exact=True).first.fill(name)
        page.get_by_label("Waarom deze wijziging").fill("heet nu anders")
        press(page, "Stel voor")
        page.wait_for_selector("text=Je voorstel staat klaar.")
    second.goto(f"{address}/voorstellen/1")
    press(second, "Goedkeuren en publiceren")
    second.wait_for_url("**/voorstellen")
    second.goto(f"{address}/voorstellen/2")
    second.wait_for_selector("text=wijzigde intussen hetzelfde")  # both are on the page, nothing is overwritten
    assert_accessible(second)
    second.get_by_label("Niet goed? Schrijf waarom").fill("De eerste naam is juist.")
    press(second, "Terugsturen")
    second.wait_for_selector("text=gaat terug naar")
    second.goto(f"{address}/diensten/lamp/geschiedenis")
    assert_accessible(second)
    second.get_by_label("Waarom").fill("De oude naam was juist.")
    press(second, "Ongedaan maken")
    second.wait_for_selector("text=ongedaan gemaakt")
    with database() as db:
        assert db.query(Service).filter_by(slug="lamp").one().name == "Dienst lamp"


def test_a_report_is_settled_and_a_draft_is_published_after_its_consequences(
    page: Page, address: str, database: sessionmaker[Session]
) -> None:
    with database() as db:
        for reason in ("telefoon", "weg"):
            assert report(db, "lamp", reason, TODAY)
        db.commit()
    sign_in(page, address, "editor")
    page.goto(f"{address}/diensten/schets")
    page.get_by_label("Nummer", exact=True).first.fill("0470 00 00 77")
    page.get_by_label("gepubliceerd").check()
    page.get_by_label("Waarom deze wijziging").fill("gebeld, alles klopt")
    press(page, "Bewaar", last=True)
    page.wait_for_selector("text=Je voorstel staat klaar.")

    second = as_somebody_else(page, address, "publisher")
    second.goto(address)
    assert_accessible(second)
    second.locator("#meldingen").get_by_role("button", name="Gebeld: klopt, telefoon van Dienst lamp").focus()
    second.keyboard.press("Enter")
    second.wait_for_selector("text=telefoon nagekeken.")
    press(second, "Nagekeken: klopt, Dienst lamp, deze hulp bestaat niet meer")
    second.wait_for_selector("text=Niemand meldde iets")
    second.get_by_role("link", name="Dienst schets Iemand editor").focus()
    second.keyboard.press("Enter")
    second.wait_for_selector("text=Wat het gesprek anders zal tonen")
    assert second.locator("#gevolgen .new").first.inner_text() == "Dienst schets"
    assert_accessible(second)
    press(second, "Goedkeuren en publiceren")
    second.wait_for_selector("text=Het gesprek gebruikt het vanaf nu.")
    second.goto(f"{address}/gaten")
    second.get_by_label("Prijs van één gesprek").select_option("laag")
    press(second, "Toon")
    second.wait_for_url("**/gaten?prijs=laag")
    assert second.locator("td[data-label=Limburg] b").all_inner_texts()[0] == "2"
    with database() as db:
        assert db.query(Service).filter_by(slug="schets").one().state == "published"


def test_the_second_step_is_added_and_asked_for(page: Page, address: str) -> None:
    sign_in(page, address, "editor")
    page.goto(f"{address}/tweede-stap")
    assert_accessible(page)
    secret = page.locator("#sleutel").inner_text().replace(" ", "")
    page.get_by_label("Code van zes cijfers").fill(pyotp.TOTP(secret).at(int(time.time()) - 30))  # still taken
    page.get_by_label("Je wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Dit zijn je tien herstelcodes.")
    assert_accessible(page)
    recovery = page.locator(".codes code").first.inner_text()
    page.goto(f"{address}/tweede-stap")
    assert_accessible(page)
    press(page, "Afmelden")
    page.get_by_label("Naam").fill(PEOPLE["editor"])
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Code").fill("000000")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Die code klopt niet")
    assert_accessible(page)
    page.get_by_label("Code").fill(recovery)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Vandaag')")


def test_the_other_pages_are_accessible_too(page: Page, address: str, database: sessionmaker[Session]) -> None:
    sign_in(page, address, "administrator")
    page.goto(f"{address}/diensten/lamp")
    page.get_by_label("Naam", exact=True).first.fill("Van mij")
    page.get_by_label("Waarom deze wijziging").fill("heet nu anders")
    with database() as db:
        answer = db.query(Answer).first()
        db.query(Service).filter_by(slug="lamp").one().name = "Van iemand anders"
        db.commit()
    page.get_by_role("button", name="Stel voor").click()
    page.wait_for_selector("text=iemand was je voor")
    assert_accessible(page)
    assert answer is not None
    for path in (
        "/antwoorden",
        f"/antwoorden/{answer.id}",
        "/antwoorden/nieuw",
        "/diensten/nieuw",
        "/diensten?staat=draft",
        "/gebruikers",
        "/logboek",
        "/gaten",
        "/voorstellen",
        "/diensten/lamp/geschiedenis",
        "/diensten/lamp/voorbeeld",
        "/in-en-uit",
        "/afdruk",
        "/afdruk/lamp",
        "/websites",
        "/websites/demo",
        "/websites/nieuw",
        "/wachtwoord",
        "/bestaat-niet",
    ):
        page.goto(address + path)
        assert_accessible(page)


def test_everything_works_without_a_script(address: str, page: Page, database: sessionmaker[Session]) -> None:
    assert page.context.browser is not None
    plain = page.context.browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{address}/aanmelden")
    plain.get_by_label("Naam").fill(PEOPLE["publisher"])
    plain.get_by_label("Wachtwoord").fill(PASSWORD)
    plain.get_by_role("button", name="Aanmelden").click()
    plain.goto(f"{address}/diensten")
    plain.get_by_label("Zoek").first.fill("schets")
    plain.get_by_role("button", name="Zoek").click()
    assert plain.locator(".count").inner_text() == "1 dienst"
    plain.locator("a.row").first.click()
    plain.get_by_text("Een nummer toevoegen").click()
    plain.locator("#phones-1-number").fill("0470 00 00 55")
    plain.get_by_role("button", name="Bewaar").last.click()
    assert plain.get_by_role("status").inner_text().startswith("Bewaard.")
    with database() as db:
        assert len(db.query(Service).filter_by(slug="schets").one().phones) == 2


def test_a_service_checks_its_own_record_with_a_link(page: Page, address: str, database: sessionmaker[Session]) -> None:
    sign_in(page, address, "publisher")
    page.goto(f"{address}/diensten/lamp")
    press(page, "Maak een link")
    page.wait_for_selector("h1:has-text('Link voor de dienst')")
    assert_accessible(page)
    link = page.get_by_label("De link", exact=True).input_value()
    assert page.context.browser is not None
    provider = page.context.browser.new_page(locale="nl-BE", reduced_motion="reduce", viewport=page.viewport_size)
    provider.goto(link)
    assert_accessible(provider)
    for summary in provider.locator("summary").all():
        summary.evaluate("node => node.parentElement.open = true")
    assert_accessible(provider)
    provider.get_by_label("Dit klopt: uren").check()
    provider.get_by_label("Nummer", exact=True).first.fill("bel ons")
    provider.get_by_role("button", name="Geef door").last.click()
    provider.wait_for_selector("text=Nog niet bewaard")
    assert_accessible(provider)
    provider.get_by_label("Nummer", exact=True).first.fill("0470 00 00 99")
    provider.get_by_role("button", name="Geef door").last.click()
    provider.wait_for_selector("h1:has-text('Bedankt')")
    assert_accessible(provider)
    provider.goto(link)
    provider.wait_for_selector("text=Je antwoord is al binnen")
    assert_accessible(provider)
    page.goto(f"{address}/voorstellen")
    page.get_by_role("link", name="Dienst lamp").click()
    press(page, "Goedkeuren en publiceren")
    page.wait_for_selector("text=Het gesprek gebruikt het vanaf nu.")
    with database() as db:
        assert db.query(Service).filter_by(slug="lamp").one().phones[0].number == "0470 00 00 99"


def test_hours_are_filled_in_by_keyboard_as_a_week(page: Page, address: str, database: sessionmaker[Session]) -> None:
    sign_in(page, address, "editor")
    page.goto(f"{address}/diensten/schets")
    page.get_by_label("telefoon, dinsdag: open of niet").select_option("gesloten")
    assert page.get_by_label("telefoon, dinsdag: van", exact=True).input_value() == ""
    page.get_by_label("telefoon, maandag: tot", exact=True).fill("18u")
    press(page, "telefoon: maandag overnemen van dinsdag tot vrijdag")
    assert page.get_by_label("telefoon, vrijdag: tot", exact=True).input_value() == "18u"
    assert page.locator("#schedules-week-telefoon [aria-live]").inner_text() == "Overgenomen van maandag."
    page.locator("summary", has_text="Chat: uren niet bekend").click()
    page.get_by_label("chat, zaterdag: van", exact=True).focus()
    page.keyboard.type("22")
    page.keyboard.press("Tab")
    page.keyboard.type("2u")
    assert page.get_by_label("chat, zaterdag: open of niet").input_value() == "uren"
    page.get_by_label("chat, zondag: van", exact=True).fill("later")
    page.locator("summary", has_text="Een uitzondering toevoegen").click()
    page.locator("#schedules-uitzonderingen-0-valid_from").fill("2026-12-25")
    assert_accessible(page)
    press(page, "Bewaar", last=True)
    page.wait_for_selector("text=Nog niet bewaard")
    assert_accessible(page)
    page.get_by_role("link", name="Uren, chat op zondag").first.click()
    assert page.evaluate("document.activeElement.id") == "schedules-week-chat-SU-van-1"
    page.get_by_label("chat, zondag: open of niet").select_option("gesloten")
    press(page, "Bewaar", last=True)
    page.wait_for_selector("text=Bewaard.")
    with database() as db:
        rows = db.query(Service).filter_by(slug="schets").one().schedules
        weeks = {(row.attending_type, row.byday, row.opens_at, row.closes_at) for row in rows if row.interval == 1}
    assert weeks == {
        ("telefoon", "MO,TU,WE,TH,FR", "09:00", "18:00"),
        ("chat", "SA", "22:00", "02:00"),
        ("telefoon", "MO,TU,WE,TH,FR,SA,SU", None, None),
        ("ter_plaatse", "MO,TU,WE,TH,FR,SA,SU", None, None),
    }
