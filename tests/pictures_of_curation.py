"""Makes the pictures of the handbook for maintainers, with invented services; part of `make pictures`."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from nachtlicht.settings import Settings
from referral_db.curation.app import create_app
from referral_db.database import make_session_factory, upgrade
from referral_db.reports import report
from tests.referral_db.curation.browser import as_somebody_else, chromium, served, sign_in
from tests.referral_db.curation.conftest import NOW, TODAY, fill
from tests.stack import HOME

FOLDER = HOME / "docs/images"
WIDTH, HEIGHT = 1000, 700
SHEET = "code;naam;telefoon\nlamp;Dienst lamp;0470 00 00 12\nschets;Dienst schets, nieuw;\n"
WRONG_SHEET = "code;naam;telefoon;stand\nlamp;Dienst lamp;bel ons;gepubliceerd\nschets;;0470 00 00 12;misschien\n"


class Tour:
    """One editor and one publisher, who go from picture to picture. Each method leaves the page that is shown."""

    def __init__(self, editor: Page, address: str) -> None:
        self.editor, self.address = editor, address
        sign_in(editor, address, "editor")
        self.publisher = as_somebody_else(editor, address, "publisher")
        self.administrator = as_somebody_else(editor, address, "administrator")

    def today(self) -> Page:
        return self._at(self.publisher, "/")

    def hours(self) -> Page:
        page = self._at(self.editor, "/diensten/lamp#wanneer")
        page.locator("#schedules-week-telefoon-MO-tot-1").fill("18u30")
        return page

    def proposal(self) -> Page:
        page = self._at(self.editor, "/diensten/schets")
        page.locator("#phones-0-number").fill("0470 00 00 77")
        page.get_by_label("gepubliceerd").check()
        page.get_by_label("Waarom deze wijziging").fill("gebeld, alles klopt")
        page.locator(".save").get_by_role("button", name="Bewaar").click()
        page.wait_for_selector("text=Je voorstel staat klaar.")
        self._at(self.publisher, page.url.removeprefix(self.address))
        self.publisher.evaluate("document.querySelector('main section').scrollIntoView()")
        return self.publisher

    def answer(self) -> Page:
        page = self._at(self.editor, "/antwoorden")
        page.locator("a.row").first.click()
        page.get_by_label("Tekst", exact=True).fill("U moet dat beloven. Dan komt alles goed.")
        page.wait_for_selector("#keuring .findings li")
        return page

    def history(self) -> Page:
        self._at(self.publisher, "/voorstellen")
        self.publisher.locator("a.row").first.click()
        self.publisher.get_by_role("button", name="Goedkeuren en publiceren").click()
        self.publisher.wait_for_url("**/voorstellen")
        return self._at(self.publisher, "/diensten/schets/geschiedenis")

    def gaps(self) -> Page:
        return self._at(self.publisher, "/gaten")

    def preview(self) -> Page:
        return self._sheet(SHEET, "Wat gids.csv zou wijzigen")

    def wrong_rows(self) -> Page:
        return self._sheet(WRONG_SHEET, "Niets ingelezen")

    def provider(self) -> Page:
        self._at(self.publisher, "/diensten/lamp").get_by_role("button", name="Maak een link").click()
        link = self.publisher.get_by_label("De link", exact=True).input_value()
        return self._at(self.editor, link.removeprefix(self.address))

    def website(self) -> Page:
        page = self._at(self.administrator, "/websites/demo")
        page.get_by_label("Eigen zin").fill("Welkom bij onze dienst.")
        page.get_by_role("button", name="Toon zonder te bewaren").click()
        page.wait_for_load_state()
        page.evaluate("scrollTo(0, 0)")
        return page

    def _at(self, page: Page, path: str) -> Page:
        page.goto(self.address + path)
        return page

    def _sheet(self, text: str, shown: str) -> Page:
        page = self._at(self.editor, "/in-en-uit")
        file = {"name": "gids.csv", "mimeType": "text/csv", "buffer": text.encode()}
        page.get_by_label("Bestand", exact=True).set_input_files(file)
        page.get_by_role("button", name="Kijk wat er zou wijzigen").click()
        page.wait_for_selector(f"text={shown}")
        return page


PICTURES: dict[str, Callable[[Tour], Page]] = {
    "redactie-vandaag": Tour.today,
    "redactie-uren": Tour.hours,
    "redactie-voorstel": Tour.proposal,
    "redactie-antwoord": Tour.answer,
    "redactie-geschiedenis": Tour.history,
    "redactie-gaten": Tour.gaps,
    "redactie-fouten": Tour.wrong_rows,
    "redactie-inlezen": Tour.preview,
    "redactie-link": Tour.provider,
    "redactie-website": Tour.website,
}
"""The pictures by name, in the order in which they are made: each goes on from what the one before left."""


def make(folder: Path) -> None:
    """Write <name>.png of each picture in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as state:
        settings = Settings(database_url=f"sqlite:///{state}/nachtlicht.db", clock=NOW, var=Path(state))
        upgrade(settings.database_url)
        factory = make_session_factory(settings.database_url)
        with factory() as db:
            fill(db)
            report(db, "lamp", "telefoon", TODAY - dt.timedelta(days=1))
            db.commit()
        with served(create_app(settings)) as address, chromium() as page:
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            tour = Tour(page, address)
            for name, reach in PICTURES.items():
                reach(tour).screenshot(path=folder / f"{name}.png")
        factory.kw["bind"].dispose()


if __name__ == "__main__":
    make(FOLDER)
