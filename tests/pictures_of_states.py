"""Makes a picture of each main state of the window, at three widths, light and dark, with the stand-in behind it.

Part of `make pictures` and of every run of continuous integration, which keeps results/: somebody looks at them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect, sync_playwright

from tests.bot.widget.browser import ARGUMENTS, CHROMIUM, Site, only_this_machine, served_site
from tests.stack import HOME

FOLDER = HOME / "results/pictures"
WIDTHS = {320: 640, 768: 1024, 1280: 800}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def states(page: Page, site: Site) -> Iterator[tuple[str, Callable[[], None]]]:
    """The states in the order in which a person meets them: each goes on from the one before."""

    def write(text: str) -> None:
        page.get_by_label("Je bericht").fill(text)
        page.get_by_label("Je bericht").press("Enter")

    def opened() -> None:
        page.get_by_role("button", name="Stel je vraag").click()
        expect(page.get_by_text("ik ben een chatbot")).to_be_visible()

    def cards() -> None:
        write("waar kan ik terecht")
        expect(page.get_by_role("article").first).to_be_visible()

    def why() -> None:
        page.get_by_text("Waarom deze?").first.click()

    def note() -> None:
        page.get_by_role("button", name="Briefje om mee te nemen").click()
        expect(page.get_by_role("heading", name="Briefje en kaartje")).to_be_focused()

    def danger() -> None:
        page.get_by_role("button", name="Sluit en gooi weg").click()
        write("hij heeft me weer geslagen")
        expect(page.get_by_text("Ik geloof je")).to_be_visible()

    def wiped() -> None:
        page.get_by_role("button", name="Wis alles").click()
        expect(page.get_by_role("button", name="Opnieuw beginnen")).to_be_visible()

    yield "1-dicht", lambda: None
    yield "2-open", opened
    yield "3-kaarten", cards
    yield "4-waarom", why
    yield "5-briefje", note
    yield "6-gevaar", danger
    yield "7-gewist", wiped


def main() -> None:
    """Write results/pictures/<state>-<width>-<theme>.png, and the pages for plain forms and for webmasters."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for width, height in WIDTHS.items():
            for theme in THEMES:
                with tempfile.TemporaryDirectory() as state, served_site(Path(state)) as site:
                    size = {"width": width, "height": height}
                    context = browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")
                    only_this_machine(context)
                    page = context.new_page()
                    page.clock.set_fixed_time("2026-11-23T12:00:00+01:00")
                    page.goto(site.url)
                    for name, reach in states(page, site):
                        reach()
                        page.screenshot(path=FOLDER / f"{name}-{width}-{theme}.png")
                    for name in ("gesprek", "insluiten"):
                        page.goto(f"{site.url}/{name}")
                        page.screenshot(path=FOLDER / f"8-{name}-{width}-{theme}.png", full_page=True)
                    context.close()
        browser.close()


if __name__ == "__main__":
    main()
