"""On somebody else's website: under its policies, without moving it, and no word ever becomes markup."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.bot.chat.channel import CARD, said
from tests.bot.widget.browser import browser, context, page, playwright, site  # noqa: F401
from tests.e2e.window import NEUTRAL, ask, in_shadow, opened

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

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


def _busy_seconds(page: Page, address: str) -> float:
    """Processor seconds of the main thread until the page had loaded and was quiet."""
    session = page.context.new_cdp_session(page)
    # The time of the thread itself: another program that takes the processor does not count.
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address)
    page.wait_for_timeout(400)
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return float(metrics["TaskDuration"])


def test_loading_costs_the_host_page_at_most_50_ms_of_its_main_thread(context: BrowserContext, site: Site) -> None:
    control = context.new_page()
    control.add_init_script("const end = performance.now() + 400; while (performance.now() < end);")
    assert _busy_seconds(control, site.embedding) >= 0.050
    control.close()
    without, having = [], []
    for _ in range(4):  # the least of four: another program may take the processor
        bare = context.new_page()
        bare.route("**/widget.js", lambda route: route.abort())
        without.append(_busy_seconds(bare, site.embedding))
        bare.close()
        page = context.new_page()
        having.append(_busy_seconds(page, site.embedding))
        expect(page.get_by_role("button", name="Stel je vraag")).to_be_visible()
        page.close()
    assert min(having) - min(without) <= 0.050, (having, without)


def test_opening_answers_the_finger_within_200_ms(context: BrowserContext, site: Site) -> None:
    """The measure is that of Interaction to Next Paint."""
    took = []
    for _ in range(3):
        page = context.new_page()
        page.add_init_script(
            """window.took = []; new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) window.took.push(entry.duration);
            }).observe({ type: 'first-input', buffered: true });"""
        )
        page.goto(site.embedding)
        page.get_by_role("button", name="Stel je vraag").click()
        expect(page.get_by_text("ik ben een chatbot")).to_be_visible()
        page.wait_for_function("window.took.length")
        took += page.evaluate("window.took")
        page.close()
    # A browser rounds to 8 ms: 0 is less than 4. Of three, so that a busy machine does not decide.
    assert len(took) == 3
    assert min(took) <= 200, took


def test_a_cookie_banner_covers_neither_the_launcher_nor_the_exit(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(site.url)
    page.evaluate(
        """() => { const banner = document.createElement('div'); banner.textContent = 'Wij gebruiken cookies';
          Object.assign(banner.style, { position: 'fixed', inset: '0', zIndex: 999999, background: '#fff' });
          document.body.append(banner); }"""
    )
    page.get_by_role("button", name="Stel je vraag").click(timeout=2000)
    expect(page.get_by_text("ik ben een chatbot")).to_be_visible()
    page.get_by_role("link", name="Verlaat snel").click(timeout=2000)
    page.wait_for_url(NEUTRAL)


def test_a_message_from_another_window_does_nothing(page: Page, site: Site) -> None:
    opened(page, site)
    ask(page, "we hebben altijd ruzie", "Dat klinkt zwaar")
    before = in_shadow(page, "return root.innerHTML")
    page.evaluate(
        """() => { const frame = document.body.appendChild(document.createElement('iframe'));
          for (const type of ['end', 'close', 'wipe', 'session', 'nachtlicht']) {
            frame.contentWindow.parent.postMessage({ type, data: '<b>x</b>' }, '*');
            frame.contentWindow.parent.postMessage(type, '*');
          } }"""
    )
    page.wait_for_timeout(200)
    assert in_shadow(page, "return root.innerHTML") == before
    assert page.url == site.url + "/"


TAKE = "document.body.id='taken'"
HOSTILE = [
    f"<img src=x onerror={TAKE}>", f"<script>{TAKE}</script>", f"javascript:{TAKE}", f"\"><svg onload={TAKE}>",
    "</textarea><b>", "{{7*7}}", "&lt;b&gt;", "<a href=javascript:x>a</a>", "<style>*{display:none}</style>", "]]><x/>",
    f"<iframe srcdoc='<script>parent.{TAKE}</script>'>", f"<svg><script>{TAKE}</script></svg>", f"'-{TAKE}-'",
    f"<body onload={TAKE}>", f"<input autofocus onfocus={TAKE}>", f"<details open ontoggle={TAKE}>", "${7*7}",
    f"<video><source onerror={TAKE}></video>", f"<audio src=x onerror={TAKE}>", f"<marquee onstart={TAKE}>",
    f"<object data=javascript:{TAKE}>", f"<embed src=javascript:{TAKE}>", f"<form action=javascript:{TAKE}><button>",
    f"<math href=javascript:{TAKE}>x</math>", "<base href=//kwaad.example>",
    "<link rel=stylesheet href=//kwaad.example>", "<meta http-equiv=refresh content=0;url=//kwaad.example>",
    f"<isindex action=javascript:{TAKE}>", "<!--<img src='-->",
    f"<table background=javascript:{TAKE}>", f"<div style=width:expression({TAKE})>", f"JaVaScRiPt:{TAKE}",
    f"&#x6A;avascript:{TAKE}", f"java\tscript:{TAKE}", f"data:text/html,<script>{TAKE}</script>", f"vbscript:{TAKE}",
    f"%3Cscript%3E{TAKE}%3C/script%3E", "\\u003cscript\\u003e", "<%= 7*7 %>", "#{7*7}", "*{7*7}", "{% raw %}",
    f"<img src=x onerror\n={TAKE}>", f"<<script>{TAKE}//<</script>", f"<img \"\"\"><script>{TAKE}</script>\">",
    f"<svg/onload={TAKE}>", f"<template><script>{TAKE}</script></template>",
    f"<noscript><p title=\"</noscript><img src=x onerror={TAKE}>\">",
    f"<select><style></select><img src=x onerror={TAKE}></style>", f"<a id=x href=x onclick={TAKE}>klik</a>",
    f"<xss onpointerenter={TAKE}>x</xss>", "<plaintext>",
]  # fmt: skip


@pytest.mark.parametrize("door", ["/", "/gesprek"])
def test_words_never_become_markup(page: Page, site: Site, door: str) -> None:
    assert len(HOSTILE) >= 50
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
    card["contacts"] = [{"channel": bad, "value": bad, "href": text, "trace": bad} for text in HOSTILE]
    card["contacts"].append({"channel": "website", "value": bad, "href": "https://example.be/?" + bad, "trace": bad})
    buttons = [(text, "/bevestig") for text in HOSTILE]
    site.channel.next = {"messages": [said(bad, buttons, [card]), *map(said, HOSTILE)], "help_bar": True}
    if door == "/":
        page.goto(site.url)
        page.get_by_role("button", name="Stel je vraag").click()
    else:
        page.goto(site.url + door)
        page.get_by_role("button", name="Begin het gesprek").click()
    expect(page.get_by_label("Je bericht")).to_be_visible()
    for part in (HOSTILE[:13], HOSTILE[13:26], HOSTILE[26:39], HOSTILE[39:]):
        text = " ".join(part).replace("\t", " ").replace("\n", " ")
        assert len(text) <= 1000
        page.get_by_label("Je bericht").fill(text)
        page.get_by_role("button", name="Stuur").click()
        expect(page.locator(".bubble.mine p").last).to_have_text(text)
    expect(page.get_by_role("article").first).to_be_visible()
    count = (
        "(root) => root.querySelectorAll('img,iframe,b x,object,embed,base,meta[http-equiv],[onerror],[onload]').length"
    )
    inside = page.locator("nachtlicht-chat, main").first.evaluate(f"node => ({count})(node.shadowRoot || node)")
    assert inside == 0
    assert page.locator("#taken").count() == 0
    assert page.locator("a[href^='javascript' i], a[href^='data' i], a[href^='vbscript' i]").count() == 0
    assert page.url == site.url + door
