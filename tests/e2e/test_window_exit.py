"""Leaving at once: a cover, a neutral page, nothing left and nothing reported."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.bot.widget.browser import browser, context, only_this_machine, page, playwright, site  # noqa: F401
from tests.e2e.window import NEUTRAL, QUESTION, ask, in_shadow, opened, press_shift

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser


def test_the_cover_is_there_at_once(page: Page, site: Site) -> None:
    opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    result = in_shadow(
        page,
        """const before = performance.now(); root.querySelector('.exit').click();
        const cover = document.getElementById('nl-cover'); const r = cover.getBoundingClientRect();
        return { took: performance.now() - before, whole: r.width >= innerWidth && r.height >= innerHeight,
          top: document.elementFromPoint(innerWidth / 2, innerHeight / 2) === cover,
          left: root.textContent };""",
    )
    assert result["took"] <= 100
    assert result["whole"]
    assert result["top"]
    assert QUESTION not in result["left"]
    page.wait_for_url(NEUTRAL)


@pytest.mark.parametrize("way", ["click", "tap", "shift", "keyboard"])
def test_leaving_goes_to_a_neutral_page_and_forgets(browser: Any, site: Site, way: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 700}, has_touch=True)
    only_this_machine(context)
    page = context.new_page()
    page.goto(site.url + "/healthz")
    opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    sender = site.channel.turns[0]["sender"]
    leave = page.get_by_role("link", name="Verlaat snel")
    started = time.monotonic()
    if way == "click":
        leave.click()
    elif way == "tap":
        leave.tap()
    elif way == "keyboard":
        leave.focus()
        page.keyboard.press("Enter")
    else:
        press_shift(page, 3)
    page.wait_for_url(NEUTRAL)
    assert time.monotonic() - started <= 1.0
    for _ in range(50):
        if site.channel.forgotten:
            break
        page.wait_for_timeout(20)
    assert site.channel.forgotten == [sender]
    page.go_back(wait_until="commit")
    assert QUESTION not in page.content()
    assert "nachtlicht-chat" not in page.content(), "Back goes past the page with the conversation"
    page.go_forward(wait_until="commit")
    assert page.url == NEUTRAL
    context.close()


def test_leaving_while_the_answer_is_on_its_way(page: Page, site: Site) -> None:
    field = opened(page, site)
    site.channel.delay = 1.0
    field.fill(QUESTION)
    field.press("Enter")
    expect(page.locator(".typing")).to_be_visible()
    page.get_by_role("link", name="Verlaat snel").click()
    page.wait_for_url(NEUTRAL)
    for _ in range(100):
        if site.channel.forgotten:
            break
        page.wait_for_timeout(30)
    assert len(site.channel.turns) == 2, "forgotten after the turn that was running"


def test_shift_as_part_of_a_capital_or_too_slow_does_not_leave(page: Page, site: Site) -> None:
    page.clock.install()
    field = opened(page, site)
    field.focus()
    for letter in "ABCDE":
        page.keyboard.press(f"Shift+{letter}")
    expect(field).to_have_value("ABCDE")
    press_shift(page, 2)
    expect(page.get_by_role("status").get_by_text("nog 1 keer")).to_be_visible()
    page.clock.run_for(5100)
    expect(page.get_by_text("nog 1 keer")).to_have_count(0)
    press_shift(page, 2)
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.wait_for_timeout(50)
    assert page.url == site.url + "/"


def test_leaving_tells_the_host_page_nothing(page: Page, site: Site) -> None:
    told: list[str] = []
    page.expose_function("told", lambda what: told.append(what))
    page.add_init_script(
        """const send = EventTarget.prototype.dispatchEvent;
        EventTarget.prototype.dispatchEvent = function (e) { window.told(e.type); return send.call(this, e); };
        addEventListener('message', (e) => window.told('message'));"""
    )
    opened(page, site)
    page.get_by_role("link", name="Verlaat snel").click()
    page.wait_for_url(NEUTRAL)
    assert told == ["opened"], "that it was opened, and nothing of leaving"


@pytest.mark.parametrize("size", [(320, 480), (320, 256), (768, 900)])
def test_the_exit_is_always_in_sight(page: Page, site: Site, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page, site)
    for text in (QUESTION, "waar kan ik terecht", "hij heeft me weer geslagen"):
        field = page.get_by_label("Je bericht")
        field.fill(text)
        field.press("Enter")
        page.wait_for_timeout(150)
        leave = page.get_by_role("link", name="Verlaat snel")
        expect(leave).to_be_in_viewport(ratio=1)
        box = leave.bounding_box()
        assert box
        assert in_shadow(
            page,
            f"return root.elementFromPoint({box['x'] + box['width'] / 2}, {box['y'] + box['height'] / 2}).className",
        ).startswith("exit")
