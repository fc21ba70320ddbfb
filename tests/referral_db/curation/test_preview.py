"""What a person would see, for a maintainer to look at before anybody does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from referral_db.curation.preview import of_service, of_text
from referral_db.models import AuditEntry, Service
from tests.referral_db.curation.conftest import TODAY
from tests.referral_db.curation.site_client import SiteClient

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session, sessionmaker


def test_a_service_is_shown_as_its_card_by_day_and_at_night(
    reader: SiteClient, database: sessionmaker[Session]
) -> None:
    with database() as db:
        day, night = of_service(db, db.query(Service).filter_by(slug="lamp").one().id, TODAY)
    assert (day.night, night.night) == (False, True)
    assert day.card
    assert night.card
    assert (day.card["open"]["state"], night.card["open"]["state"]) == ("open", "closed")
    page = reader.get("/diensten/lamp/voorbeeld").text
    assert day.card["open"]["text"] in page
    assert night.card["open"]["text"] in page
    assert "0470 00 00 00" in page
    assert "href" not in page.split('class="windows"')[1].split("</main>")[0]


def test_a_draft_says_that_nobody_sees_it_yet(reader: SiteClient) -> None:
    assert "nog niet te zien" in reader.get("/diensten/schets/voorbeeld").text
    assert reader.get("/diensten/bestaat-niet/voorbeeld").status_code == 404


def test_a_proposal_is_shown_as_it_would_be_and_changes_nothing(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    made = editor.change("/diensten/lamp", name="Lamp anders", waarom="proef")
    page = publisher.get(made.headers["location"]).text
    assert page.split('class="windows"')[1].count("<b>Lamp anders</b>") == 2
    with database() as db:
        assert db.query(Service).filter_by(slug="lamp").one().name == "Dienst lamp"
        assert [one.action for one in db.query(AuditEntry)] == ["voorgesteld"]


def test_what_would_not_be_shown_has_no_preview(editor: SiteClient, publisher: SiteClient) -> None:
    made = editor.change("/diensten/lamp", state="archived", waarom="bestaat niet meer")
    assert 'class="windows"' not in publisher.get(made.headers["location"]).text


@pytest.mark.parametrize(("moment", "nights"), [("altijd", [False, True]), ("nacht", [True])])
def test_an_answer_is_shown_when_it_is_said(moment: str, nights: list[bool]) -> None:
    assert [one.night for one in of_text("Dag.", moment)] == nights


def test_the_words_of_an_answer_stand_beside_it(editor: SiteClient) -> None:
    path = re.search(r"/antwoorden/\d+", editor.get("/antwoorden").text)
    assert path
    shown = editor.change(path[0], {"keur": "ja"}, text="Dat komt hard aan.").text
    assert shown.count('<p class="window-bubble">Dat komt hard aan.</p>') == 2


def test_the_colours_are_those_of_the_window(request: pytest.FixtureRequest) -> None:
    home: Path = request.config.rootpath
    ours = (home / "referral_db/curation/static/curation.css").read_text("utf-8")
    window = "".join((home / "bot/widget" / name).read_text("utf-8") for name in ("widget.js", "style.js"))
    for kind in ("light", "dark"):
        rule = re.search(rf"\.window\.{kind} {{(.*)}}", ours)
        assert rule
        for colour in re.findall(r"#[0-9a-f]{3,6}", rule[1]):
            assert colour in window
