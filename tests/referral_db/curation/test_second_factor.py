"""The second step: adding an app, a code for once, recovery codes, and a wait that a stranger cannot cause."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

import pyotp
import pytest
from sqlalchemy import func, select

from referral_db.curation.commands import add_user_commands
from referral_db.curation.second_factor import RECOVERY_CODES, WRONG_CODE, take_code
from referral_db.models import AuditEntry, User
from referral_db.workflow import RecoveryCode, SecondFactor
from tests.referral_db.curation.conftest import signed_in
from tests.referral_db.curation.site_client import PASSWORD, PEOPLE, Page, SiteClient, changed

if TYPE_CHECKING:
    import httpx
    from sqlalchemy.orm import Session, sessionmaker
    from starlette.applications import Starlette

    from nachtlicht.settings import Settings
    from referral_db.curation.site import Site

PATH = "/tweede-stap"
CODE_PATH = "/aanmelden/code"


class Phone:
    """An authenticator app, and the clock that the site reads."""

    def __init__(self, site: Site) -> None:
        self.now = 1_800_000_000.0
        self.secret = ""
        site.wall_clock = lambda: self.now

    def code(self, later: float = 0) -> str:
        return pyotp.TOTP(self.secret).at(int(self.now + later))


@pytest.fixture
def phone(site: Site) -> Phone:
    return Phone(site)


def enrol(client: SiteClient, phone: Phone) -> list[str]:
    """Adds the app and gives the recovery codes that were shown."""
    page = client.get(PATH).text
    phone.secret = re.sub(r"\s", "", re.findall(r'id="sleutel">([^<]+)<', page)[0])
    done = client.change(PATH, {"aan": "ja"}, code=phone.code(), wachtwoord=PASSWORD)
    assert done.status_code == 200
    phone.now += 30
    return re.findall(r"<li><code>([^<]+)</code>", done.text)


def second_step(client: SiteClient, page: httpx.Response, code: str) -> httpx.Response:
    return client.send(CODE_PATH, changed(Page(page.text).form(CODE_PATH), code=code))


def test_the_page_shows_the_secret_as_text_and_as_a_link(editor: SiteClient, phone: Phone) -> None:
    page = editor.get(PATH).text
    secret = re.sub(r"\s", "", re.findall(r'id="sleutel">([^<]+)<', page)[0])
    assert len(secret) >= 32
    link = re.findall(r'href="(otpauth://totp/[^"]+)"', page)[0]
    assert secret in link
    assert "Nachtlicht" in link
    assert "<img" not in page.split("<main")[1]  # no picture that another site would have to draw
    assert secret[:4] in editor.get(PATH).text  # the same one, also after a reload


def test_the_app_is_only_added_with_its_code_and_the_password(
    editor: SiteClient, phone: Phone, database: sessionmaker[Session]
) -> None:
    page = editor.get(PATH).text
    phone.secret = re.sub(r"\s", "", re.findall(r'id="sleutel">([^<]+)<', page)[0])
    wrong = "000000" if phone.code() != "000000" else "111111"
    assert editor.change(PATH, {"aan": "ja"}, code=wrong, wachtwoord=PASSWORD).status_code == 422
    assert editor.change(PATH, {"aan": "ja"}, code=phone.code(), wachtwoord="iets anders hier").status_code == 422
    with database() as db:
        assert db.scalar(select(func.count(SecondFactor.user_id))) == 0
    assert len(enrol(editor, phone)) == RECOVERY_CODES


def test_recovery_codes_are_kept_as_hashes_and_shown_once(
    editor: SiteClient, phone: Phone, database: sessionmaker[Session]
) -> None:
    codes = enrol(editor, phone)
    assert len(set(codes)) == RECOVERY_CODES
    assert codes[0] not in editor.get(PATH).text
    with database() as db:
        hashes = db.scalars(select(RecoveryCode.code_hash)).all()
        assert len(hashes) == RECOVERY_CODES
        assert all(re.fullmatch("[0-9a-f]{64}", one) for one in hashes)
        log = " ".join(f"{entry.action}{entry.before}{entry.after}" for entry in db.scalars(select(AuditEntry)))
    assert "tweede stap aan" in log
    assert phone.secret not in log


def test_signing_in_asks_for_the_code_and_then_goes_on(app: Starlette, editor: SiteClient, phone: Phone) -> None:
    enrol(editor, phone)
    client = SiteClient(app)
    page = client.sign_in("editor")
    assert page.status_code == 200
    assert client.get("/").status_code == 303  # not in yet
    assert second_step(client, page, "000001").status_code == 401
    response = second_step(client, page, phone.code())
    assert response.status_code == 303
    assert client.get("/").status_code == 200


def test_a_code_works_once_and_a_clock_may_be_a_little_off(app: Starlette, editor: SiteClient, phone: Phone) -> None:
    enrol(editor, phone)
    phone.now += 300
    first = SiteClient(app)
    assert second_step(first, first.sign_in("editor"), phone.code(-29)).status_code == 303
    again = SiteClient(app)
    page = again.sign_in("editor")
    assert WRONG_CODE in second_step(again, page, phone.code(-29)).text
    assert second_step(again, page, phone.code(-90)).status_code == 401
    assert second_step(again, page, phone.code(90)).status_code == 401
    assert second_step(again, page, phone.code(29)).status_code == 303


def test_two_at_the_same_moment_with_one_code(editor: SiteClient, phone: Phone, site: Site) -> None:
    enrol(editor, phone)
    with site.database() as one, site.database() as other:
        factors = [db.scalars(select(SecondFactor)).one() for db in (one, other)]
        taken = [take_code(db, f, phone.code(), phone.now) for db, f in zip((one, other), factors, strict=True)]
    assert taken == [True, False]


def test_a_recovery_code_opens_the_door_once(app: Starlette, editor: SiteClient, phone: Phone) -> None:
    code = enrol(editor, phone)[3]
    client = SiteClient(app)
    assert second_step(client, client.sign_in("editor"), code.upper().replace("-", " ")).status_code == 303
    assert "nog 9 herstelcodes" in client.get(PATH).text
    other = SiteClient(app)
    assert second_step(other, other.sign_in("editor"), code).status_code == 401


def test_new_recovery_codes_replace_the_old_and_the_step_can_be_taken_away(
    app: Starlette, editor: SiteClient, phone: Phone
) -> None:
    old = enrol(editor, phone)
    fresh = editor.change(PATH, {"nieuwe_codes": "ja"}, code=phone.code(), wachtwoord=PASSWORD)
    codes = re.findall(r"<li><code>([^<]+)</code>", fresh.text)
    assert len(codes) == RECOVERY_CODES
    assert not set(codes) & set(old)
    assert editor.change(PATH, {"uit": "ja"}, code=old[0], wachtwoord=PASSWORD).status_code == 422
    assert editor.change(PATH, {"uit": "ja"}, code=codes[0], wachtwoord=PASSWORD).status_code == 303
    assert SiteClient(app).sign_in("editor").status_code == 303


def test_adding_it_ends_the_other_sessions(app: Starlette, editor: SiteClient, phone: Phone) -> None:
    other = signed_in(app, "editor", "203.0.113.9")
    enrol(editor, phone)
    assert editor.get("/").status_code == 200
    assert other.get("/").status_code == 303


def test_guessing_codes_gets_slow_and_never_keeps_the_owner_out(
    app: Starlette, editor: SiteClient, phone: Phone, site: Site
) -> None:
    clock = [0.0]
    site.code_attempts._now = lambda: clock[0]
    enrol(editor, phone)
    # A stranger without the password never comes to the code, so cannot count against it.
    outside = SiteClient(app, "203.0.113.98")
    assert all(outside.sign_in("editor", password="gok nummer zoveel").status_code != 200 for _ in range(4))
    stranger = SiteClient(app, "203.0.113.99")
    page = stranger.sign_in("editor")
    statuses = [second_step(stranger, page, f"{number:06}").status_code for number in range(8)]
    assert statuses[:5] == [401] * 5
    assert set(statuses[5:]) == {429}
    elsewhere = SiteClient(app, "203.0.113.97")  # another address does not help who guesses
    assert second_step(elsewhere, elsewhere.sign_in("editor"), phone.code()).status_code == 429
    # The owner signed in on this device before: it has a count of its own.
    editor.press("/", "/afmelden")
    assert second_step(editor, editor.sign_in("editor"), phone.code()).status_code == 303
    clock[0] += 20 * 60
    phone.now += 60
    assert second_step(elsewhere, elsewhere.sign_in("editor"), phone.code()).status_code == 303


def test_the_code_comes_within_ten_minutes(app: Starlette, editor: SiteClient, phone: Phone, site: Site) -> None:
    enrol(editor, phone)
    client = SiteClient(app)
    page = client.sign_in("editor")
    later = site.halfway._now() + 601
    site.halfway._now = lambda: later
    response = second_step(client, page, phone.code())
    assert response.status_code == 401
    assert "duurde te lang" in response.text


def test_what_was_typed_survives_the_second_step(app: Starlette, editor: SiteClient, phone: Phone, site: Site) -> None:
    enrol(editor, phone)
    pairs = changed(Page(editor.get("/diensten/schets").text).form("/diensten/schets"), name="Nieuwe schets")
    site.sessions.end(editor.cookies["nachtlicht"])
    stopped = editor.send("/diensten/schets", pairs)
    form = changed(Page(stopped.text).form("/aanmelden"), naam=PEOPLE["editor"], wachtwoord=PASSWORD)
    ready = second_step(editor, editor.send("/aanmelden", form), phone.code())
    assert "staat klaar" in ready.text
    assert editor.send("/diensten/schets", Page(ready.text).form("/diensten/schets")).status_code == 303


def test_an_administrator_takes_it_away_and_never_their_own(
    app: Starlette, editor: SiteClient, administrator: SiteClient, phone: Phone, database: sessionmaker[Session]
) -> None:
    enrol(editor, phone)
    with database() as db:
        ids = {name: db.scalars(select(User.id).where(User.name == PEOPLE[name])).one() for name in PEOPLE}
    page = administrator.get("/gebruikers").text
    assert page.count("met tweede stap") == 1
    token = Page(page).form(f"/gebruikers/{ids['editor']}")[:1]
    button = ("tweede_stap_weg", "ja")
    assert administrator.send(f"/gebruikers/{ids['administrator']}", [*token, button]).status_code == 422
    assert administrator.send(f"/gebruikers/{ids['editor']}", [*token, button]).status_code == 303
    assert administrator.send(f"/gebruikers/{ids['editor']}", [*token, button]).status_code == 422
    assert editor.get("/").status_code == 303
    assert SiteClient(app).sign_in("editor").status_code == 303
    assert "tweede stap weg" in administrator.get("/logboek").text


def test_a_command_takes_it_away(
    settings: Settings, editor: SiteClient, app: Starlette, phone: Phone, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(*arguments: str) -> int:
        parser = argparse.ArgumentParser()
        add_user_commands(parser.add_subparsers())
        chosen = parser.parse_args(["user", *arguments])
        status: int = chosen.run(chosen, settings)
        return status

    enrol(editor, phone)
    assert command("reset-second-step", PEOPLE["editor"]) == 0
    assert SiteClient(app).sign_in("editor").status_code == 303
    assert command("reset-second-step", PEOPLE["editor"]) == 1
    assert "geen tweede stap" in capsys.readouterr().err
    assert command("reset-second-step", "Niemand") == 1


def test_removing_a_user_removes_the_secret(
    administrator: SiteClient, editor: SiteClient, phone: Phone, database: sessionmaker[Session]
) -> None:
    enrol(editor, phone)
    with database() as db:
        db.delete(db.scalars(select(User).where(User.name == PEOPLE["editor"])).one())
        db.commit()
        assert db.scalar(select(func.count(SecondFactor.user_id))) == 0
        assert db.scalar(select(func.count(RecoveryCode.id))) == 0
