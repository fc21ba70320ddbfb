"""The page Vandaag: what is due, and gone with one click."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from referral_db.curation.due import SHOWN, count_due, due_services
from referral_db.records import store
from referral_db.validation import complete
from tests.referral_db.curation.conftest import TODAY, service, signed_in

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
