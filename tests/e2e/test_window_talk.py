"""A person's way through the window, in a real Chromium."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.bot.chat.channel import said
from tests.bot.widget.browser import browser, context, page, playwright, site  # noqa: F401
from tests.e2e.window import QUESTION, ask, in_shadow, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser


def test_a_question_an_answer_and_somewhere_to_go(page: Page, site: Site) -> None:
    opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    page.get_by_role("button", name="Ja, waar kan ik terecht").click()
    ask(page, "waar dan", "Deze mensen kunnen met je meedenken.")
    card = page.get_by_role("article", name="Tele-Onthaal")
    for text in ("dag en nacht open", "Gratis", "Een vrijwilliger luistert"):
        expect(card.get_by_text(text).first).to_be_visible()
    card.get_by_text("Waarom deze?").click()
    expect(card.get_by_text("Nu bereikbaar")).to_be_visible()
    expect(card.get_by_role("link", name="Chat tele-onthaal.be")).to_have_attribute("rel", re.compile("noreferrer"))
    other = page.get_by_role("article", name="CAW Oost-Vlaanderen, onthaal")
    expect(other.get_by_text("zelf betaal je ongeveer € 11")).to_be_visible()
    assert [turn.get("payload") or turn["text"] for turn in site.channel.turns] == [
        "/groet", QUESTION, "/zoek_hulp", "waar dan",
    ]  # fmt: skip


def test_nothing_is_asked_for_or_kept_before_it_opens(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url.removeprefix(site.url)}"))
    page.goto(site.url)
    page.wait_for_timeout(300)
    assert all(re.fullmatch(r"GET (/|/widget\.js|/w/[0-9a-f]{16}/(page\.css|icon\.svg))", request) for request in asked)
    assert not site.channel.turns
    opened(page, site)
    assert {request for request in asked if request.startswith("POST")} == {"POST /api/v1/sessions"}


def test_the_keyboard_goes_everywhere_and_the_focus_is_never_lost(page: Page, site: Site) -> None:
    page.goto(site.url)
    launcher = page.get_by_role("button", name="Stel je vraag")
    for _ in range(20):
        page.keyboard.press("Tab")
        if launcher.evaluate("node => node.matches(':focus')"):
            break
    expect(launcher).to_be_focused()
    page.keyboard.press("Enter")
    field = page.get_by_label("Je bericht")
    expect(field).to_be_focused()
    expect(page.get_by_text("ik ben een chatbot")).to_be_visible()
    page.keyboard.type("we praten niet meer")
    page.keyboard.press("Enter")
    choice = page.get_by_role("button", name="Ja, waar kan ik terecht")
    expect(choice).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(choice).to_be_focused()
    with page.expect_response("**/api/v1/messages"):
        page.keyboard.press("Enter")
    # The first answer stood there already: its words alone do not show that the second came.
    expect(page.get_by_role("log").get_by_text(re.compile("Deze mensen|Dat klinkt zwaar"))).to_have_count(2)
    assert in_shadow(page, "return root.activeElement !== null"), "the pressed button is gone, the focus is not"
    page.keyboard.press("Tab")
    assert in_shadow(page, "return root.activeElement.closest('.tray') !== null"), "the next choices come next"
    names = []
    for _ in range(60):
        page.keyboard.press("Tab")
        names.append(
            in_shadow(page, "const a = root.activeElement; return a && (a.textContent || a.ariaLabel || a.id)")
        )
        visible = in_shadow(
            page,
            """const a = root.activeElement; if (!a) return true; const r = a.getBoundingClientRect();
            const s = root.querySelector('.scroll').getBoundingClientRect();
            return !a.closest('.scroll') || a.matches('.scroll') || (r.bottom > s.top && r.top < s.bottom)""",
        )
        assert visible, "a focused control is out of sight"
    assert {"Verlaat snel", "Wis alles", "Stuur", "×"} <= {name for name in names if name}
    assert any(name and name.startswith("1712") for name in names)
    field.focus()
    page.keyboard.press("Escape")
    expect(launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("we praten niet meer")).to_be_visible()


def test_enter_sends_and_shift_enter_is_a_new_line(page: Page, site: Site) -> None:
    field = opened(page, site)
    field.press_sequentially("een")
    field.press("Shift+Enter")
    field.press_sequentially("twee")
    expect(field).to_have_value("een\ntwee")
    field.press("Enter")
    expect(page.get_by_role("log").get_by_text("Dat klinkt zwaar")).to_be_visible()
    assert site.channel.turns[-1]["text"] == "een\ntwee"


def test_new_messages_are_announced(page: Page, site: Site) -> None:
    opened(page, site)
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    ask(page, QUESTION, "Dat klinkt zwaar")
    expect(log.get_by_text("Je kan kiezen: Ja, waar kan ik terecht, Liever niet.")).to_have_count(1)
    expect(log.locator(".bubble .unseen").first).to_have_text("Nachtlicht: ")


def test_the_field_keeps_nothing_and_takes_1000_characters(page: Page, site: Site) -> None:
    field = opened(page, site)
    for name, value in (("autocomplete", "off"), ("maxlength", "1000"), ("spellcheck", "false")):
        expect(field).to_have_attribute(name, value)
    expect(page.locator("nachtlicht-chat form")).to_have_attribute("autocomplete", "off")


def test_a_call_is_asked_about_first(page: Page, site: Site) -> None:
    opened(page, site)
    page.get_by_role("link", name=re.compile("^1712")).first.click()
    question = page.get_by_role("group", name="Bellen naar 1712")
    expect(question).to_contain_text("Dit nummer blijft in je belgeschiedenis staan.")
    expect(question.get_by_role("link", name="Bel 1712")).to_have_attribute("href", "tel:1712")
    expect(question.get_by_role("link", name="Bel 1712")).to_be_focused()
    question.get_by_role("button", name="Niet bellen").click()
    expect(question).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("^1712")).first).to_be_focused()
    ask(page, "waar kan ik terecht", "Deze mensen")
    page.get_by_role("article", name="Tele-Onthaal").get_by_role("link", name="Bel 106").click()
    expect(page.get_by_role("group", name="Bellen naar 106")).to_contain_text("Staat niet op je telefoonrekening.")


def test_112_is_one_tap(page: Page, site: Site) -> None:
    opened(page, site)
    prevented = in_shadow(
        page,
        """const link = root.querySelector('a[href="tel:112"]'); let prevented = null;
        window.addEventListener('click', (e) => { prevented = e.defaultPrevented; e.preventDefault(); }, {once: true});
        link.click(); return prevented;""",
    )
    assert prevented is False
    expect(page.get_by_role("group", name="Bellen naar 112")).to_have_count(0)


def test_numbers_in_an_answer_are_links_and_prices_are_not(page: Page, site: Site) -> None:
    opened(page, site)
    site.channel.next = {"messages": [said("Bel 1712 of 106. Dat kost geen € 106, ook geen 1712,50 en niet 31712.")]}
    ask(page, "hallo", "Dat kost geen")
    links = page.get_by_role("log").locator(".bubble").last.get_by_role("link")
    expect(links).to_have_text(["1712", "106"])


def test_help_stays_in_sight_after_a_risk(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    opened(page, site)
    ask(page, "hij heeft me weer geslagen", "Ik geloof je")
    for _ in range(4):
        ask(page, "laat maar", "Dat klinkt zwaar")
    for number in ("112", "106", "1712", "1813"):
        expect(page.locator(f"nachtlicht-chat .help a[href='tel:{number}']")).to_be_in_viewport()


def test_words_sent_before_the_answer_is_there_go_next(page: Page, site: Site) -> None:
    field = opened(page, site)
    site.channel.delay = 0.3
    for words in ("eerst dit", "dan dat"):
        field.fill(words)
        field.press("Enter")
    expect(field).to_have_value("dan dat")
    expect(page.locator(".bubble.mine p")).to_have_text(["eerst dit", "dan dat"])
    expect(field).to_have_value("")
    expect(page.get_by_role("log").get_by_text("Dat klinkt zwaar")).to_have_count(2)
