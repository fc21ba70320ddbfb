"""Signing in: who gets in, what the cookie is, how long it holds, and that guessing gets slow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from referral_db.curation import passwords
from referral_db.curation.app import create_app
from referral_db.curation.sessions import IDLE_SECONDS, LONGEST_SECONDS, Sessions
from referral_db.curation.sign_in import WRONG
from referral_db.curation.site import Site
from referral_db.models import User
from tests.referral_db.curation.conftest import signed_in
from tests.referral_db.curation.site_client import PASSWORD, PEOPLE, Page, SiteClient, changed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker
    from starlette.applications import Starlette


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_shown_before_signing_in(client: SiteClient) -> None:
    for path in ("/", "/diensten", "/diensten/lamp", "/antwoorden", "/logboek", "/gebruikers", "/wachtwoord"):
        response = client.get(path)
        assert response.status_code == 303
        assert response.headers["location"].startswith("/aanmelden?verder=")


def test_signing_in_leads_to_the_page_that_was_asked_for(client: SiteClient) -> None:
    there = client.get("/diensten?zoek=lamp").headers["location"]
    pairs = Page(client.get(there).text).form("/aanmelden")
    response = client.send("/aanmelden", changed(pairs, naam=PEOPLE["reader"], wachtwoord=PASSWORD))
    assert response.headers["location"] == "/diensten?zoek=lamp"
    assert client.get("/diensten").status_code == 200


@pytest.mark.parametrize("onward", ["//evil.test", "https://evil.test", "/\\evil.test", "/a\r\nx: y", "evil"])
def test_signing_in_never_leads_to_another_site(client: SiteClient, onward: str) -> None:
    pairs = Page(client.get("/aanmelden").text).form("/aanmelden")
    response = client.send("/aanmelden", changed(pairs, naam=PEOPLE["reader"], wachtwoord=PASSWORD, verder=onward))
    assert response.headers["location"] == "/"


def test_the_session_cookie_is_out_of_reach_and_new_at_sign_in(client: SiteClient) -> None:
    response = client.sign_in("editor")
    cookie = next(c for c in response.headers.get_list("set-cookie") if c.startswith("nachtlicht="))
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    first = client.cookies["nachtlicht"]
    assert len(first) >= 43  # 256 bits in base64
    client.press("/", "/afmelden")
    client.sign_in("editor")
    assert client.cookies["nachtlicht"] != first


def test_over_https_the_cookie_is_bound_to_the_host(app: Starlette) -> None:
    client = SiteClient(app, base="https://curation.test")
    cookies = client.sign_in("editor").headers.get_list("set-cookie")
    assert any(c.startswith("__Host-nachtlicht=") and "Secure" in c for c in cookies)
    assert client.get("/").status_code == 200


def test_a_cookie_that_was_planted_is_not_taken_over(client: SiteClient) -> None:
    client.cookies.set("nachtlicht", "x" * 43)
    client.sign_in("editor")
    assert client.cookies.get("nachtlicht", domain="curation.test") != "x" * 43


def test_signing_out_ends_the_session_on_the_server(app: Starlette) -> None:
    client = signed_in(app, "editor")
    token = client.cookies["nachtlicht"]
    client.press("/", "/afmelden")
    other = SiteClient(app)
    other.cookies.set("nachtlicht", token)
    assert other.get("/").status_code == 303


def test_a_session_ends_when_idle_and_after_half_a_day() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    token = sessions.start(1, "hash")
    clock.now += IDLE_SECONDS - 1
    assert sessions.find(token)
    clock.now += IDLE_SECONDS + 1
    assert sessions.find(token) is None
    token = sessions.start(1, "hash")
    end = clock.now + LONGEST_SECONDS
    while clock.now <= end:
        assert sessions.find(token)
        clock.now += IDLE_SECONDS / 2
    assert sessions.find(token) is None


def test_unknown_name_and_wrong_password_look_the_same(client: SiteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Any] = []
    verify = passwords._HASHER.__class__.verify

    def counted(self: Any, *arguments: Any) -> bool:
        hashed.append(arguments)
        return verify(self, *arguments)

    monkeypatch.setattr(passwords._HASHER.__class__, "verify", counted)
    wrong = client.sign_in(name=PEOPLE["editor"], password="helemaal verkeerd dit")
    unknown = client.sign_in(name="Niemand Niets", password="helemaal verkeerd dit")
    assert wrong.status_code == unknown.status_code == 401
    assert WRONG in wrong.text
    assert len(hashed) == 2  # the same work for both

    def without_name(html: str) -> str:
        return re.sub(r'value="[^"]*"', "", html)

    assert without_name(wrong.text) == without_name(unknown.text)


def test_guessing_gets_slow_and_the_owner_still_gets_in(app: Starlette, site: Site) -> None:
    clock = Clock()
    site.attempts._now = clock
    at_home = SiteClient(app, "198.51.100.1")
    assert at_home.sign_in("editor").status_code == 303
    at_home.press("/", "/afmelden")
    stranger = SiteClient(app, "203.0.113.99")
    statuses = [stranger.sign_in("editor", password="gok nummer zoveel").status_code for _ in range(8)]
    assert statuses[:4] == [401] * 4
    assert set(statuses[4:]) == {429}
    refused = stranger.sign_in("editor")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    # The owner: on the device of before, and from an address that did nothing wrong.
    assert at_home.sign_in("editor").status_code == 303
    assert SiteClient(app, "198.51.100.2").sign_in("editor").status_code == 303
    clock.now += 20 * 60
    assert stranger.sign_in("editor").status_code == 303


def test_waiting_doubles_and_is_bounded(app: Starlette, site: Site) -> None:
    clock = Clock()
    site.attempts._now = clock
    waits = []
    for _ in range(30):
        clock.now += wait if (wait := site.attempts.wait("an", "203.0.113.5", None)) else 0
        waits.append(wait)
        site.attempts.failed("an", "203.0.113.5", None)
    assert waits[:4] == [0.0] * 4
    assert waits[4:8] == [1.0, 2.0, 4.0, 8.0]
    assert max(waits) == 15 * 60
    # From elsewhere: one honest try at once, then at most half a minute.
    assert site.attempts.wait("an", "203.0.113.6", None) == 0
    site.attempts.failed("an", "203.0.113.6", None)
    assert 0 < site.attempts.wait("an", "203.0.113.6", None) <= 30
    assert site.attempts.wait("els", "203.0.113.6", None) == 0


def test_typing_errors_of_a_whole_office_do_not_add_up(site: Site) -> None:
    for name in (f"collega {number}" for number in range(100)):
        site.attempts.failed(name, "203.0.113.5", None)
        assert site.attempts.wait(name, "203.0.113.5", None) == 0
        site.attempts.succeeded(name, "203.0.113.5", None)


def test_trying_many_names_from_one_address_gets_slow_too(site: Site) -> None:
    for number in range(40):
        site.attempts.failed(f"naam {number}", "203.0.113.5", None)
    assert site.attempts.wait("nog een naam", "203.0.113.5", None) > 0
    assert site.attempts.wait("nog een naam", "203.0.113.6", None) == 0


def test_unknown_names_wait_too(app: Starlette) -> None:
    client = SiteClient(app)
    statuses = [client.sign_in(name="Niemand", password="gok nummer zoveel").status_code for _ in range(5)]
    assert statuses == [401] * 4 + [429]


def test_a_new_password_ends_every_other_session(app: Starlette) -> None:
    one, other = signed_in(app, "editor"), signed_in(app, "editor")
    new = "heel wat andere woorden"
    response = one.change("/wachtwoord", wachtwoord=PASSWORD, nieuw=new, nog_eens=new)
    assert response.headers["location"] == "/"
    assert one.get("/").status_code == 200
    assert other.get("/").status_code == 303
    assert SiteClient(app).sign_in("editor").status_code == 401
    assert SiteClient(app).sign_in("editor", password=new).status_code == 303


@pytest.mark.parametrize(
    ("now", "new", "again", "words"),
    [
        ("verkeerd verkeerd", "heel wat andere woorden", "heel wat andere woorden", "huidige wachtwoord"),
        (PASSWORD, "heel wat andere woorden", "iets anders dan dat", "twee verschillende"),
        (PASSWORD, "kort", "kort", "minstens 12"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "verschillende tekens"),
        (PASSWORD, "iemand editor 123", "iemand editor 123", "je naam"),
    ],
)
def test_a_bad_new_password_is_refused_kindly(editor: SiteClient, now: str, new: str, again: str, words: str) -> None:
    response = editor.change("/wachtwoord", wachtwoord=now, nieuw=new, nog_eens=again)
    assert response.status_code == 422
    assert words in response.text


def test_a_user_who_was_removed_is_out_at_once(editor: SiteClient, database: sessionmaker[Session]) -> None:
    with database() as db:
        db.delete(db.query(User).filter_by(name=PEOPLE["editor"]).one())
        db.commit()
    assert editor.get("/").status_code == 303


def test_the_first_page_says_how_to_make_the_first_user(site: Site, empty_database: sessionmaker[Session]) -> None:
    assert "nachtlicht user add" in SiteClient(create_app(site.settings, site)).get("/aanmelden").text


def test_what_was_typed_survives_the_end_of_a_session(app: Starlette, site: Site) -> None:
    client = signed_in(app, "publisher")
    pairs = changed(Page(client.get("/diensten/schets").text).form("/diensten/schets"), name="Nieuwe naam & “meer”")
    site.sessions.end(client.cookies["nachtlicht"])
    stopped = client.send("/diensten/schets", pairs)
    assert stopped.status_code == 200
    assert "afgemeld" in stopped.text
    form = changed(Page(stopped.text).form("/aanmelden"), naam=PEOPLE["publisher"], wachtwoord=PASSWORD)
    ready = client.send("/aanmelden", form)
    assert "staat klaar" in ready.text
    saved = client.send("/diensten/schets", Page(ready.text).form("/diensten/schets"))
    assert saved.status_code == 303
    assert "Nieuwe naam &amp; “meer”" in client.get("/diensten/schets").text
