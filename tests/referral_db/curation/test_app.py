"""Headers, forms that come from elsewhere, and what happens when things fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from nachtlicht.settings import Settings
from referral_db.curation.app import create_app
from tests.referral_db.curation.site_client import PASSWORD, PEOPLE, Page, SiteClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx
    from starlette.applications import Starlette

REQUESTS: dict[str, tuple[int, Callable[[SiteClient], httpx.Response]]] = {
    "sign-in": (200, lambda c: c.get("/aanmelden")),
    "sent on": (303, lambda c: c.get("/")),
    "style": (200, lambda c: c.get("/static/curation.css")),
    "no such file": (404, lambda c: c.get("/static/../app.py")),
    "no such page": (404, lambda c: c.get("/bestaat-niet")),
    "wrong method": (405, lambda c: c.send("/logboek", {})),
    "no form token": (403, lambda c: c.send("/aanmelden", {"naam": "x"})),
    "not a form": (400, lambda c: c.send("/aanmelden", {}, **{"content-type": "application/json"})),
    "too much": (400, lambda c: c.send("/aanmelden", {"naam": "x" * 600_000})),
    "not text": (400, lambda c: c.send("/aanmelden", {}, **{"content-type": "multipart/form-data"})),
    "open data": (200, lambda c: c.get("/hsds/v3/services")),
    "no such open data": (404, lambda c: c.get("/hsds/v3/nothing")),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_every_answer_carries_the_headers(client: SiteClient, name: str) -> None:
    status, ask = REQUESTS[name]
    response = ask(client)
    assert response.status_code == status
    assert_headers(response)


def assert_headers(response: httpx.Response) -> None:
    headers = response.headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
    assert "server" not in headers


def test_an_error_that_nobody_foresaw_says_nothing_of_what_was_typed(
    client: SiteClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("geheim-kanarie")

    monkeypatch.setattr("referral_db.curation.passwords.verify", fail)
    response = client.sign_in("reader")
    assert response.status_code == 500
    assert "niets bewaard" in response.text
    assert "kanarie" not in response.text + caplog.text
    assert_headers(response)


def test_a_database_that_is_gone_gets_a_kind_page(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/none/at/all.db"))
    for path in ("/aanmelden", "/hsds/v3/services"):
        response = SiteClient(app).get(path)
        assert response.status_code == 503
        assert_headers(response)


@pytest.mark.parametrize("token", ["", "x", "0" * 64])
def test_a_form_without_the_token_of_its_session_changes_nothing(publisher: SiteClient, token: str) -> None:
    pairs = Page(publisher.get("/diensten/lamp").text).form("/diensten/lamp")
    forged = [(name, token if name == "form_token" else value) for name, value in pairs]
    assert publisher.send("/diensten/lamp", forged).status_code == 403


def test_the_token_of_one_session_does_not_do_for_another(app: Starlette, publisher: SiteClient) -> None:
    other = SiteClient(app)
    other.sign_in("administrator")
    token = Page(other.get("/diensten/lamp").text).form(
        "/diensten/lamp",
    )[0]
    pairs = Page(publisher.get("/diensten/lamp").text).form("/diensten/lamp")
    assert token[0] == "form_token"
    assert publisher.send("/diensten/lamp", [token, *pairs[1:]]).status_code == 403


def test_a_form_that_a_browser_says_is_from_elsewhere_is_refused(publisher: SiteClient) -> None:
    pairs = Page(publisher.get("/diensten/lamp").text).form("/diensten/lamp")
    for where in ("cross-site", "same-site"):
        assert publisher.send("/diensten/lamp", pairs, **{"sec-fetch-site": where}).status_code == 403
    assert publisher.send("/diensten/lamp", pairs, **{"sec-fetch-site": "same-origin"}).status_code == 303


def test_every_post_asks_for_the_token(app: Starlette, administrator: SiteClient) -> None:
    paths = {route.path for route in app.routes if "POST" in (getattr(route, "methods", None) or ())}
    assert len(paths) >= 10
    for path in paths:
        filled = path.replace("{slug}", "lamp").replace("{id:int}", "1")
        assert administrator.send(filled, {"naam": PEOPLE["reader"], "wachtwoord": PASSWORD}).status_code == 403


def test_markup_in_data_is_shown_as_text(administrator: SiteClient, publisher: SiteClient) -> None:
    name, text = "<script>alert(1)</script>", '"><img src=x onerror=1>'
    made = publisher.change("/diensten/lamp", name=name, description=text, waarom=f"{name}{text}")
    proposal = made.headers["location"]
    before = publisher.get(proposal).text
    administrator.press(proposal, f"{proposal}/goedkeuren")
    pages = ("/diensten/lamp", "/diensten", "/", "/voorstellen", proposal, "/diensten/lamp/geschiedenis")
    for page in (before, *(publisher.get(path).text for path in pages)):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
