"""Editors label and remove what people gave, and take it along; the log never holds the sentence."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
import yaml

from referral_db.given import keep
from referral_db.models import AuditEntry
from referral_db.workflow import GivenSentence
from tests.referral_db.curation.browser import assert_accessible, sign_in
from tests.referral_db.curation.conftest import TODAY
from tests.referral_db.curation.site_client import Page as Sent
from tests.referral_db.curation.site_client import changed

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session, sessionmaker

    from tests.referral_db.curation.site_client import SiteClient

SENTENCE = "mijn man […] en ik weet niet meer wat"


@pytest.fixture
def kept(database: sessionmaker[Session]) -> str:
    with database() as db:
        keep(db, SENTENCE, "demo", TODAY)
        keep(db, "iets van lang geleden", "demo", TODAY - dt.timedelta(days=200))
        db.commit()
        return str(db.query(GivenSentence.id).filter_by(text=SENTENCE).scalar())


def labelled(editor: SiteClient, kept: str, **changes: str) -> httpx.Response:
    path = f"/zinnen/{kept}"
    return editor.send(path, changed(Sent(editor.get("/zinnen").text).form(path), **changes))


def test_a_sentence_gets_a_label_and_goes_out_as_a_proposal(
    editor: SiteClient, database: sessionmaker[Session], kept: str
) -> None:
    page = editor.get("/zinnen").text
    assert SENTENCE in page
    assert "lang geleden" not in page  # older than 180 days
    assert "voorstel.yml" not in page
    assert labelled(editor, kept, label="ontrouw").status_code == 303
    response = editor.get("/zinnen/voorstel.yml")
    assert response.headers["content-disposition"] == f'attachment; filename="zinnen-voorstel-{TODAY}.yml"'
    assert yaml.safe_load(response.text)["nlu"] == [
        {"intent": "ontrouw", "examples": "- mijn man … en ik weet niet meer wat\n"}
    ]
    with database() as db:
        entry = db.query(AuditEntry).one()
        assert (entry.entity, entry.entity_id, json.loads(entry.after or "")) == (
            "sentence",
            kept,
            {"label": "ontrouw"},
        )


def test_a_sentence_is_removed_and_the_log_does_not_hold_it(
    editor: SiteClient, administrator: SiteClient, database: sessionmaker[Session], kept: str
) -> None:
    assert editor.press("/zinnen", f"/zinnen/{kept}/wissen").status_code == 303
    with database() as db:
        assert db.query(GivenSentence).count() == 0
        assert db.query(AuditEntry).one().action == "gewist"
    assert "weet niet meer" not in administrator.get("/logboek").text
    assert "Er zijn geen zinnen." in editor.get("/zinnen").text


def test_only_labels_of_the_list_and_only_editors(editor: SiteClient, reader: SiteClient, kept: str) -> None:
    assert labelled(editor, kept, label="onzin").status_code == 422
    assert reader.get("/zinnen").status_code == 403
    assert reader.get("/zinnen/voorstel.yml").status_code == 403


def test_who_labels_what_somebody_else_labelled_is_told(
    editor: SiteClient, database: sessionmaker[Session], kept: str
) -> None:
    response = labelled(editor, kept, label="ontrouw", version="7")
    assert response.status_code == 303
    assert "Iemand anders was je net voor" in editor.get("/zinnen").text
    with database() as db:
        assert db.get_one(GivenSentence, kept).label is None


@pytest.mark.browser
def test_the_page_is_for_everybody(page: Page, address: str, kept: str) -> None:
    sign_in(page, address, "editor")
    page.goto(f"{address}/zinnen")
    assert_accessible(page)
    page.get_by_label("Waarover gaat zin 1").select_option("ontrouw")
    page.get_by_role("button", name="Bewaar zin 1").click()
    page.wait_for_selector("text=als voorstel")
    assert_accessible(page)
