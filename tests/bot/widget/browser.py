"""Fixtures for a real browser: the chat served by uvicorn with the stand-in channel behind it, and Chromium.

Test modules import the fixtures by name.
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import uvicorn
from playwright.sync_api import sync_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot.chat.app import create_app
from nachtlicht.settings import Settings
from nachtlicht.tenants import OwnLine, Tenant
from tests.bot.chat.channel import FakeChannel
from tests.conftest import missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Playwright
    from playwright.sync_api import Route as Intercepted
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Site:
    """A served chat, what stands behind it, and another website that embeds it. Addresses have no slash at the end."""

    url: str
    embedding: str
    channel: FakeChannel


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with served_site(tmp_path) as site:
        yield site


@contextmanager
def served_site(tmp_path: Path) -> Iterator[Site]:
    """Both websites, until the block ends; `tmp_path` is a folder that may be empty."""
    channel = FakeChannel()
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'none.db'}", rate=None, var=tmp_path)
    with ExitStack() as stack:
        chat, other = stack.enter_context(_listener()), stack.enter_context(_listener())
        url, embedding = (f"http://{host}:{port(s)}" for host, s in (("localhost", chat), ("127.0.0.1", other)))
        line = OwnLine("0800 12 345", "praten met ons", "van 9 tot 12 uur", "https://dienst.example/")
        tenants = {
            "demo": Tenant("demo", "Nachtlicht", (embedding,)),
            "leert": Tenant("leert", "Nachtlicht", (embedding,), learn=True),
            "dienst": Tenant("dienst", "Onze dienst", (embedding,), "Welkom bij onze dienst.", line),
        }
        stack.enter_context(_served(create_app(settings, http=channel.client(), tenants=tenants), chat))
        stack.enter_context(_served(_embedding_site(url), other))
        yield Site(url, embedding, channel)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if not shutil.which(CHROMIUM):
        missing("Chromium is not installed")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    # Playwright switches the back-forward cache off: a test of "Back shows nothing" would be blind.
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser
    browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 768, "height": 900}, locale="nl-BE")
    only_this_machine(context)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(5000)
    return page


def only_this_machine(context: BrowserContext) -> None:
    """Lets requests to loopback through, answers for the neutral page, and refuses all else."""
    context.route(lambda url: not url.startswith(("http://localhost:", "http://127.0.0.1:")), _elsewhere)


def _elsewhere(route: Intercepted) -> None:
    if route.request.url.startswith("https://www.meteo.be/"):
        route.fulfill(body="<!doctype html><title>Weer</title><p>Zonnig", content_type="text/html; charset=utf-8")
    else:
        route.abort()


def _embedding_site(chat: str) -> Starlette:
    """A website of somebody else, with the strictest policy under which the widget has to work."""
    csp = (
        f"default-src 'none'; script-src {chat}; connect-src {chat}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    script = f'<script src="{chat}/widget.js" {{}} defer></script>'
    head = '<!doctype html><html lang="nl"><title>Buurthuis</title>'

    async def launcher(_: Request) -> Response:
        body = head + script.format('data-tenant="demo"') + "<h1>Buurthuis</h1><p>Welkom.</p>"
        return HTMLResponse(body, headers={"content-security-policy": csp})

    async def inline(_: Request) -> Response:
        element = '<nachtlicht-chat tenant="demo"></nachtlicht-chat>'
        body = head + script.format("") + f"<main><h1>Buurthuis</h1>{element}</main>"
        return HTMLResponse(body, headers={"content-security-policy": csp})

    async def wishes(request: Request) -> Response:
        # /met?lang=fr&open=21-7&style=--nachtlicht-accent:red: every value but the style becomes an attribute.
        values = dict(request.query_params)
        style, frame = values.pop("style", ""), values.pop("frame", chat)
        body = f"{head}<style>nachtlicht-chat {{ {style} }}</style>" + script.format(
            " ".join(f'data-{name}="{value}"' for name, value in ({"tenant": "demo"} | values).items())
        )
        policy = f"{csp}; frame-src {frame}; style-src 'unsafe-inline'"
        return HTMLResponse(body + "<main><h1>Buurthuis</h1></main>", headers={"content-security-policy": policy})

    return Starlette(routes=[Route("/", launcher), Route("/binnen", inline), Route("/met", wishes)])


@contextmanager
def _listener() -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


def port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


@contextmanager
def _served(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, server_header=False, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
