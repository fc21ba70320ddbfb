"""On somebody else's website: under its policies, without moving it, and no word ever becomes markup."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.bot.chat.channel import CARD, said
from tests.bot.widget.browser import browser, context, page, playwright, site  # noqa: F401
from tests.e2e.window import NEUTRAL, ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["/", "/binnen"])
def test_it_works_under_a_strict_policy_of_another_site(page: Page, site: Site, path: str) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.goto(site.embedding + path)
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("ik ben een chatbot")).to_be_visible()
    ask(page, "waar kan ik terecht", "Deze mensen")
    page.locator("nachtlicht-chat").get_by_role("link", name=re.compile("^106")).first.click()
    expect(page.get_by_role("group", name="Bellen naar 106")).to_be_visible()
    page.get_by_role("link", name="Verlaat snel").click()
    page.wait_for_url(NEUTRAL)
    assert [text for text in refused if "favicon" not in text] == []


def test_the_host_page_does_not_move(page: Page, site: Site) -> None:
    page.add_init_script(
        """window.shift = 0; new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });"""
    )
    page.goto(site.embedding)
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("ik ben een chatbot")).to_be_visible()
    assert page.evaluate("window.shift") == 0


HOSTILE = [
    "<img src=x onerror=document.body.id='taken'>", "<script>document.body.id='taken'</script>", "javascript:alert(1)",
    "\"><svg onload=document.body.id='taken'>", "</textarea><b>", "{{7*7}}", "&lt;b&gt;", "<a href=javascript:x>a</a>",
    "<iframe srcdoc='<script>parent.document.body.id=1</script>'>", "<style>*{display:none}</style>", "]]><x/>",
]  # fmt: skip


@pytest.mark.parametrize("door", ["/", "/gesprek"])
def test_words_never_become_markup(page: Page, site: Site, door: str) -> None:
    bad = " ".join(HOSTILE)
    card = {
        **CARD,
        "name": bad,
        "summary": bad,
        "place": bad,
        "why": HOSTILE,
        "not_matching": HOSTILE,
        "admission": bad,
    }
    card["contacts"] = [{"channel": bad, "value": bad, "href": "javascript:document.body.id='taken'", "trace": bad}]
    card["contacts"].append({"channel": "website", "value": bad, "href": "https://example.be/?" + bad, "trace": bad})
    site.channel.next = {"messages": [said(bad, [(bad, "/bevestig")], [card])], "help_bar": True}
    if door == "/":
        page.goto(site.url)
        page.get_by_role("button", name="Stel je vraag").click()
    else:
        page.goto(site.url + door)
        page.get_by_role("button", name="Begin het gesprek").click()
    expect(page.get_by_label("Je bericht")).to_be_visible()
    page.get_by_label("Je bericht").fill(bad)
    page.get_by_role("button", name="Stuur").click()
    bubbles = page.locator(".bubble.mine p")
    expect(bubbles).to_have_text(bad)
    expect(page.get_by_role("article").first).to_be_visible()
    count = "(root) => root.querySelectorAll('img,script,iframe,style,b x,[onerror],[onload]').length"
    inside = page.locator("nachtlicht-chat, main").first.evaluate(f"node => ({count})(node.shadowRoot || node)")
    assert inside == 0
    assert page.locator("#taken").count() == 0
    assert page.locator("a[href^='javascript' i]").count() == 0
