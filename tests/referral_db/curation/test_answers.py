"""Answers through the browser: finding, changing, the text checker, and what the chat says a moment later."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from referral_db.answers import VARIANTS, find_answer
from referral_db.curation import words
from referral_db.models import Answer, AuditEntry
from tests.referral_db.curation.conftest import TODAY, signed_in
from tests.referral_db.curation.site_client import PEOPLE, Page, SiteClient, changed, publish

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker
    from starlette.applications import Starlette

NEW = "Dat komt hard aan. Je hoeft vannacht niets te beslissen."


def answer_of(database: sessionmaker[Session], moment: str = "altijd") -> Answer:
    with database() as db:
        return db.scalars(select(Answer).where(Answer.code == "ontrouw", Answer.moment == moment)).one()


@pytest.fixture
def path(database: sessionmaker[Session]) -> str:
    return f"/antwoorden/{answer_of(database).id}"


def test_a_saved_answer_is_what_the_chat_says_at_once(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session], path: str
) -> None:
    response = publish(editor, publisher, path, text=NEW, nagekeken="ja")
    assert response.headers["location"] == "/voorstellen"
    assert "Het gesprek gebruikt het vanaf nu." in publisher.get("/voorstellen").text
    with database() as db:
        assert find_answer(db, "ontrouw", "eerste", night=False, today=TODAY) == NEW
        entry = db.scalars(select(AuditEntry).where(AuditEntry.entity == "answer")).one()
        assert (entry.user_name, entry.action) == (PEOPLE["publisher"], "goedgekeurd")
        assert entry.entity_id == "ontrouw/eerste/altijd"
        assert "schok" in str(entry.before)
        assert NEW in str(entry.after)
    assert answer_of(database).reviewed_on == TODAY


def test_the_list_shows_and_filters(reader: SiteClient) -> None:
    page = reader.get("/antwoorden?zoek=schok&soort=eerste&staat=published").text
    assert "2 antwoorden" in page
    assert "geldig tot 10/12/2026" in page
    assert "0 antwoorden" in reader.get("/antwoorden?soort=tips").text
    assert "0 antwoorden" in reader.get("/antwoorden?zoek=onbestaand").text


def test_one_answer_shows_whose_it_is_and_how_long_it_holds(
    reader: SiteClient, database: sessionmaker[Session]
) -> None:
    page = reader.get(f"/antwoorden/{answer_of(database, 'nacht').id}").text
    assert "An" in page
    assert "5 januari 2026" in page
    assert "10 december 2026" in page
    assert "nog 17 dagen" in page
    assert "disabled" in page


def test_the_checker_speaks_before_anything_is_saved(
    publisher: SiteClient, database: sessionmaker[Session], path: str
) -> None:
    checked = publisher.change(path, button={"keur": "ja"}, text="Kan u aan je man vragen of het goed komt?")
    assert checked.status_code == 200
    assert "Schrijf je of jouw" in checked.text
    assert "Schrijf je partner" in checked.text
    assert "Kan u aan je man" in checked.text
    assert "schok" in answer_of(database).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": ""}, "ontbreekt"),
        ({"text": "x" * 4_001}, "langer dan 4000"),
        ({"owner": ""}, "ontbreekt"),
        ({"expires_on": "2031-01-01"}, "hoogstens twee jaar"),
        ({"expires_on": "ooit"}, "is geen datum"),
        ({"state": "onzin"}, "Kies een staat"),
    ],
)
def test_what_is_wrong_is_said_and_not_saved(
    publisher: SiteClient, database: sessionmaker[Session], path: str, changes: dict[str, str], words: str
) -> None:
    response = publisher.change(path, **changes)
    assert response.status_code == 422
    assert words in response.text
    assert answer_of(database).version == 1


def test_roles(app: Starlette, database: sessionmaker[Session], path: str) -> None:
    editor, reader = signed_in(app, "editor"), signed_in(app, "reader", "203.0.113.8")
    assert reader.change(path, text=NEW, waarom="proef").status_code == 403
    assert editor.change(path, text=NEW, waarom="proef").headers["location"].startswith("/voorstellen/")
    assert editor.change(path, text=NEW).status_code == 422  # without a reason
    form = [("form_token", Page(editor.get("/").text).form("/afmelden")[0][1]), ("version", "1")]
    assert editor.send(f"{path}/nagekeken", form).status_code == 403
    assert answer_of(database).version == 1


def test_who_saves_second_sees_both_versions(app: Starlette, database: sessionmaker[Session], path: str) -> None:
    first, second = signed_in(app, "publisher"), signed_in(app, "administrator", "203.0.113.8")
    typed = changed(Page(second.get(path).text).form(path), text="Van de tweede.")
    publish(signed_in(app, "editor", "203.0.113.9"), first, path, text="Van de eerste.")
    conflict = second.send(path, typed)
    assert conflict.status_code == 409
    assert "Van de eerste." in conflict.text
    assert "Van de tweede." in conflict.text
    again = second.send(path, changed(Page(conflict.text).form(path), waarom="toch beter"))
    proposal = again.headers["location"]
    first.press(proposal, f"{proposal}/goedkeuren")
    assert answer_of(database).text == "Van de tweede."


def test_one_click_gives_an_answer_another_year(publisher: SiteClient, database: sessionmaker[Session]) -> None:
    path = f"/antwoorden/{answer_of(database, 'nacht').id}"
    response = publisher.press("/", f"{path}/nagekeken")
    assert response.headers["location"] == "/"
    answer = answer_of(database, "nacht")
    assert answer.reviewed_on == TODAY
    assert answer.expires_on == TODAY + dt.timedelta(days=365)


def test_a_new_answer_starts_as_a_draft(editor: SiteClient, database: sessionmaker[Session]) -> None:
    response = editor.change("/antwoorden/nieuw", code="conflict", kind="tips", text=NEW, source="handboek")
    assert response.status_code == 303
    with database() as db:
        assert find_answer(db, "conflict", "tips", night=False, today=TODAY) is None
        assert db.scalars(select(Answer).where(Answer.code == "conflict")).one().owner == PEOPLE["editor"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ({"code": "ontrouw", "kind": "eerste"}, "is er al"),
        ({"code": "onzin", "kind": "eerste"}, "Kies een van de lijst"),
        ({"code": "conflict", "kind": ""}, "Kies een van de lijst"),
    ],
)
def test_a_new_answer_needs_a_place_of_its_own(editor: SiteClient, name: dict[str, str], words: str) -> None:
    response = editor.change("/antwoorden/nieuw", text=NEW, source="handboek", **name)
    assert response.status_code == 422
    assert words in response.text


@pytest.mark.parametrize("number", ["999999", "99999999999999999999"])
def test_an_answer_that_is_not_there(reader: SiteClient, number: str) -> None:
    assert reader.get(f"/antwoorden/{number}").status_code == 404


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("conflict", "Vaak ruzie"),
        ("conflict_kinderen", "Vaak ruzie (met kinderen)"),
        ("bezorgd_om_iemand", "Bezorgd om iemand"),
        ("iets_anders", "iets_anders"),
    ],
)
def test_a_code_is_said_in_words(code: str, label: str) -> None:
    assert words.answer_label(code) == label


def test_every_situation_of_an_answer_has_words() -> None:
    assert set(words.ANSWER_VARIANTS) == set(VARIANTS)


def test_an_answer_for_a_situation_is_made_published_and_used(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    made = editor.change(
        "/antwoorden/nieuw",
        code="conflict",
        variant="kinderen",
        kind="eerste",
        text="Ruzie met kinderen in huis weegt zwaar. Praten mag.",
        source="proef",
    )
    path = made.headers["location"]
    assert "(met kinderen)" in editor.get(path).text
    publish(editor, publisher, path, state="published")
    with database() as db:
        found = find_answer(db, "conflict", "eerste", night=False, today=TODAY, rather=["conflict_kinderen"])
    assert found == "Ruzie met kinderen in huis weegt zwaar. Praten mag."


@pytest.mark.parametrize(
    ("code", "variant"), [("vraag_kost", "kinderen"), ("partnergeweld", "alleen"), ("conflict", "x")]
)
def test_a_situation_goes_with_a_need_only(editor: SiteClient, code: str, variant: str) -> None:
    page = editor.change("/antwoorden/nieuw", code=code, variant=variant, kind="eerste", text="Tekst.", source="proef")
    assert page.status_code == 422
    assert "kan alleen bij een nood" in page.text
