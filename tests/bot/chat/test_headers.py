"""Headers stand on every route and every error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from nachtlicht.tenants import load_tenants

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

JSON = {"content-type": "application/json"}
REQUESTS: dict[str, tuple[int, Callable[[TestClient], Any]]] = {
    "host page": (200, lambda c: c.get("/")),
    "window alone, unknown website": (422, lambda c: c.get("/venster?tenant=x")),
    "page for webmasters": (200, lambda c: c.get("/insluiten")),
    "report": (410, lambda c: c.post("/api/v1/reports", json={"session": "x", "card": "caw"})),
    "embedding": (204, lambda c: c.post("/api/v1/embedding", json={"tenant": "demo", "origin": "http://testserver"})),
    "plain page": (200, lambda c: c.get("/gesprek")),
    "plain page, posted": (200, lambda c: c.post("/gesprek", data={"do": "begin"})),
    "plain page, wrong type": (415, lambda c: c.post("/gesprek", json={})),
    "plain exit": (303, lambda c: c.post("/gesprek/weg", data={"session": "x"}, follow_redirects=False)),
    "plain exit, wrong type": (303, lambda c: c.post("/gesprek/weg", json={}, follow_redirects=False)),
    "loader": (200, lambda c: c.get("/widget.js")),
    "icon": (302, lambda c: c.get("/favicon.ico", follow_redirects=False)),
    "asset of another version": (404, lambda c: c.get("/w/0000000000000000/chat.js")),
    "healthz": (200, lambda c: c.get("/healthz")),
    "readyz, not ready": (503, lambda c: c.get("/readyz")),
    "session": (201, lambda c: c.post("/api/v1/sessions", json={"tenant": "demo"})),
    "gone": (410, lambda c: c.post("/api/v1/messages", json={"session": "x", "text": "a"})),
    "end": (204, lambda c: c.post("/api/v1/sessions/end", json={"session": "x"})),
    "bad": (400, lambda c: c.post("/api/v1/messages", content=b"[]", headers=JSON)),
    "too long": (413, lambda c: c.post("/api/v1/messages", content=b"x" * 20_000, headers=JSON)),
    "not found": (404, lambda c: c.get("/bestaat-niet")),
    "not found in the API": (404, lambda c: c.get("/api/v1/sessions/")),
    "method": (405, lambda c: c.get("/api/v1/messages")),
    "preflight refused": (400, lambda c: c.options("/api/v1/messages", headers={
        "origin": "https://evil.test", "access-control-request-method": "POST"})),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_every_answer_carries_the_headers(client: TestClient, name: str) -> None:
    status, ask = REQUESTS[name]
    response = ask(client)
    assert response.status_code == status
    assert_headers(response)


def test_an_error_nobody_foresaw_carries_them_too(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("bot.chat.api.read_turn", fail)
    response = client.post("/api/v1/messages", json={"session": "x", "text": "a"})
    assert response.status_code == 500
    assert response.json()["title"].startswith("Er ging iets mis aan onze kant.")
    assert_headers(response)


def test_a_window_elsewhere_can_read_that_something_failed(
    settings: Any, channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from starlette.testclient import TestClient

    from bot.chat.app import create_app
    from nachtlicht.tenants import Tenant

    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("bot.chat.api.read_turn", fail)
    tenants = {**load_tenants(), "school": Tenant("school", "Vraag maar", ("https://school.example",))}
    with TestClient(create_app(settings, http=channel.client(), tenants=tenants)) as client:
        for origin, allowed in (("https://school.example", "https://school.example"), ("https://evil.test", None)):
            asked = {"session": "x", "text": "a"}
            response = client.post("/api/v1/messages", json=asked, headers={"origin": origin})
            assert response.status_code == 500
            assert response.headers.get("access-control-allow-origin") == allowed


def test_assets_carry_them_too(client: TestClient) -> None:
    host = client.get("/").text
    page_css = host.split('href="/w/')[1].split('"')[0]
    response = client.get("/w/" + page_css)
    assert response.status_code == 200
    assert_headers(response, resource_policy="cross-origin")


def assert_headers(response: Any, resource_policy: str | None = None) -> None:
    headers = response.headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] in ("same-origin", "cross-origin")
    if resource_policy:
        assert headers["cross-origin-resource-policy"] == resource_policy
    assert "camera=()" in headers["permissions-policy"]
    csp = headers["content-security-policy"]
    assert csp.startswith("default-src 'none'")
    assert "unsafe" not in csp
    assert "*" not in csp
    assert "frame-ancestors 'none'" in csp
    assert "base-uri 'none'" in csp
    assert headers["x-frame-options"] == "DENY"
    for absent in ("server", "etag", "last-modified", "set-cookie", "x-powered-by"):
        assert absent not in headers


def test_https_is_kept(settings: Any, channel: Any) -> None:
    from starlette.testclient import TestClient

    from bot.chat.app import create_app

    with TestClient(create_app(settings, http=channel.client()), base_url="https://testserver") as client:
        assert "max-age=63072000" in client.get("/healthz").headers["strict-transport-security"]


def test_a_tenant_may_frame_its_own_pages_and_nobody_else(settings: Any, channel: Any) -> None:
    from starlette.testclient import TestClient

    from bot.chat.app import create_app
    from nachtlicht.tenants import Tenant

    tenants = {**load_tenants(), "school": Tenant("school", "Vraag maar", ("https://school.example",))}
    with TestClient(create_app(settings, http=channel.client(), tenants=tenants)) as client:
        framed = client.get("/gesprek?tenant=school").headers
        assert framed["content-security-policy"].endswith("frame-ancestors https://school.example")
        assert "x-frame-options" not in framed
        assert "frame-ancestors 'none'" in client.get("/gesprek").headers["content-security-policy"]
        window = client.get("/venster?tenant=school").headers
        assert window["content-security-policy"].endswith("frame-ancestors 'self' https://school.example")
        assert window["content-security-policy"].count("frame-ancestors") == 1
        assert "x-frame-options" not in window
        assert client.get("/venster").headers["content-security-policy"].endswith("frame-ancestors 'self'")
