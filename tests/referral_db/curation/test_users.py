"""Users, by an administrator on the page and by command, and the log."""

from __future__ import annotations

import argparse
import io
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from referral_db.curation.commands import add_user_commands
from referral_db.curation.passwords import verify
from referral_db.models import AuditEntry, User
from tests.referral_db.curation.conftest import signed_in
from tests.referral_db.curation.site_client import PASSWORD, PEOPLE, Page, SiteClient, changed, publish

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker
    from starlette.applications import Starlette

    from nachtlicht.settings import Settings

NEW = "nog eens andere woorden"


def user_of(database: sessionmaker[Session], role: str) -> User:
    with database() as db:
        return db.scalars(select(User).where(User.name == PEOPLE[role])).one()


def command(settings: Settings, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_user_commands(parser.add_subparsers())
    chosen = parser.parse_args(["user", *arguments])
    status: int = chosen.run(chosen, settings)
    return status


def test_an_administrator_adds_a_user(app: Starlette, administrator: SiteClient) -> None:
    response = administrator.change("/gebruikers", naam="  Els   Peeters ", rol="editor", wachtwoord=NEW)
    assert response.headers["location"] == "/gebruikers"
    assert SiteClient(app).sign_in(name="els peeters", password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"naam": PEOPLE["reader"].upper(), "rol": "reader", "wachtwoord": NEW}, "Er is al een gebruiker"),
        ({"naam": "Jo", "rol": "koning", "wachtwoord": NEW}, "Kies een rol"),
        ({"naam": "Jo", "rol": "reader", "wachtwoord": "kort"}, "minstens 12"),
        ({"naam": " ", "rol": "reader", "wachtwoord": NEW}, "Geef een naam"),
    ],
)
def test_a_user_that_cannot_be(administrator: SiteClient, fields: dict[str, str], words: str) -> None:
    response = administrator.change("/gebruikers", **fields)
    assert response.status_code == 422
    assert words in response.text


def test_role_password_and_removal_hold_at_once(
    app: Starlette, administrator: SiteClient, database: sessionmaker[Session]
) -> None:
    reader = signed_in(app, "reader", "203.0.113.9")
    path = f"/gebruikers/{user_of(database, 'reader').id}"
    token = Page(administrator.get("/gebruikers").text).form(path)[:1]
    administrator.send(path, [*token, ("rol", "administrator"), ("rol_opslaan", "ja")])
    assert reader.get("/logboek").status_code == 200
    administrator.send(path, [*token, ("wachtwoord", NEW), ("wachtwoord_opslaan", "ja")])
    assert reader.get("/").status_code == 303
    administrator.send(path, [*token, ("weg", "ja")])
    assert SiteClient(app).sign_in("reader", password=NEW).status_code == 401
    assert administrator.send(path, [*token, ("weg", "ja")]).status_code == 404
    page = administrator.get("/logboek").text
    for action in ("rol", "wachtwoord", "weg"):
        assert f"· {action} ·" in page
    with database() as db:
        logged = " ".join(f"{entry.before}{entry.after}" for entry in db.scalars(select(AuditEntry)))
    assert NEW not in logged
    assert "argon2" not in logged


def test_the_last_administrator_stays(administrator: SiteClient, database: sessionmaker[Session]) -> None:
    path = f"/gebruikers/{user_of(database, 'administrator').id}"
    token = Page(administrator.get("/gebruikers").text).form(path)[:1]
    for button in ([("weg", "ja")], [("rol", "reader"), ("rol_opslaan", "ja")]):
        response = administrator.send(path, [*token, *button])
        assert response.status_code == 422
        assert "laatste beheerder" in response.text
    assert user_of(database, "administrator").role == "administrator"


def test_the_log_tells_who_changed_what(app: Starlette, administrator: SiteClient) -> None:
    publisher = signed_in(app, "publisher", "203.0.113.9")
    publish(administrator, publisher, "/diensten/lamp", name="Nieuwe lamp", price_kind="vork")
    page = administrator.get("/logboek?wie=Iemand+publisher").text
    assert "1 regel" in page
    for words in ("Nieuwe lamp", "Dienst lamp", "Naam", "Soort prijs", "vaste prijs", "van … tot …"):
        assert words in page
    assert "0 regels" in administrator.get("/logboek?wie=niemand").text


def test_the_command_makes_the_first_user(
    settings: Settings,
    empty_database: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert command(settings, "add", "An", "--role", "administrator", "--password-stdin") == 0
    assert "8081" in capsys.readouterr().out
    with empty_database() as db:
        user = db.scalars(select(User)).one()
        assert user.role == "administrator"
        assert verify(user.password_hash, PASSWORD)
    assert command(settings, "add", "an", "--role", "reader", "--password-stdin") == 1
    assert "Er is al een gebruiker" in capsys.readouterr().err
    assert command(settings, "list") == 0
    assert capsys.readouterr().out.split() == ["administrator", "An"]


def test_the_command_asks_twice(
    settings: Settings,
    database: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed = iter([NEW, "iets anders", NEW, NEW])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    assert command(settings, "password", PEOPLE["reader"]) == 1
    assert "twee verschillende" in capsys.readouterr().err
    assert command(settings, "password", PEOPLE["reader"]) == 0
    assert verify(user_of(database, "reader").password_hash, NEW)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("password", "Niemand"), "geen gebruiker met de naam"),
        (("add", "Jo"), "--password-stdin"),
        (("add", "Jo", "--password-stdin"), "minstens 12"),
    ],
)
def test_the_command_refuses_kindly(
    settings: Settings,
    database: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("kort\n"))
    assert command(settings, *arguments) == 1
    assert words in capsys.readouterr().err


def test_changing_a_user_that_never_was(administrator: SiteClient) -> None:
    token = Page(administrator.get("/gebruikers").text).form("/gebruikers")[:1]
    assert administrator.send("/gebruikers/99999999999", changed(token, weg="ja")).status_code == 404
