"""Takes a conversation through the real window on a phone's screen, with a picture after every step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from tests.bot.widget.browser import ARGUMENTS, CHROMIUM, only_this_machine
from tests.journeys.reader import Journey, Step, clock_of
from tests.stack import Stack

_SIZE = {"width": 390, "height": 844}
_QUALITY = 60
_DAY = range(7, 22)
_SETTLED = 250
_PATIENCE = 3_000


@contextmanager
def phone() -> Iterator[Browser]:
    """Give a browser, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def screens(browser: Browser, stack: Stack, journey: Journey) -> list[bytes]:
    """Return a JPEG for each step of `journey`, up to the first button that is not there; dark from 22 to 7 h."""
    moment = clock_of(journey.moment)
    scheme: Literal["light", "dark"] = "light" if moment.hour in _DAY else "dark"
    context = browser.new_context(
        viewport=_SIZE, color_scheme=scheme, reduced_motion="reduce", timezone_id="Europe/Brussels"
    )
    try:
        only_this_machine(context)
        page = context.new_page()
        page.clock.set_fixed_time(moment)
        page.goto(stack.url)
        page.get_by_role("button", name="Stel je vraag").click()
        page.get_by_role("textbox").wait_for()
        pictures = []
        for step in journey.steps:
            if not _take(page, step):
                break
            page.wait_for_timeout(_SETTLED)
            pictures.append(page.screenshot(type="jpeg", quality=_QUALITY))
        return pictures
    finally:
        context.close()


def _take(page: Page, step: Step) -> bool:
    if step.says is None:
        button = page.get_by_role("button", name=str(step.picks), exact=True).last
        try:
            button.wait_for(timeout=_PATIENCE)
        except TooLate:
            return False
        with page.expect_response("**/api/v1/**"):
            button.click()
        return True
    page.get_by_role("textbox").fill(step.says)
    with page.expect_response("**/api/v1/messages"):
        page.keyboard.press("Enter")
    return True
