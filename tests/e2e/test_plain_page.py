"""The conversation without JavaScript, in a real Chromium."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error, expect

from tests.bot.widget.browser import browser, context, only_this_machine, page, playwright, site  # noqa: F401
from tests.e2e.window import NEUTRAL, QUESTION, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser


def test_without_any_script_the_host_page_has_the_numbers(browser: Any, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    assert "112" in page.locator("main").inner_text()
    context.close()


def test_the_same_conversation_as_plain_forms(browser: Any, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 568})
    page = context.new_page()
    page.set_default_timeout(5000)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(site.url + "/gesprek")
    assert not site.channel.turns
    page.get_by_role("button", name="Begin het gesprek").click()
    page.get_by_role("button", name="Veel ruzie").click()
    expect(page.get_by_text("Dat klinkt zwaar")).to_be_visible()
    page.get_by_label("Je bericht").fill("waar kan ik terecht")
    page.get_by_role("button", name="Stuur").click()
    expect(page.get_by_role("article", name="Tele-Onthaal")).to_be_visible()
    page.get_by_role("article", name="Tele-Onthaal").locator("summary.contact").click()
    expect(page.get_by_role("article").get_by_role("link", name="Bel 106").last).to_be_visible()
    expect(page.get_by_role("button", name="Verlaat snel")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Wis alles").click()
    expect(page.get_by_text("Alles van dit gesprek is gewist.")).to_be_visible()
    assert page.title() == "Gesprek"
    assert {address.removeprefix(site.url) for address in addresses if "/w/" not in address} == {"/gesprek"}
    assert context.cookies() == []
    assert [turn.get("payload") or turn["text"] for turn in site.channel.turns] == [
        "/groet", "/conflict", "waar kan ik terecht",
    ]  # fmt: skip
    assert site.channel.forgotten == [site.channel.turns[0]["sender"]]
    context.close()


def test_after_the_plain_exit_back_shows_no_words(browser: Any, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    only_this_machine(context)
    page = context.new_page()
    page.goto(site.url + "/gesprek")
    page.get_by_role("button", name="Begin het gesprek").click()
    page.get_by_label("Je bericht").fill(QUESTION)
    page.get_by_role("button", name="Stuur").click()
    expect(page.get_by_text(QUESTION)).to_be_visible()
    page.get_by_role("button", name="Verlaat snel").click()
    page.wait_for_url(NEUTRAL)
    assert page.title() == "Weer"
    for _ in range(50):
        if site.channel.forgotten:
            break
        page.wait_for_timeout(20)
    assert site.channel.forgotten == [site.channel.turns[0]["sender"]]
    with suppress(Error):  # a page that was posted may refuse to come back at all
        page.go_back(timeout=2000)
    assert len(site.channel.turns) == 2
    assert QUESTION not in page.content()
    context.close()


def test_the_plain_exit_works_when_rasa_is_down(browser: Any, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    only_this_machine(context)
    page = context.new_page()
    page.goto(site.url + "/gesprek")
    expect(page.get_by_role("link", name="Verlaat snel")).to_have_attribute("href", NEUTRAL)
    page.get_by_role("button", name="Begin het gesprek").click()
    site.channel.down = True
    page.get_by_role("button", name="Verlaat snel").click()
    page.wait_for_url(NEUTRAL)
    assert page.title() == "Weer"
    context.close()


def test_the_plain_page_goes_by_keyboard_alone(browser: Any, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    only_this_machine(context)
    page = context.new_page()
    page.set_default_timeout(5000)

    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            focused = page.locator(":focus-visible")
            assert focused.count() == 1, "what has the focus shows it"
            expect(focused).to_be_in_viewport()
            if name in focused.inner_text() + (focused.get_attribute("placeholder") or ""):
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    page.goto(site.url + "/gesprek")
    tab_to("Naar het gesprek")
    tab_to("Verlaat snel")
    tab_to("1813")
    tab_to("Begin het gesprek")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Veel ruzie")).to_be_visible()
    tab_to("Veel ruzie")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Dat klinkt zwaar")).to_be_visible()
    tab_to("Typ")
    page.keyboard.type("waar kan ik terecht")
    tab_to("Stuur")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article").first).to_be_visible()
    tab_to("Verlaat snel")
    page.keyboard.press("Enter")
    for _ in range(100):
        if site.channel.forgotten:
            break
        page.wait_for_timeout(20)
    assert site.channel.forgotten == [site.channel.turns[0]["sender"]]
    context.close()


@pytest.mark.parametrize(("language", "begin", "send"), [("nl", "Begin", "Stuur"), ("fr", "Commencer", "Envoyer")])
def test_axe_finds_nothing_on_the_plain_page(page: Page, site: Site, language: str, begin: str, send: str) -> None:
    page.goto(f"{site.url}/gesprek?taal={language}")
    assert violations(page) == []
    page.get_by_role("button", name=begin).click()
    page.get_by_role("textbox").fill("waar kan ik terecht")
    page.get_by_role("button", name=send).click()
    page.locator("article summary").last.click()
    assert violations(page) == []
    page.locator("button[name=kaart]").last.click()
    expect(page.get_by_role("status")).to_be_visible()
    assert violations(page) == []


def test_a_card_is_reported_without_javascript_and_stays(browser: Any, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(5000)
    page.goto(site.url + "/gesprek")
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="Start the conversation").click()
    page.get_by_label("Your message").fill("waar kan ik terecht")
    page.get_by_role("button", name="Send").click()
    card = page.get_by_role("article", name="CAW Oost-Vlaanderen, onthaal")
    card.get_by_text("Why this one?").click()
    card.get_by_role("button", name="No longer correct").click()
    expect(page.get_by_role("status")).to_have_text("Thank you. Someone will check this.")
    expect(card).to_be_visible()
    assert site.channel.reports == [{"service": "caw"}]
    expect(page.get_by_role("button", name="Leave now")).to_be_visible()
    page.get_by_role("button", name="Erase all").click()
    expect(page.get_by_role("status")).to_contain_text("All of this conversation is erased.")
    context.close()


@pytest.mark.parametrize("size", [(320, 568), (320, 256), (768, 1024), (1280, 800)])
def test_nothing_scrolls_sideways_on_the_plain_page(page: Page, site: Site, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(site.url + "/gesprek")
    page.get_by_role("button", name="Begin het gesprek").click()
    page.get_by_label("Je bericht").fill("waar kan ik terecht " + "a" * 300)
    page.get_by_role("button", name="Stuur").click()
    expect(page.get_by_role("article").first).to_be_visible()
    page.wait_for_load_state("load")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not page.locator(".help").evaluate("node => node.scrollWidth > node.clientWidth")
    expect(page.get_by_role("button", name="Verlaat snel")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [320, 768])
def test_everything_to_press_on_the_plain_page_is_large_enough(page: Page, site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(site.url + "/gesprek")
    for reach in (None, "Begin het gesprek", "Veel ruzie", "Ja, waar kan ik terecht"):
        if reach:
            page.get_by_role("button", name=reach).click()
        for summary in page.locator("summary").all():
            summary.click()
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, a, summary, textarea')]
              .filter((node) => node.checkVisibility() && !node.matches('.skip'))
              .map((node) => [node.textContent, node.getBoundingClientRect()])
              .filter(([, r]) => r.width < 24 || r.height < 24).map(([text]) => text)"""
        )
        assert small == [], reach
