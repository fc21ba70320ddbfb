"""What a website can ask of the window, in Chromium: a frame, a language, its own line, hours, colours, events."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.bot.widget.browser import browser, context, page, playwright, site  # noqa: F401
from tests.e2e.window import NEUTRAL, QUESTION, in_shadow, violations

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page, Route

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser

SAFE = ["rgb(67, 64, 107)", "rgb(255, 255, 255)"]
NIGHT = ["rgb(233, 189, 122)", "rgb(34, 26, 12)"]
NOON, THREE_AT_NIGHT = "2026-11-23T12:00:00+01:00", "2026-11-23T03:00:00+01:00"


def go(page: Page, site: Site, **wishes: str) -> None:
    page.goto(f"{site.embedding}/met?{urlencode(wishes)}")


def framed(page: Page, site: Site, **wishes: str) -> FrameLocator:
    """Opens the window in a frame and waits for the greeting."""
    go(page, site, mode="iframe", **wishes)
    page.get_by_role("button", name="Stel je vraag").click()
    frame = page.frame_locator("nachtlicht-chat iframe")
    expect(frame.get_by_text("ik ben een chatbot, geen mens. Je bent")).to_be_visible()
    return frame


def say_in(frame: FrameLocator, text: str, answer: str) -> None:
    frame.get_by_label("Je bericht").fill(text)
    frame.get_by_label("Je bericht").press("Enter")
    expect(frame.get_by_role("log").get_by_text(answer).last).to_be_visible()


def wait_until_forgotten(page: Page, site: Site) -> None:
    for _ in range(500):
        if site.channel.forgotten:
            break
        page.wait_for_timeout(20)
    assert site.channel.forgotten == [site.channel.turns[0]["sender"]]


# In a frame on our own origin.


def test_in_a_frame_the_page_cannot_read_along_and_still_has_the_numbers(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site.url)))
    go(page, site, mode="iframe")
    page.wait_for_timeout(200)
    assert not [address for address in asked if address.startswith("/venster")], "nothing before it is opened"
    frame = framed(page, site)
    say_in(frame, QUESTION, "Dat klinkt zwaar")
    read = in_shadow(
        page,
        """const frame = root.querySelector('iframe');
        let inside; try { inside = frame.contentWindow.document.body.textContent; } catch (e) { inside = e.name; }
        return [root.textContent, frame.contentDocument, inside, frame.src];""",
    )
    assert QUESTION not in read[0]
    assert read[1:3] == [None, "SecurityError"]
    assert set(re.findall(r"[?&](\w+)=", read[3])) == {"tenant", "taal", "licht", "nu"}
    for number in ("112", "106", "1712", "1813"):
        expect(page.locator(f"nachtlicht-chat .bar a[href='tel:{number}']")).to_be_in_viewport()
    assert violations(page) == []


@pytest.mark.parametrize("way", ["click", "shift inside", "shift outside"])
def test_leaving_out_of_a_frame_takes_the_whole_page_along(page: Page, site: Site, way: str) -> None:
    page.goto(site.url + "/healthz")
    frame = framed(page, site)
    say_in(frame, QUESTION, "Dat klinkt zwaar")
    if way == "click":
        frame.get_by_role("link", name="Verlaat snel").click()
    else:
        if way == "shift outside":
            page.get_by_role("button", name="Venster sluiten").focus()
        for _ in range(3):
            page.keyboard.press("Shift")
    page.wait_for_url(NEUTRAL)
    wait_until_forgotten(page, site)
    page.go_back(wait_until="commit")
    assert page.url == site.url + "/healthz", "Back goes past the page with the conversation"


def test_the_page_covers_itself_when_its_frame_has_left(page: Page, site: Site) -> None:
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text) if message.text.startswith("added") else None)
    page.add_init_script(
        """if (top === self) new MutationObserver((changes) => {
          for (const node of changes.flatMap((change) => [...change.addedNodes])) {
            if (node.id) setTimeout(() => console.log('added', node.id, document.elementFromPoint(30, 30).id,
              document.querySelector('nachtlicht-chat').shadowRoot.querySelectorAll('iframe').length)); }
        }).observe(document, { childList: true, subtree: true });"""
    )

    def slowly(route: Route) -> None:
        page.wait_for_timeout(800)
        route.fulfill(body="<title>Weer</title>", content_type="text/html")

    frame = framed(page, site)
    page.route(NEUTRAL, slowly)
    frame.get_by_role("link", name="Verlaat snel").click()
    page.wait_for_url(NEUTRAL)
    assert seen == ["added nl-cover nl-cover 0"]


def test_a_frame_is_closed_and_opened_without_losing_the_conversation(page: Page, site: Site) -> None:
    frame = framed(page, site)
    say_in(frame, QUESTION, "Dat klinkt zwaar")
    page.get_by_role("button", name="Venster sluiten").click()
    launcher = page.get_by_role("button", name="Stel je vraag")
    expect(launcher).to_be_focused()
    launcher.click()
    expect(frame.get_by_text(QUESTION)).to_be_visible()


def test_going_elsewhere_empties_a_frame_too(page: Page, site: Site) -> None:
    framed(page, site)
    page.goto(site.url + "/healthz")
    wait_until_forgotten(page, site)


def test_a_page_whose_policy_stops_the_frame_has_the_numbers_and_a_way_on(page: Page, site: Site) -> None:
    go(page, site, mode="iframe", frame="'none'")
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("Het gesprek laadt niet.")).to_be_visible()
    expect(page.get_by_role("link", name="Zonder venster")).to_have_attribute(
        "href", re.compile(r"/gesprek\?tenant=demo")
    )
    expect(page.get_by_role("link", name="Verlaat snel")).to_have_attribute("href", NEUTRAL)
    expect(page.locator("nachtlicht-chat .bar a[href='tel:112']")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("size", [(320, 256), (320, 568), (1280, 800)])
def test_the_window_alone_is_for_everybody(page: Page, site: Site, size: tuple[int, int]) -> None:
    page.clock.set_fixed_time(NOON)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(site.url + "/venster?tenant=dienst")
    assert not site.channel.turns, "looking starts nothing"
    assert page.title() == "Gesprek"
    found = violations(page)
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("ik ben een chatbot")).to_be_visible()
    found += violations(page)
    # At 400 % zoom axe measures a link that the edge of the screen cuts, and calls it too small.
    assert [text for text in found if size[1] > 300 or not text.startswith("target-size")] == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    expect(page.get_by_role("link", name="Verlaat snel")).to_be_in_viewport(ratio=1)
    page.get_by_label("Je bericht").scroll_into_view_if_needed()
    expect(page.get_by_label("Je bericht")).to_be_in_viewport()


def test_another_website_may_not_show_the_window_in_a_frame(page: Page, site: Site) -> None:
    page.goto(site.embedding.replace("127.0.0.1", "localhost") + "/met?mode=iframe")
    page.get_by_role("button", name="Stel je vraag").click()
    page.wait_for_timeout(500)
    assert not site.channel.turns


# Its language, its own line, its hours.


@pytest.mark.parametrize(
    ("language", "leave", "field", "title"),
    [
        ("fr", "Quitter vite", "Votre message", "Besoin d’aide maintenant"),
        ("en", "Leave now", "Your message", "Need help now?"),
    ],
)
def test_the_frame_speaks_another_language_and_the_bot_dutch(
    page: Page, site: Site, language: str, leave: str, field: str, title: str
) -> None:
    go(page, site, lang=language, label="Question ?")
    page.get_by_role("button", name="Question ?").click()
    expect(page.get_by_role("link", name=leave)).to_be_visible()
    page.get_by_label(field).fill("waar kan ik terecht")
    page.get_by_label(field).press("Enter")
    expect(page.get_by_role("log").get_by_text("Deze mensen")).to_be_visible()
    expect(page.get_by_text(title)).to_be_visible()
    expect(page.get_by_role("log")).to_have_attribute("lang", "nl")
    expect(page.locator("nachtlicht-chat")).to_have_attribute("lang", language)
    left = in_shadow(page, "root.querySelector('.safety [lang=nl]').remove(); return root.textContent")
    for dutch in ("Verlaat snel", "Stuur", "Waarom deze", "Wis alles", "Nagekeken", "praten met iemand", "undefined"):
        assert dutch not in left
    assert violations(page) == []


def test_an_unknown_language_is_dutch(page: Page, site: Site) -> None:
    go(page, site, lang="de")
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_role("link", name="Verlaat snel")).to_be_visible()


def test_what_cannot_be_fetched_leaves_a_dutch_window_in_the_safe_colours(page: Page, site: Site) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(re.compile(r"/w/.*/(fr|host)\.js"), lambda route: route.abort())
    go(page, site, lang="fr", theme="light", style="--nachtlicht-accent: #006644")
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_role("link", name="Verlaat snel")).to_be_visible()
    assert in_shadow(page, "return getComputedStyle(root.querySelector('.send')).backgroundColor") == SAFE[0]
    assert errors == []


def test_its_own_name_greeting_and_line_come_first(page: Page, site: Site) -> None:
    go(page, site, tenant="dienst")
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_role("heading", name="Onze dienst")).to_be_visible()
    expect(page.get_by_role("log").locator(".bubble").first).to_have_text("Onze dienst: Welkom bij onze dienst.")
    lines = page.locator("nachtlicht-chat .help > a")
    expect(lines.first).to_have_text("0800 12 345 praten met ons")
    assert lines.count() == 5
    lines.first.click()
    question = page.get_by_role("group", name="Bellen naar 080012345")
    expect(question).to_contain_text("Bereikbaar: van 9 tot 12 uur.")
    question.get_by_role("button", name="Niet bellen").click()
    page.get_by_role("button", name="Wis alles").click()
    page.get_by_role("button", name="Opnieuw beginnen").click()
    expect(page.get_by_text("Welkom bij onze dienst.")).to_be_visible()
    assert lines.count() == 5, "said once, also in a second conversation"
    assert violations(page) == []


@pytest.mark.parametrize(
    ("hours", "shown"), [("0-24", True), ("0-0", False), ("x", False), ("around now", True), ("not now", False)]
)
def test_the_numbers_stand_open_at_its_hours_and_nothing_is_asked(
    page: Page, site: Site, hours: str, shown: bool
) -> None:
    page.clock.set_fixed_time(THREE_AT_NIGHT)
    now = page.evaluate("new Date().getHours()")
    hours = {"around now": f"{(now - 3) % 24}-{now + 1}", "not now": f"{now + 1}-{(now - 3) % 24}"}.get(hours, hours)
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    go(page, site, open=hours)
    number = page.locator("nachtlicht-chat a[href='tel:112']")
    page.wait_for_timeout(200)
    assert number.is_visible() is shown
    assert posted == []
    if shown:
        assert page.evaluate("document.activeElement === document.body"), "the focus stays where it was"
        assert violations(page) == []
        page.get_by_role("button", name="Sluiten").click()
        expect(number).to_be_hidden()
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("ik ben een chatbot")).to_be_visible()


# Its colours, and what it is told.


@pytest.mark.parametrize(
    ("style", "colours"),
    [
        ("", SAFE),
        ("--nachtlicht-accent: #006644", ["rgb(0, 102, 68)", "rgb(255, 255, 255)"]),
        (
            "--nachtlicht-accent: hsl(0 100% 25%); --nachtlicht-on-accent: #fffdd0",
            ["rgb(128, 0, 0)", "rgb(255, 253, 208)"],
        ),
        ("--nachtlicht-accent: #ffd700", SAFE),
        ("--nachtlicht-accent: #ffd700; --nachtlicht-on-accent: #000", SAFE),
        ("--nachtlicht-accent: #757575; --nachtlicht-on-accent: #777", SAFE),
        ("--nachtlicht-accent: rgba(0, 0, 0, .9)", SAFE),
        ("--nachtlicht-accent: color(display-p3 0 .4 .3)", SAFE),
        ("--nachtlicht-accent: geen kleur", SAFE),
    ],
    ids=["none", "good", "good, both", "on white", "on paper", "on itself", "see-through", "no rgb", "no colour"],
)
def test_colours_that_cannot_be_read_become_the_safe_ones(
    page: Page, site: Site, style: str, colours: list[str]
) -> None:
    page.clock.set_fixed_time(NOON)
    go(page, site, style=style, theme="light")
    page.wait_for_timeout(200)
    seen = "const s = getComputedStyle(root.querySelector('{}')); return [s.backgroundColor, s.color]"
    assert in_shadow(page, seen.format(".launch")) == colours
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("ik ben een chatbot")).to_be_visible()
    assert in_shadow(page, seen.format(".send")) == colours


@pytest.mark.parametrize(
    ("style", "colours"),
    [
        ("--nachtlicht-accent: #006644; --nachtlicht-accent-dark: #9fe", ["rgb(153, 255, 238)", NIGHT[1]]),
        ("--nachtlicht-accent: #006644; --nachtlicht-accent-dark: #043", NIGHT),
        ("--nachtlicht-accent: #006644", NIGHT),
    ],
    ids=["good", "too dark", "by day only"],
)
def test_the_night_has_colours_of_its_own(page: Page, site: Site, style: str, colours: list[str]) -> None:
    go(page, site, style=style, theme="dark")
    page.wait_for_timeout(200)
    seen = "const s = getComputedStyle(root.querySelector('.launch')); return [s.backgroundColor, s.color]"
    assert in_shadow(page, seen) == colours


@pytest.mark.parametrize("mode", ["window", "iframe"])
def test_the_page_hears_opened_and_closed_and_nothing_else(page: Page, site: Site, mode: str) -> None:
    told: list[Any] = []
    page.expose_function("told", lambda *what: told.append(list(what)))
    page.add_init_script(
        """if (top === self) {
        const send = EventTarget.prototype.dispatchEvent;
        EventTarget.prototype.dispatchEvent = function (e) {
          window.told(e.type, e.bubbles, e.detail === undefined); return send.call(this, e); };
        addEventListener('message', () => window.told('message')); }"""
    )
    go(page, site, mode=mode)
    for _ in range(2):
        page.get_by_role("button", name="Stel je vraag").click()
        page.get_by_role("button", name="Venster sluiten").click()
    expect(page.get_by_role("button", name="Stel je vraag")).to_be_focused()
    assert told == [["opened", False, True], ["closed", False, True]] * 2
