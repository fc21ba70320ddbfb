"""The window in a real Chromium: a person's way through it, leaving at once, and what it must never leave behind."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect

from tests.bot.chat.channel import CARD, said
from tests.bot.widget.browser import (  # noqa: F401
    ARGUMENTS,
    CHROMIUM,
    browser,
    context,
    only_this_machine,
    page,
    playwright,
    site,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator, Page, Playwright, Route

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser

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


# A person's way through it.


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
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("log").get_by_text("Deze mensen").or_(page.get_by_text("Dat klinkt zwaar").last)
    ).to_be_visible()
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


# When things fail.


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


def test_a_slow_answer_is_announced_and_then_no_more(page: Page, site: Site) -> None:
    field = opened(page, site)
    site.channel.delay = 3.2
    field.fill("hallo")
    field.press("Enter")
    expect(page.get_by_role("status").get_by_text("Even geduld, het duurt langer dan anders.")).to_be_visible()
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


def test_without_any_script_the_host_page_has_the_numbers(browser: Any, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    assert "112" in page.locator("main").inner_text()
    context.close()


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


# Leaving at once.


def test_the_cover_is_there_at_once(page: Page, site: Site) -> None:
    opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    result = in_shadow(
        page,
        """const before = performance.now(); root.querySelector('.exit').click();
        const cover = document.getElementById('nl-cover'); const r = cover.getBoundingClientRect();
        return { took: performance.now() - before, whole: r.width >= innerWidth && r.height >= innerHeight,
          top: document.elementFromPoint(innerWidth / 2, innerHeight / 2) === cover,
          left: root.textContent };""",
    )
    assert result["took"] <= 100
    assert result["whole"]
    assert result["top"]
    assert QUESTION not in result["left"]
    page.wait_for_url(NEUTRAL)


@pytest.mark.parametrize("way", ["click", "tap", "shift", "keyboard"])
def test_leaving_goes_to_a_neutral_page_and_forgets(browser: Any, site: Site, way: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 700}, has_touch=True)
    only_this_machine(context)
    page = context.new_page()
    page.goto(site.url + "/healthz")
    opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    sender = site.channel.turns[0]["sender"]
    leave = page.get_by_role("link", name="Verlaat snel")
    started = time.monotonic()
    if way == "click":
        leave.click()
    elif way == "tap":
        leave.tap()
    elif way == "keyboard":
        leave.focus()
        page.keyboard.press("Enter")
    else:
        press_shift(page, 3)
    page.wait_for_url(NEUTRAL)
    assert time.monotonic() - started <= 1.0
    for _ in range(50):
        if site.channel.forgotten:
            break
        page.wait_for_timeout(20)
    assert site.channel.forgotten == [sender]
    page.go_back(wait_until="commit")
    assert QUESTION not in page.content()
    assert "nachtlicht-chat" not in page.content(), "Back goes past the page with the conversation"
    page.go_forward(wait_until="commit")
    assert page.url == NEUTRAL
    context.close()


def test_leaving_while_the_answer_is_on_its_way(page: Page, site: Site) -> None:
    field = opened(page, site)
    site.channel.delay = 1.0
    field.fill(QUESTION)
    field.press("Enter")
    expect(page.locator(".typing")).to_be_visible()
    page.get_by_role("link", name="Verlaat snel").click()
    page.wait_for_url(NEUTRAL)
    for _ in range(100):
        if site.channel.forgotten:
            break
        page.wait_for_timeout(30)
    assert len(site.channel.turns) == 2, "forgotten after the turn that was running"


def test_shift_as_part_of_a_capital_or_too_slow_does_not_leave(page: Page, site: Site) -> None:
    page.clock.install()
    field = opened(page, site)
    field.focus()
    for letter in "ABCDE":
        page.keyboard.press(f"Shift+{letter}")
    expect(field).to_have_value("ABCDE")
    press_shift(page, 2)
    expect(page.get_by_role("status").get_by_text("nog 1 keer")).to_be_visible()
    page.clock.run_for(5100)
    expect(page.get_by_text("nog 1 keer")).to_have_count(0)
    press_shift(page, 2)
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.wait_for_timeout(50)
    assert page.url == site.url + "/"


def test_leaving_tells_the_host_page_nothing(page: Page, site: Site) -> None:
    told: list[str] = []
    page.expose_function("told", lambda what: told.append(what))
    page.add_init_script(
        """const send = EventTarget.prototype.dispatchEvent;
        EventTarget.prototype.dispatchEvent = function (e) { window.told(e.type); return send.call(this, e); };
        addEventListener('message', (e) => window.told('message'));"""
    )
    opened(page, site)
    page.get_by_role("link", name="Verlaat snel").click()
    page.wait_for_url(NEUTRAL)
    assert told == ["opened"], "that it was opened, and nothing of leaving"


@pytest.mark.parametrize("size", [(320, 480), (320, 256), (768, 900)])
def test_the_exit_is_always_in_sight(page: Page, site: Site, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page, site)
    for text in (QUESTION, "waar kan ik terecht", "hij heeft me weer geslagen"):
        field = page.get_by_label("Je bericht")
        field.fill(text)
        field.press("Enter")
        page.wait_for_timeout(150)
        leave = page.get_by_role("link", name="Verlaat snel")
        expect(leave).to_be_in_viewport(ratio=1)
        box = leave.bounding_box()
        assert box
        assert in_shadow(
            page,
            f"return root.elementFromPoint({box['x'] + box['width'] / 2}, {box['y'] + box['height'] / 2}).className",
        ).startswith("exit")


# What it must not leave behind.


def test_no_trace_in_the_browser(page: Page, context: BrowserContext, site: Site) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    opened(page, site)
    length, title = page.evaluate("[history.length, document.title]")
    ask(page, QUESTION, "Dat klinkt zwaar")
    page.get_by_role("button", name="Ja, waar kan ik terecht").click()
    ask(page, "waar kan ik terecht", "Deze mensen")
    kept = page.evaluate(
        """async () => ({ local: Object.keys(localStorage), session: Object.keys(sessionStorage),
          databases: await indexedDB.databases(), caches: await caches.keys(), cookie: document.cookie,
          workers: (await navigator.serviceWorker.getRegistrations()).length,
          history: history.length, title: document.title, address: location.href, state: history.state })"""
    )
    assert kept == {
        "local": [], "session": [], "databases": [], "caches": [], "cookie": "", "workers": 0,
        "history": length, "title": title, "address": site.url + "/", "state": None,
    }  # fmt: skip
    assert context.cookies() == []
    assert not [address for address in addresses if "kanarie" in address or not address.startswith(site.url)]
    tokens = [turn["sender"] for turn in site.channel.turns]
    assert not [address for address in addresses if any(token in address for token in tokens)]


def test_going_elsewhere_and_back_shows_nothing(page: Page, site: Site) -> None:
    page.add_init_script("addEventListener('pageshow', (e) => { window.cameBack = e.persisted; })")
    page.goto(site.embedding)
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("ik ben een chatbot")).to_be_visible()
    ask(page, QUESTION, "Dat klinkt zwaar")
    sender = site.channel.turns[0]["sender"]
    page.goto(site.url + "/healthz")
    page.go_back(wait_until="commit")
    if not page.evaluate("window.cameBack"):
        pytest.skip("this Chromium did not keep the page for Back")
    assert QUESTION not in in_shadow(page, "return root.textContent")
    assert site.channel.forgotten == [sender]
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("ik ben een chatbot")).to_be_visible()


def test_wipe_everything(page: Page, site: Site) -> None:
    field = opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    field.fill("nog iets")
    page.get_by_role("button", name="Wis alles").click()
    expect(page.get_by_role("status").get_by_text("Alles van dit gesprek is gewist.")).to_be_visible()
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    expect(field).to_have_value("")
    expect(page.get_by_role("button", name="Opnieuw beginnen")).to_be_focused()
    page.get_by_role("button", name="Opnieuw beginnen").click()
    expect(page.get_by_text("ik ben een chatbot")).to_be_visible()
    assert site.channel.forgotten == [site.channel.turns[0]["sender"]]


def test_asking_to_wipe_in_words_empties_the_screen_too(page: Page, site: Site) -> None:
    opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    ask(page, "wis alles", "Alles is gewist.")
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    expect(page.get_by_role("button", name="Opnieuw beginnen")).to_be_visible()


def test_wipe_everything_is_honest_when_the_server_is_away(page: Page, site: Site) -> None:
    opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    site.channel.down = True
    page.get_by_role("button", name="Wis alles").click()
    expect(page.get_by_role("status").get_by_text("De server antwoordt niet")).to_be_visible()
    expect(page.get_by_text(QUESTION)).to_have_count(0)


def test_half_an_hour_of_silence_empties_the_screen(page: Page, site: Site) -> None:
    page.clock.install()
    opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    page.clock.run_for(1_801_000)
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    expect(page.get_by_role("button", name="Opnieuw beginnen")).to_be_visible()


# On somebody else's website.


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


# For everybody.


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


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (768, "dark")])
def test_axe_finds_nothing_in_any_state(page: Page, site: Site, width: int, scheme: Any) -> None:
    page.clock.set_fixed_time("2026-11-23T12:00:00+01:00")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 700})
    for name, reach in states(page, site).items():
        reach()
        assert violations(page) == [], name


def test_axe_finds_nothing_on_the_plain_page(page: Page, site: Site) -> None:
    page.goto(site.url + "/gesprek")
    assert violations(page) == []
    page.get_by_role("button", name="Begin het gesprek").click()
    page.get_by_label("Je bericht").fill("waar kan ik terecht")
    page.get_by_role("button", name="Stuur").click()
    assert violations(page) == []


@pytest.mark.parametrize("size", [(320, 568), (320, 256), (768, 1024), (1280, 800)])
def test_nothing_scrolls_sideways(page: Page, site: Site, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sideways = "const e = {}; return e.scrollWidth > e.clientWidth + 1"
    for reach in list(states(page, site).values())[:8]:
        reach()
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if page.locator("nachtlicht-chat .scroll").count():
            for part in (".panel", ".scroll", ".top", ".write", ".foot"):
                assert not in_shadow(page, sideways.format(f"root.querySelector('{part}')", "e")), part
    page.goto(site.url + "/gesprek")
    page.get_by_role("button", name="Begin het gesprek").click()
    page.get_by_label("Je bericht").fill("waar kan ik terecht " + "a" * 300)
    page.get_by_role("button", name="Stuur").click()
    expect(page.get_by_role("article").first).to_be_visible()
    page.wait_for_load_state("load")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not page.locator(".help").evaluate("node => node.scrollWidth > node.clientWidth")


@pytest.mark.parametrize("width", [320, 768])
def test_everything_to_press_is_large_enough(page: Page, site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    for reach in list(states(page, site).values())[1:7]:
        reach()
        small = in_shadow(
            page,
            """return [...root.querySelectorAll('button, a, summary, textarea')].filter((node) => node.checkVisibility()
              && !node.closest('.bubble p')).map((node) => [node.textContent, node.getBoundingClientRect()])
              .filter(([, r]) => r.width < 24 || r.height < 24).map(([text]) => text)""",
        )
        assert small == []


def test_reduced_motion_and_high_contrast(page: Page, site: Site) -> None:
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    opened(page, site)
    assert in_shadow(page, "return getComputedStyle(root.querySelector('.typing i')).animationName") == "none"
    borders = in_shadow(
        page,
        """return ['.send', '.exit', '.bubble', '.tray button', 'textarea'].map((name) =>
          getComputedStyle(root.querySelector(name)).borderTopWidth)""",
    )
    assert all(float(width.removesuffix("px")) >= 1 for width in borders)


def test_by_night_it_is_dark(page: Page, site: Site) -> None:
    page.emulate_media(color_scheme="light")
    page.clock.set_fixed_time("2026-11-23T03:00:00+01:00")
    page.goto(site.url)
    hour = page.evaluate("new Date().getHours()")
    dark = hour > 21 or hour < 7
    expect(page.locator("nachtlicht-chat")).to_have_attribute("theme", "dark" if dark else "light")
    page.clock.set_fixed_time("2026-11-23T13:00:00+01:00")
    page.goto(site.url)
    expect(page.locator("nachtlicht-chat")).to_have_attribute("theme", "light")


# Without a script.


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
    page.get_by_role("article", name="Tele-Onthaal").get_by_text("Bel 106", exact=True).click()
    expect(page.get_by_role("link", name="Ja, bel 106").last).to_be_visible()
    leave = page.get_by_role("link", name="Verlaat snel")
    expect(leave).to_have_attribute("href", NEUTRAL)
    expect(leave).to_be_in_viewport(ratio=1)
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
    page.get_by_role("link", name="Verlaat snel").click()
    page.wait_for_url(NEUTRAL)
    with suppress(Error):  # a page that was posted may refuse to come back at all
        page.go_back(timeout=2000)
    assert len(site.channel.turns) == 2
    assert QUESTION not in page.content()
    context.close()


# On the disk of the person's own machine.


def on_disk(profile: Path, word: str) -> list[str]:
    forms = [word.encode(), word.encode("utf-16-le")]
    files = [path for path in profile.rglob("*") if path.is_file()]
    return [str(path.relative_to(profile)) for path in files if any(form in path.read_bytes() for form in forms)]


def test_the_profile_on_disk_holds_no_word(playwright: Playwright, site: Site, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(profile, executable_path=CHROMIUM, args=ARGUMENTS)
    only_this_machine(context)
    # The control: the same words in a plain field do reach the disk. Without it a clean sweep would prove nothing.
    control = context.new_page()
    control.route("**/controle", lambda route: route.fulfill(body="<textarea></textarea>", content_type="text/html"))
    control.goto(site.url + "/controle")
    control.locator("textarea").press_sequentially("controle5b21 onthouden")
    page = context.new_page()
    page.set_default_timeout(5000)
    field = opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    field.press_sequentially("half getypte kanarie7f3b")
    plain = context.new_page()
    plain.goto(site.url + "/gesprek")
    plain.get_by_role("button", name="Begin het gesprek").click()
    plain.get_by_label("Je bericht").press_sequentially("kanarie7f3c")
    page.wait_for_timeout(4500)  # Chromium writes its session file every few seconds
    live = {word: on_disk(profile, word) for word in ("controle5b21", "kanarie7f3a", "kanarie7f3b", "kanarie7f3c")}
    page.get_by_role("link", name="Verlaat snel").click()
    page.wait_for_url(NEUTRAL)
    context.close()
    after = {word: on_disk(profile, word) for word in live}
    assert live["controle5b21"] or after["controle5b21"], "the control found nothing: this test is blind"
    for word in ("kanarie7f3a", "kanarie7f3b", "kanarie7f3c"):
        assert (live[word], after[word]) == ([], []), word
