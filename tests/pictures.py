"""Makes the two pictures of the README from a running Nachtlicht; part of `make pictures`."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bot.widget.browser import ARGUMENTS, CHROMIUM
from tests.stack import HOME, Stack, running

FOLDER = HOME / "docs/images"
_NIGHT = (
    "mijn man heeft iets met een collega, ik ben er kapot van en weet niet wat doen",
    "ja, waar kan ik terecht",
    "9000",
    "liefst gratis",
)
_DANGER = "hij heeft me weer geslagen"


def main() -> None:
    """Write conversation.png (the first night, on a phone) and danger.png (on a phone and on a computer, by day)."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as state, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with running(Path(state), NACHTLICHT_CLOCK="2026-11-23T03:10") as stack:
            page = _opened(browser, stack, 390, "dark")
            shots = []
            for sentence in _NIGHT:
                _say(page, sentence)
                shots.append(page.screenshot())
            _side_by_side(browser, [shots[0], shots[2], shots[3]], [390] * 3, "#0d0d12", "conversation.png")
            shots = []
            for width in (390, 790):
                page = _opened(browser, stack, width, "light")
                _say(page, _DANGER)
                shots.append(page.screenshot())
            _side_by_side(browser, shots, [390, 790], "#d9d4ca", "danger.png")
        browser.close()


def _opened(browser: Browser, stack: Stack, width: int, scheme: Literal["light", "dark"]) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": 780}, color_scheme=scheme, device_scale_factor=1.5, reduced_motion="reduce"
    )
    page.clock.set_fixed_time(f"2026-11-23T{'12' if scheme == 'light' else '03'}:10:00+01:00")
    page.goto(stack.url)
    page.get_by_role("button", name="Stel je vraag").click()
    page.get_by_role("textbox").wait_for()
    return page


def _say(page: Page, sentence: str) -> None:
    page.get_by_role("textbox").fill(sentence)
    with page.expect_response("**/api/v1/messages"):
        page.keyboard.press("Enter")
    page.wait_for_timeout(500)


def _side_by_side(browser: Browser, shots: list[bytes], widths: list[int], behind: str, name: str) -> None:
    page = browser.new_page(viewport={"width": sum(widths) + 32 + 11 * (len(widths) - 1), "height": 812})
    images = "".join(
        f'<img style="width:{width}px" src="data:image/png;base64,{base64.b64encode(shot).decode()}">'
        for shot, width in zip(shots, widths, strict=True)
    )
    style = f"body{{margin:16px;display:flex;gap:11px;background:{behind}}}img{{border-radius:18px}}"
    page.set_content(f"<style>{style}</style>{images}")
    page.screenshot(path=FOLDER / name)


if __name__ == "__main__":
    main()
