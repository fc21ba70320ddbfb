"""The maintainers' application in Chromium: what the tests and the pictures share."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from tests.conftest import missing
from tests.referral_db.curation.site_client import PASSWORD, PEOPLE

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from starlette.applications import Starlette

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The application on a free port of this machine, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, access_log=False, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    end = time.monotonic() + 20
    while not server.started and time.monotonic() < end:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@contextmanager
def chromium() -> Iterator[Page]:
    """A page in a browser of its own, until the block ends."""
    if not CHROMIUM.exists():
        missing("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser.new_page(locale="nl-BE", reduced_motion="reduce", viewport={"width": 1200, "height": 900})
        browser.close()


def assert_accessible(page: Page) -> None:
    """No violation on a wide screen, and nothing to scroll sideways for at 320 pixels."""
    from axe_playwright_python.sync_playwright import Axe

    result = Axe().run(page, options=WCAG)
    assert result.violations_count == 0, result.generate_report()
    wide = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    assert wide is not None
    page.set_viewport_size(wide)


def sign_in(page: Page, address: str, role: str) -> None:
    page.goto(f"{address}/diensten")
    page.get_by_label("Naam").focus()
    page.keyboard.type(PEOPLE[role])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/diensten")


def press(page: Page, button: str, last: bool = False) -> None:
    """Presses a button by keyboard."""
    found = page.get_by_role("button", name=button)
    (found.last if last else found).focus()
    page.keyboard.press("Enter")


def as_somebody_else(page: Page, address: str, role: str) -> Page:
    """A second browser, in which somebody else signs in."""
    assert page.context.browser is not None
    other = page.context.browser.new_page(locale="nl-BE", reduced_motion="reduce", viewport=page.viewport_size)
    sign_in(other, address, role)
    return other
