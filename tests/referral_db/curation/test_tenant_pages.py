"""Websites that show the window, set by an administrator and taken over by the chat."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.chat.tenants import CurrentTenants
from nachtlicht.tenants import load_tenants, problems_of
from referral_db.curation.tenant_pages import SAFE_COLOURS
from referral_db.models import AuditEntry
from referral_db.workflow import TenantSettings
from tests.referral_db.curation.site_client import Page, SiteClient, changed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

LINE = {
    "line_number": "0800 12 345",
    "line_what_for": "praten met ons",
    "line_hours": "van 9 tot 12 uur",
    "line_source": "https://dienst.example/contact",
}


def test_what_an_administrator_sets_is_what_the_chat_reads(
    administrator: SiteClient, database: sessionmaker[Session]
) -> None:
    made = administrator.change(
        "/websites/nieuw",
        code="school",
        name="Vraag maar",
        origins="https://school.example\nhttps://www.school.example",
        greeting="Welkom bij ons.",
        open_from="21",
        open_to="7",
        languages=["nl", "fr"],
        **LINE,
        **SAFE_COLOURS,
    )
    assert made.headers["location"] == "/websites/school"
    current = CurrentTenants(load_tenants(), database)
    current.refresh()
    school = current["school"]
    assert school.origins == ("https://school.example", "https://www.school.example")
    assert (school.name, school.greeting, school.open, school.languages) == (
        *("Vraag maar", "Welkom bij ons.", "21-7"),
        ("nl", "fr"),
    )
    assert school.line
    assert school.line.number == "0800 12 345"
    page = administrator.get("/websites/school").text
    assert 'data-tenant="school" data-open="21-7" data-lang="fr"' in page
    assert "--nachtlicht-accent: #43406b;" in page
    with database() as db:
        entry = db.query(AuditEntry).one()
        assert (entry.user_name, entry.entity, entry.entity_id, entry.action) == (
            *("Iemand administrator", "tenant"),
            *("school", "nieuw"),
        )
    assert "/websites/school" in administrator.get("/logboek").text


def test_the_file_is_the_default_and_holds_again_when_it_is_wiped(
    administrator: SiteClient, database: sessionmaker[Session]
) -> None:
    assert "uit het bestand" in administrator.get("/websites").text
    assert administrator.change("/websites/demo", name="Anders").status_code == 303
    assert "hier ingesteld" in administrator.get("/websites").text
    assert administrator.press("/websites/demo", "/websites/demo/wissen").status_code == 303
    assert 'value="Nachtlicht"' in administrator.get("/websites/demo").text
    with database() as db:
        assert [one.action for one in db.query(AuditEntry).order_by(AuditEntry.id)] == ["gewijzigd", "gewist"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": ""}, "moet 1 tot 40 tekens hebben"),
        ({"origins": "www.school.example"}, "zoals https://www.voorbeeld.be"),
        ({"origins": "https://a.example/"}, "zoals https://www.voorbeeld.be"),
        ({"greeting": "a" * 301}, "hoogstens 300 tekens"),
        ({"languages": []}, "kies er minstens één"),
        ({"open_from": "9"}, "twee uren"),
        (LINE | {"line_number": "+31 20"}, "Belgisch nummer"),
        (LINE | {"line_source": "ergens"}, "waar het nummer staat"),
        (SAFE_COLOURS | {"accent": "rood"}, "moet een kleur zijn"),
        (SAFE_COLOURS | {"accent": "#dddddd"}, "is niet leesbaar: 1,3 op 1 met de achtergrond"),
        (SAFE_COLOURS | {"on_accent_dark": "#eeeeee"}, "op 1 met de knop"),
        ({"accent": "#43406b"}, "moet een kleur zijn"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_stored(
    administrator: SiteClient, database: sessionmaker[Session], changes: dict[str, str], problem: str
) -> None:
    page = administrator.change("/websites/demo", **changes)
    assert page.status_code == 422
    assert problem in page.text
    assert "Nog niet bewaard" in page.text
    with database() as db:
        assert db.query(TenantSettings).count() == 0


def test_a_code_is_checked_and_used_once(administrator: SiteClient) -> None:
    assert "kleine letters" in administrator.change("/websites/nieuw", code="A B", name="x").text
    assert "bestaat al" in administrator.change("/websites/nieuw", code="demo", name="x").text


def test_showing_stores_nothing(administrator: SiteClient, database: sessionmaker[Session]) -> None:
    page = administrator.change("/websites/demo", {"toon": "ja"}, name="Even kijken", greeting="Dag.")
    assert page.status_code == 200
    assert page.text.count("Even kijken") >= 3
    with database() as db:
        assert db.query(TenantSettings).count() == 0


def test_who_saves_second_sees_it(administrator: SiteClient, database: sessionmaker[Session]) -> None:
    pairs = changed(Page(administrator.get("/websites/demo").text).form("/websites/demo"), name="Van mij")
    administrator.change("/websites/demo", name="Van iemand anders")
    late = administrator.send("/websites/demo", pairs)
    assert late.status_code == 409
    assert "Van mij" in late.text
    with database() as db:
        assert json.loads(db.query(TenantSettings).one().settings)["name"] == "Van iemand anders"
    assert administrator.send("/websites/demo", Page(late.text).form("/websites/demo")).status_code == 303


def test_only_an_administrator_sees_websites(publisher: SiteClient) -> None:
    assert publisher.get("/websites").status_code == 403
    assert publisher.get("/websites/demo").status_code == 403


def test_a_website_that_is_not_there_is_a_kind_404(administrator: SiteClient) -> None:
    assert administrator.get("/websites/bestaat-niet").status_code == 404


def test_the_safe_colours_are_readable() -> None:
    assert problems_of("demo", {"name": "a", "colours": SAFE_COLOURS}) == {}


def test_learning_is_off_until_an_administrator_ticks_it(
    administrator: SiteClient, database: sessionmaker[Session]
) -> None:
    current = CurrentTenants(load_tenants(), database)
    administrator.change("/websites/demo", name="Nachtlicht")
    current.refresh()
    assert current["demo"].learn is False
    administrator.change("/websites/demo", learn="ja")
    current.refresh()
    assert current["demo"].learn is True
    assert 'name="learn" value="ja" checked' in administrator.get("/websites/demo").text
    with database() as db:
        assert json.loads(db.query(AuditEntry).all()[-1].after or "") == {"learn": True}
    assert problems_of("x", {"name": "X", "learn": "ja"}) == {"learn": "expected true or false"}
