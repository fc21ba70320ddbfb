"""The headers that both web applications put on every answer, and what happens to an error that nobody foresaw."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.responses import PlainTextResponse

from nachtlicht.headers import ALWAYS, UNLESS_SET, LastResort, SecurityHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LOG = logging.getLogger("nachtlicht.test")


def get(app: ASGIApp, scheme: str = "http") -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://here") as client:
            return await client.get("/")

    return asyncio.run(ask())


def page(**headers: str) -> ASGIApp:
    return PlainTextResponse("dag", headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_plain_answer_gets_them_all() -> None:
    answer = get(SecurityHeaders(page(cache_control="public", server="x")))
    assert answer.headers.items() >= (ALWAYS | UNLESS_SET).items()
    assert answer.headers["x-frame-options"] == "DENY"
    assert "strict-transport-security" not in answer.headers


def test_an_answer_keeps_its_own_policy() -> None:
    own = {
        "content_security_policy": "frame-ancestors https://a.example",
        "cross_origin_resource_policy": "cross-origin",
    }
    answer = get(SecurityHeaders(page(**own)), "https")
    assert answer.headers["content-security-policy"] == "frame-ancestors https://a.example"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "x-frame-options" not in answer.headers
    assert "max-age=63072000" in answer.headers["strict-transport-security"]


def test_an_application_has_a_policy_for_its_pages() -> None:
    assert get(SecurityHeaders(page(), "default-src 'self'")).headers["content-security-policy"] == "default-src 'self'"


def failing(after_start: bool) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if after_start:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("kanarie")

    return LastResort(app, lambda: PlainTextResponse("Er ging iets mis.", 500), LOG)


def test_an_error_becomes_a_kind_sentence_and_only_its_class_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    answer = get(SecurityHeaders(failing(after_start=False)))
    assert (answer.status_code, answer.text) == (500, "Er ging iets mis.")
    assert answer.headers.items() >= ALWAYS.items()
    assert "ValueError" in caplog.text
    assert "kanarie" not in caplog.text


def test_an_answer_that_had_begun_is_not_begun_twice() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async def receive() -> Any:
        return {"type": "http.request"}

    asyncio.run(failing(after_start=True)({"type": "http"}, receive, send))
    assert sent == ["http.response.start"]


def test_an_error_at_start_is_not_swallowed() -> None:
    async def nothing(*_: Any) -> Any:
        return None

    with pytest.raises(ValueError, match="kanarie"):
        asyncio.run(failing(after_start=False)({"type": "lifespan"}, nothing, nothing))
