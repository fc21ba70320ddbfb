"""Makes the pictures of the documentation from a running Nachtlicht: `make pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.stack import HOME, running

_CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_SAID = (
    "mijn man heeft iets met een collega, ik ben er kapot van en weet niet wat doen",
    "ja, waar kan ik terecht",
    "9000",
    "liefst gratis",
)


def main() -> None:
    """Write docs/images/conversation.png: the first night, on a phone, side by side."""
    folder = HOME / "docs/images"
    folder.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as state,
        running(Path(state), NACHTLICHT_CLOCK="2026-11-23T03:10") as stack,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        page = browser.new_page(viewport={"width": 390, "height": 780}, color_scheme="dark", device_scale_factor=1.5)
        page.goto(stack.url)
        page.get_by_role("button").first.click()
        page.get_by_role("textbox").wait_for()
        shots = []
        for sentence in _SAID:
            _say(page, sentence)
            shots.append(page.screenshot())
        _side_by_side(browser.new_page(viewport={"width": 1224, "height": 812}), [shots[0], shots[2], shots[3]], folder)
        browser.close()


def _say(page: Page, sentence: str) -> None:
    page.get_by_role("textbox").fill(sentence)
    page.keyboard.press("Enter")
    page.wait_for_timeout(2500)


def _side_by_side(page: Page, shots: list[bytes], folder: Path) -> None:
    import base64

    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(shot).decode()}">' for shot in shots)
    style = "body{margin:16px;display:flex;gap:11px;background:#0d0d12}img{width:390px;border-radius:18px}"
    page.set_content(f"<style>{style}</style>{images}")
    page.screenshot(path=folder / "conversation.png")


if __name__ == "__main__":
    main()
