"""When things fail: the words stay in the field, and the emergency numbers are always there."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from bot.chat import rasa_client
from tests.bot.widget.browser import browser, context, page, playwright, site  # noqa: F401
from tests.e2e.window import QUESTION, ask, opened

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser


def test_offline_the_words_stay_and_go_out_later_once(page: Page, context: BrowserContext, site: Site) -> None:
    field = opened(page, site)
    context.set_offline(True)
    field.fill("ben je daar")
    field.press("Enter")
    expect(page.get_by_role("status").get_by_text("Er is geen verbinding.")).to_be_visible()
    expect(field).to_have_value("ben je daar")
    expect(page.locator(".bubble.mine")).to_have_count(0)
    expect(page.locator("nachtlicht-chat .help a[href='tel:112']")).to_be_in_viewport()
    context.set_offline(False)
    expect(page.get_by_text("Er is geen verbinding.")).to_have_count(0)
    field.press("Enter")
    expect(page.get_by_role("log").get_by_text("Dat klinkt zwaar")).to_be_visible()
    assert len(site.channel.turns) == 2


def test_a_lost_answer_is_asked_for_once_more_with_the_same_id(page: Page, site: Site) -> None:
    opened(page, site)
    bodies: list[Any] = []

    def lose_first(route: Route) -> None:
        bodies.append(route.request.post_data_json)
        if len(bodies) == 1:
            route.fetch()  # it arrived, the answer did not
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/messages", lose_first)
    ask(page, "hallo", "Dat klinkt zwaar")
    assert len(bodies) == 2
    assert bodies[0]["id"] == bodies[1]["id"]
    assert len(site.channel.turns) == 2


def test_a_slow_answer_is_announced_and_then_no_more(page: Page, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasa_client, "TIME_OUT", 10.0)  # here the channel stands for a slow network
    field = opened(page, site)
    site.channel.delay = 3.2
    field.fill("hallo")
    field.press("Enter")
    expect(page.get_by_role("status").get_by_text("Even geduld, het duurt langer dan anders.")).to_be_visible()
    expect(page.locator(".help.stuck a[href='tel:112']")).to_be_in_viewport()
    expect(page.get_by_role("log").get_by_text("Dat klinkt zwaar")).to_be_visible()
    expect(page.get_by_text("Even geduld")).to_have_count(0)
    assert len(site.channel.turns) == 2


def test_a_server_that_is_away_gives_the_words_back(page: Page, site: Site) -> None:
    field = opened(page, site)
    page.route("**/api/v1/messages", lambda route: route.abort())
    field.fill("hallo?")
    field.press("Enter")
    expect(page.get_by_role("status").get_by_text("Het lukt nu niet om te antwoorden.")).to_be_visible()
    expect(field).to_have_value("hallo?")
    expect(page.get_by_role("button", name="Veel ruzie")).to_be_visible()


def test_when_rasa_is_down_the_numbers_come_forward(page: Page, site: Site) -> None:
    opened(page, site)
    site.channel.down = True
    ask(page, "hallo", "Er is iets stuk bij mij.")
    expect(page.locator(".help.stuck a[href='tel:112']")).to_be_in_viewport()


def test_a_session_that_is_over_starts_anew_kindly(page: Page, site: Site) -> None:
    field = opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    page.route(
        "**/api/v1/messages",
        lambda route: route.fulfill(status=410, content_type="application/problem+json", body='{"title": "Voorbij."}'),
    )
    field.fill("en nu")
    field.press("Enter")
    expect(page.get_by_role("status").get_by_text("Voorbij.")).to_be_visible()
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    expect(field).to_have_value("en nu")
    page.get_by_role("button", name="Opnieuw beginnen").click()
    expect(page.get_by_text("ik ben een chatbot")).to_be_visible()
    expect(field).to_have_value("en nu")


def test_too_fast_is_said_and_the_words_stay(page: Page, site: Site) -> None:
    field = opened(page, site)
    page.route(
        "**/api/v1/messages",
        lambda route: route.fulfill(status=429, content_type="application/problem+json", body='{"title": "Te snel."}'),
    )
    field.fill("hallo")
    field.press("Enter")
    expect(page.get_by_role("status").get_by_text("Te snel.")).to_be_visible()
    expect(field).to_have_value("hallo")


@pytest.mark.parametrize("fault", ["away", "changed"])
def test_without_the_conversation_the_numbers_are_still_there(page: Page, site: Site, fault: str) -> None:
    def spoil(route: Route) -> None:
        if fault == "away":
            route.abort()
        else:
            body = route.fetch().text() + "\ndocument.body.id = 'taken';"
            headers = {"access-control-allow-origin": "*"}
            route.fulfill(body=body, content_type="text/javascript", headers=headers)

    page.route("**/w/*/chat.js", spoil)
    page.goto(site.url)
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("Het gesprek laadt niet.")).to_be_visible()
    for number in ("112", "106", "1712", "1813"):
        expect(page.locator(f"nachtlicht-chat a[href='tel:{number}']")).to_be_visible()
    expect(page.locator("nachtlicht-chat a[href$='/gesprek']")).to_be_visible()
    assert page.locator("#taken").count() == 0
