"""After a miss the window asks once for that one sentence, shows what is left of it, and keeps it only on a yes."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from bot.chat.redaction import redacted
from tests.bot.widget.browser import browser, context, page, playwright, site  # noqa: F401
from tests.e2e.window import ask, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser

SENTENCE = "mijn man Jan brabbelt in Genk en ik weet niet meer wat"
MISS = "Dat begrijp ik nog niet goed."
QUESTION = "Mag ik deze ene zin bewaren om bij te leren?"


def missed(page: Page, site: Site, tenant: str = "leert", text: str = SENTENCE) -> list[str]:
    """Opens the window on the website of `tenant` and says what is not understood; gives the paths asked for."""
    paths: list[str] = []
    page.on("request", lambda request: paths.append(request.url.split("/", 3)[3]))
    page.goto(f"{site.embedding}/met?tenant={tenant}")
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("ik ben een chatbot, geen mens. Je bent")).to_be_visible()
    ask(page, text, MISS)
    return paths


def sentences(paths: list[str]) -> list[str]:
    return [path for path in paths if path.endswith("sentences")]


def test_a_yes_shows_what_is_left_and_a_second_yes_keeps_that(page: Page, site: Site) -> None:
    paths = missed(page, site)
    expect(page.get_by_text(QUESTION)).to_be_visible()
    assert violations(page) == []
    assert sentences(paths) == []  # nothing goes out before a yes
    page.get_by_role("button", name="Ja, toon het eerst").press("Enter")
    left = redacted(SENTENCE)
    assert "Jan" not in left
    assert "Genk" not in left
    expect(page.get_by_text(left)).to_be_visible()
    expect(page.get_by_role("button", name="Bewaar deze zin")).to_be_focused()
    assert violations(page) == []
    assert site.channel.given == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_text("Bedankt. Deze zin is bewaard.")).to_be_visible()
    assert site.channel.given == [{"text": left, "tenant": "leert"}]
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_no_sends_nothing_and_is_not_asked_again(page: Page, site: Site) -> None:
    paths = missed(page, site)
    page.get_by_role("button", name="Nee", exact=True).click()
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    expect(page.get_by_label("Je bericht")).to_be_focused()
    ask(page, "nog eens brabbel", MISS)
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    assert sentences(paths) == []
    assert site.channel.given == []


def test_a_no_after_the_preview_keeps_nothing(page: Page, site: Site) -> None:
    missed(page, site)
    page.get_by_role("button", name="Ja, toon het eerst").click()
    page.get_by_role("button", name="Toch niet").click()
    expect(page.get_by_text("Oké. Er is niets bewaard.")).to_be_visible()
    assert site.channel.given == []


def test_whoever_talks_on_is_not_held_up(page: Page, site: Site) -> None:
    missed(page, site)
    expect(page.get_by_text(QUESTION)).to_be_visible()
    ask(page, "hij heeft me geslagen", "Ik geloof je")
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    assert site.channel.given == []


def test_where_it_is_off_the_module_is_not_even_fetched(page: Page, site: Site) -> None:
    paths = missed(page, site, "demo")
    page.wait_for_timeout(300)
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    assert [path for path in paths if "learn" in path] == []


def test_wiping_takes_the_question_and_the_sentence_along(page: Page, site: Site) -> None:
    missed(page, site)
    page.get_by_role("button", name="Ja, toon het eerst").click()
    expect(page.get_by_role("button", name="Bewaar deze zin")).to_be_visible()
    page.get_by_role("button", name="Wis alles").click()
    expect(page.get_by_text("Bewaar deze zin")).to_have_count(0)
    assert site.channel.given == []


def test_when_keeping_fails_that_is_said(page: Page, site: Site) -> None:
    missed(page, site)
    page.get_by_role("button", name="Ja, toon het eerst").click()
    site.channel.actions_down = True
    page.get_by_role("button", name="Bewaar deze zin").click()
    expect(page.get_by_text("Bewaren lukt nu niet. Er is niets bewaard.")).to_be_visible()
    assert site.channel.given == []


def test_a_story_is_not_asked_for(page: Page, site: Site) -> None:
    missed(page, site, text="brabbel " * 30)
    page.wait_for_timeout(300)
    expect(page.get_by_text(QUESTION)).to_have_count(0)


def test_the_page_without_javascript_never_asks(page: Page, site: Site) -> None:
    assert page.context.browser is not None
    plain: Any = page.context.browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{site.url}/gesprek?tenant=leert")
    plain.get_by_role("button").first.click()
    expect(plain.get_by_text("ik ben een chatbot").first).to_be_visible()
    plain.locator("textarea, input[type=text]").first.fill(SENTENCE)
    plain.get_by_role("button", name="Stuur").click()
    expect(plain.get_by_text(MISS)).to_be_visible()
    assert plain.get_by_text("bewaren om bij te leren").count() == 0
