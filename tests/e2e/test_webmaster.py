"""The page for webmasters, in Chromium: the line to copy, the try-out, and what it says of a broken embedding."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.bot.widget.browser import browser, context, page, playwright, site  # noqa: F401
from tests.e2e.window import violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser

LINE = '<script src="{own}/widget.js" data-tenant="demo" defer></script>'
FINE = "We vinden geen fouten."
CASES = {
    "all is well": (LINE, "", FINE),
    "well, with a policy": (LINE, "default-src 'none'; script-src {own}; connect-src 'self' {own}", FINE),
    "well, from any host": (LINE, "default-src *", FINE),
    "no line": ("<p>Hallo</p>", "", "De regel met het script staat niet op deze pagina."),
    "line in a comment": (f"<!-- {LINE} -->", "", "De regel met het script staat niet op deze pagina."),
    "twice": (LINE * 2, "", "Het script staat 2 keer op de pagina."),
    "no code": ('<script src="{own}/widget.js" defer></script>', "", "In de regel staat geen data-tenant."),
    "inline": ('<script src="{own}/widget.js"></script><nachtlicht-chat tenant="demo"></nachtlicht-chat>', "", FINE),
    "unknown code": (LINE.replace("demo", "x"), "", "De code “x” is hier niet bekend."),
    "copy": ('<script src="/js/widget.js" data-tenant="demo"></script>', "", "Een kopie wordt oud"),
    "old version": ('<script src="{own}/w/0123456789abcdef/chat.js"></script>', "", "oude versie"),
    "old hash": (LINE.replace(" defer", ' integrity="sha256-x" defer'), "", "Er staat een integrity-code"),
    "policy without the script": (LINE, "script-src 'self'", "het script tegen. Voeg dit adres toe aan script-src"),
    "policy without the messages": (LINE, "default-src 'self' {own}; connect-src 'self'", "houdt de berichten tegen."),
    "policy in the page": (
        "<meta http-equiv=Content-Security-Policy content=\"script-src 'self'\">" + LINE, "", "het script tegen.",
    ),
    "frame without frame-src": (
        LINE.replace(" defer", ' data-mode="iframe"'), "default-src 'none'; script-src {own}; connect-src {own}",
        "houdt het kader tegen. Voeg dit adres toe aan frame-src",
    ),
    "frame not wanted": (LINE, "default-src 'none'; script-src {own}; connect-src {own}", FINE),
}  # fmt: skip


def test_it_tells_what_is_wrong(page: Page, site: Site) -> None:
    page.goto(site.url + "/insluiten")
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.post_data or "") if request.method == "POST" else None)
    for name, (source, policy, sentence) in CASES.items():
        page.get_by_label("Adres van je pagina").fill(site.embedding + "/hulp")
        page.get_by_label("Broncode").fill(source.replace("{own}", site.url) + "<p>geheime tekst</p>")
        page.get_by_label("Content-Security-Policy van je server").fill(policy.replace("{own}", site.url))
        page.locator("#uitslag").evaluate("node => node.replaceChildren()")
        page.get_by_role("button", name="Kijk na").click()
        expect(page.locator("#uitslag li").first, name).to_contain_text(sentence)
        assert page.locator("#uitslag li").count() == 1, name
    assert violations(page) == []
    assert posted
    assert not [body for body in posted if "geheime" in body or "script" in body or "hulp" in body]


def test_an_origin_that_is_not_allowed_is_named(page: Page, site: Site) -> None:
    page.goto(site.url + "/insluiten")
    page.get_by_label("Adres van je pagina").fill("https://elders.example/hulp")
    page.get_by_label("Broncode").fill(LINE.replace("{own}", site.url))
    page.get_by_role("button", name="Kijk na").click()
    expect(page.locator("#uitslag li")).to_have_text(
        "Het adres https://elders.example staat niet bij de code “demo”. Vraag de beheerder om het toe te voegen, "
        "precies zo geschreven."
    )


@pytest.mark.parametrize("width", [320, 768])
def test_the_line_is_made_copied_and_tried_out(page: Page, site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + "/insluiten")
    line = page.get_by_label("Dit zet je onderaan je pagina")
    expect(line).to_have_value(LINE.replace("{own}", site.url))
    page.get_by_label("Wie mag meelezen?").select_option("iframe")
    page.get_by_label("Taal van de knoppen").select_option("fr")
    page.get_by_label("Tekst op de knop").fill('"Vraag"')
    page.get_by_label("Nummers staan open").fill("niet zo")
    expect(line).to_have_value(
        f'<script src="{site.url}/widget.js" data-tenant="demo" data-mode="iframe" data-lang="fr" '
        'data-label="&quot;Vraag&quot;" defer></script>'
    )
    page.get_by_role("button", name="Kopieer").click()
    expect(page.get_by_text("Gekopieerd.")).to_be_visible()
    page.get_by_role("button", name="Probeer het hier uit").click()
    page.get_by_role("button", name='"Vraag"').click()
    expect(page.frame_locator("nachtlicht-chat iframe").get_by_role("link", name="Quitter vite")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
