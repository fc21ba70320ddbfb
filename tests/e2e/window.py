"""What the tests of the window share: opening it, asking, pressing Shift, and its states one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.bot.widget.browser import Site

NEUTRAL = "https://www.meteo.be/nl/"
QUESTION = "we hebben altijd ruzie kanarie7f3a"


def opened(page: Page, site: Site, path: str = "/") -> Locator:
    """Opens the window and waits for the greeting; gives the field."""
    page.goto(site.url + path)
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("ik ben een chatbot, geen mens. Je bent")).to_be_visible()
    return page.get_by_label("Je bericht")


def ask(page: Page, text: str, answer: str) -> None:
    field = page.get_by_label("Je bericht")
    field.fill(text)
    field.press("Enter")
    expect(page.get_by_role("log").get_by_text(answer).last).to_be_visible()


def in_shadow(page: Page, script: str) -> Any:
    """Runs `script` with `root` as the window's shadow root."""
    return page.evaluate(f"() => {{ const root = document.querySelector('nachtlicht-chat').shadowRoot; {script} }}")


def press_shift(page: Page, times: int) -> None:
    for _ in range(times):
        page.keyboard.press("Shift")


def states(page: Page, site: Site) -> dict[str, Callable[[], Any]]:
    def error() -> None:
        page.route("**/api/v1/messages", lambda route: route.abort())
        page.get_by_label("Je bericht").fill("hallo")
        page.get_by_label("Je bericht").press("Enter")
        expect(page.get_by_text("Het lukt nu niet om te antwoorden.")).to_be_visible()

    return {
        "closed": lambda: page.goto(site.url),
        "open": lambda: opened(page, site),
        "safety": lambda: page.get_by_text("Veilig lezen").click(),
        "cards": lambda: ask(page, "waar kan ik terecht", "Deze mensen"),
        "why": lambda: page.get_by_text("Waarom deze?").first.click(),
        "call": lambda: page.get_by_role("article").get_by_role("link", name="Bel 106").click(),
        "risk": lambda: ask(page, "hij heeft me weer geslagen", "Ik geloof je"),
        "shift": lambda: press_shift(page, 1),
        "error": error,
        "wiped": lambda: page.get_by_role("button", name="Wis alles").click(),
    }


def violations(page: Page) -> list[str]:
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes']]}" for rule in found]
