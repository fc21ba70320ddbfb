"""The page Vandaag: what is due, and gone with one click."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import select

from referral_db.curation.due import SHOWN, count_due, due_services
from referral_db.models import FieldCheck
from referral_db.records import store
from referral_db.reports import report
from referral_db.validation import complete
from tests.referral_db.curation.conftest import TODAY, service, signed_in
from tests.referral_db.curation.site_client import PEOPLE, Page

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker
    from starlette.applications import Starlette

    from tests.referral_db.curation.site_client import SiteClient


def test_only_what_is_past_its_date_is_due(database: sessionmaker[Session]) -> None:
    with database() as db:
        due = [(entry.service.slug, [field.name for field in entry.fields]) for entry in due_services(db, TODAY)]
        assert due == [("lamp", ["phone"])]  # checked on 1 June; the hours in October; the price within the year
        assert count_due(db, TODAY) == 1
        later = TODAY + dt.timedelta(days=400)
        assert count_due(db, later) == 6
        names = [field.name for entry in due_services(db, later) for field in entry.fields]
        assert sorted(names) == ["hours", "hours", "phone", "phone", "price", "price"]


def test_the_page_shows_all_three_queues(reader: SiteClient) -> None:
    page = reader.get("/").text
    assert "0470 00 00 00" in page
    assert "verloopt over 17 dagen" in page
    assert "nummer nog nakijken" in page
    assert "Nagekeken: klopt" not in page  # a reader only reads


def test_one_click_and_it_is_done(editor: SiteClient, database: sessionmaker[Session]) -> None:
    response = editor.press("/", "/diensten/lamp/nagekeken", field="phone")
    assert response.headers["location"] == "/"
    page = editor.get("/").text
    assert "Dienst lamp: telefoon nagekeken." in page
    assert "Alles is op tijd nagekeken." in page
    assert "telefoon nagekeken." not in editor.get("/").text  # said once
    with database() as db:
        assert count_due(db, TODAY) == 0


def test_the_page_is_bounded(app: Starlette, database: sessionmaker[Session]) -> None:
    with database() as db:
        for number in range(SHOWN + 5):
            store(db, complete(service(f"oud-{number}", checked_on="2024-01-01", field_checks=[]))[0])
        db.commit()
    page = signed_in(app, "reader").get("/").text
    assert page.count('<li class="due">') == SHOWN
    assert f"<b>{(SHOWN + 5) * 3 + 1}</b>" in page


def reported(database: sessionmaker[Session], slug: str, reason: str, times: int = 1) -> None:
    with database() as db:
        for _ in range(times):
            assert report(db, slug, reason, TODAY)
        db.commit()


def test_a_report_is_first_on_the_page_and_one_click_from_done(
    editor: SiteClient, reader: SiteClient, database: sessionmaker[Session]
) -> None:
    reported(database, "lamp", "telefoon", 3)
    reported(database, "lamp", "anders")
    page = reader.get("/").text
    assert "Het nummer klopt niet: 3 keer, het laatst op 23/11/2026" in page
    assert "0470 00 00 00" in page
    assert page.index('id="meldingen"') < page.index('id="gegevens"')
    form = Page(editor.get("/").text).form("/diensten/lamp/nagekeken", field="phone")
    editor.send("/diensten/lamp/nagekeken", [*form, ("hoe", "gebeld")])
    assert "Het nummer klopt niet" not in editor.get("/").text
    with database() as db:
        check = db.scalars(select(FieldCheck).where(FieldCheck.field == "phone", FieldCheck.checked_on == TODAY)).one()
        assert (check.method, check.checked_by) == ("gebeld", PEOPLE["editor"])
    assert editor.press("/", "/diensten/lamp/melding", reden="anders").headers["location"] == "/"
    page = editor.get("/").text
    assert "de melding is nagekeken" in page
    assert "Niemand meldde iets" in page
    assert "melding nagekeken" in editor.get("/diensten/lamp/geschiedenis").text


def test_an_unknown_way_of_checking_is_the_usual_one(editor: SiteClient, database: sessionmaker[Session]) -> None:
    form = Page(editor.get("/").text).form("/diensten/lamp/nagekeken", field="phone")
    editor.send("/diensten/lamp/nagekeken", [*form, ("hoe", "<b>gedroomd</b>")])
    with database() as db:
        methods = db.scalars(select(FieldCheck.method).where(FieldCheck.checked_on == TODAY)).all()
    assert methods == ["nagekeken"]


def test_a_report_about_what_is_not_there_can_be_settled(editor: SiteClient, database: sessionmaker[Session]) -> None:
    reported(database, "schuilplek", "adres")  # a hidden address has no field to check
    assert editor.press("/", "/diensten/schuilplek/melding", reden="adres").status_code == 303
    assert "Het adres klopt niet" not in editor.get("/").text


def test_a_report_about_a_crisis_line_waits_for_a_second_person(
    publisher: SiteClient, administrator: SiteClient, database: sessionmaker[Session]
) -> None:
    with database() as db:
        store(db, complete(service("luisterlijn", phones=[{"number": "106"}]))[0])
        db.commit()
    reported(database, "luisterlijn", "weg")
    publisher.press("/", "/diensten/luisterlijn/melding", reden="weg")
    assert "Deze hulp bestaat niet meer" in publisher.get("/").text
    assert "Nagekeken na een melding" in administrator.get("/").text
    administrator.press("/voorstellen/1", "/voorstellen/1/goedkeuren")
    assert "Deze hulp bestaat niet meer" not in publisher.get("/").text


def test_an_unknown_report_is_refused_kindly(editor: SiteClient, database: sessionmaker[Session]) -> None:
    reported(database, "lamp", "weg")
    form = [
        (name, "onzin" if name == "reden" else value)
        for name, value in Page(editor.get("/").text).form("/diensten/lamp/melding")
    ]
    assert editor.send("/diensten/lamp/melding", form).status_code == 422


def test_proposals_wait_on_the_page_of_who_decides(editor: SiteClient, publisher: SiteClient) -> None:
    editor.change("/diensten/lamp", name="Nieuwe lamp", waarom="heet nu anders")
    assert "heet nu anders" in publisher.get("/").text
    assert "<b>1</b> voorstel na te kijken" in publisher.get("/").text
    assert "heet nu anders" not in editor.get("/").text
