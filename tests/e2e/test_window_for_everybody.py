"""For everybody: axe, small screens, strong enlargement, large targets, still and dark where that is wished for."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.bot.widget.browser import browser, context, page, playwright, site  # noqa: F401
from tests.e2e.window import in_shadow, opened, states, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (768, "dark")])
def test_axe_finds_nothing_in_any_state(page: Page, site: Site, width: int, scheme: Any) -> None:
    page.clock.set_fixed_time("2026-11-23T12:00:00+01:00")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 700})
    for name, reach in states(page, site).items():
        reach()
        assert violations(page) == [], name


@pytest.mark.parametrize("size", [(320, 568), (320, 256), (768, 1024), (1280, 800)])
def test_nothing_scrolls_sideways(page: Page, site: Site, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sideways = "const e = {}; return e.scrollWidth > e.clientWidth + 1"
    for reach in list(states(page, site).values())[:8]:
        reach()
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if page.locator("nachtlicht-chat .scroll").count():
            for part in (".panel", ".scroll", ".top", ".write", ".foot"):
                assert not in_shadow(page, sideways.format(f"root.querySelector('{part}')", "e")), part


@pytest.mark.parametrize("width", [320, 768])
def test_everything_to_press_is_large_enough(page: Page, site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    for reach in list(states(page, site).values())[1:7]:
        reach()
        small = in_shadow(
            page,
            """return [...root.querySelectorAll('button, a, summary, textarea')].filter((node) => node.checkVisibility()
              && !node.closest('.bubble p')).map((node) => [node.textContent, node.getBoundingClientRect()])
              .filter(([, r]) => r.width < 24 || r.height < 24).map(([text]) => text)""",
        )
        assert small == []


def test_reduced_motion_and_high_contrast(page: Page, site: Site) -> None:
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    opened(page, site)
    assert in_shadow(page, "return getComputedStyle(root.querySelector('.typing i')).animationName") == "none"
    borders = in_shadow(
        page,
        """return ['.send', '.exit', '.bubble', '.tray button', 'textarea'].map((name) =>
          getComputedStyle(root.querySelector(name)).borderTopWidth)""",
    )
    assert all(float(width.removesuffix("px")) >= 1 for width in borders)


def test_by_night_it_is_dark(page: Page, site: Site) -> None:
    page.emulate_media(color_scheme="light")
    page.clock.set_fixed_time("2026-11-23T03:00:00+01:00")
    page.goto(site.url)
    hour = page.evaluate("new Date().getHours()")
    dark = hour > 21 or hour < 7
    expect(page.locator("nachtlicht-chat")).to_have_attribute("theme", "dark" if dark else "light")
    page.clock.set_fixed_time("2026-11-23T13:00:00+01:00")
    page.goto(site.url)
    expect(page.locator("nachtlicht-chat")).to_have_attribute("theme", "light")
