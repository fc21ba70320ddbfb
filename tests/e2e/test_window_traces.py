"""What the window must not leave behind: in the browser, on Back, and on the disk of the person's own machine."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.bot.widget.browser import ARGUMENTS, CHROMIUM, browser, context, only_this_machine, page, playwright, site  # noqa: F401
from tests.e2e.window import NEUTRAL, QUESTION, ask, in_shadow, opened

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page, Playwright

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser


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


def on_disk(profile: Path, word: str) -> list[str]:
    forms = [word.encode(), word.encode("utf-16-le")]
    files = [path for path in profile.rglob("*") if path.is_file()]
    return [str(path.relative_to(profile)) for path in files if any(form in path.read_bytes() for form in forms)]


def test_the_control_what_a_page_stores_reaches_the_disk(playwright: Playwright, tmp_path: Path) -> None:
    """Also after `clear()`: why the window keeps nothing in storage, and proof that the search below would find it."""
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(profile, executable_path=CHROMIUM, args=ARGUMENTS)
    page = context.new_page()
    page.route("**/controle", lambda route: route.fulfill(body="<p>controle", content_type="text/html"))
    page.goto("http://localhost:9/controle")
    page.evaluate("sessionStorage.setItem('woord', 'controle8c44 onthouden')")
    for _ in range(40):  # Chromium writes what a page stores after some five seconds
        if on_disk(profile, "controle8c44"):
            break
        page.wait_for_timeout(500)
    page.evaluate("sessionStorage.clear()")
    context.close()
    assert on_disk(profile, "controle8c44"), "the search finds nothing: the sweep is blind"


def test_a_browser_that_restores_its_tabs_shows_no_word(playwright: Playwright, site: Site, tmp_path: Path) -> None:
    profile = tmp_path / "profile"

    def browser(*arguments: str) -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=[*ARGUMENTS, *arguments]
        )
        only_this_machine(context)
        return context

    context = browser()
    page = context.new_page()
    page.set_default_timeout(5000)
    field = opened(page, site)
    ask(page, QUESTION, "Dat klinkt zwaar")
    field.fill("half getypt kanarie7f3b")
    page.wait_for_timeout(4500)  # Chromium writes its session file every few seconds
    context.close()
    context = browser("--restore-last-session")
    restored = [page for page in context.pages if page.url.startswith(site.url)] or [context.new_page()]
    if not restored[0].url.startswith(site.url):
        restored[0].goto(site.url)  # this Chromium restores nothing: the same page anew
    restored[0].get_by_role("button", name="Stel je vraag").wait_for()
    for page in context.pages:
        assert "kanarie" not in page.content()
    assert "kanarie" not in in_shadow(
        restored[0], "return root.textContent + (root.querySelector('textarea')?.value || '')"
    )
    context.close()


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
