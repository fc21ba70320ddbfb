"""What a person takes along, in Chromium: the note, the pocket card, and telling that a card is not right any more."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.bot.chat.channel import CARD, SECOND_CARD, said
from tests.bot.widget.browser import browser, context, page, playwright, site  # noqa: F401
from tests.e2e.window import NEUTRAL, ask, in_shadow, opened, violations

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.bot.widget.browser import Site

pytestmark = pytest.mark.browser


def with_note(page: Page, site: Site) -> None:
    """A conversation about quarrels with two cards, and the note open."""
    opened(page, site)
    site.channel.next = {
        "messages": [said("Deze mensen kunnen met je meedenken.", cards=[CARD, SECOND_CARD])],
        "understood": {"intent": "conflict", "confidence": 1, "needs": [{"code": "conflict", "confidence": 1}]},
    }
    ask(page, "waar kan ik terecht kanarie7f3a", "Deze mensen")
    site.channel.next = None
    page.get_by_role("button", name="Briefje om mee te nemen").click()
    expect(page.get_by_role("heading", name="Briefje en kaartje")).to_be_focused()


def test_the_note_says_what_was_found_and_never_what_was_typed(page: Page, site: Site) -> None:
    with_note(page, site)
    assert page.get_by_role("textbox", name="Briefje voor wie je helpt").input_value().split("\n") == [
        "Waarover het gaat: Vaak ruzie",
        "Mijn streek: Gent",
        "Wat ik al probeerde: ",
        "Wat ik nu zoek: ",
        "Wat ik vond: Tele-Onthaal, 106; CAW Oost-Vlaanderen, onthaal",
    ]


def test_the_pocket_card_tells_nothing_to_who_finds_it(page: Page, site: Site) -> None:
    with_note(page, site)
    card = page.get_by_role("textbox", name="Kaartje voor op zak").input_value()
    assert card.split("\n")[:2] == ["Handige nummers", "112 – dag en nacht"]
    assert card.count("106") == 1, "a number that is in the emergency block already is not there twice"
    for telling in ("Onthaal", "CAW", "geweld", "zelf", "relatie", "ruzie", "hulp", "Nachtlicht"):
        assert telling not in card


def test_it_is_edited_and_copied_and_nothing_is_sent_or_kept(page: Page, context: BrowserContext, site: Site) -> None:
    context.grant_permissions(["clipboard-read"])
    with_note(page, site)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    field = page.get_by_role("textbox", name="Briefje voor wie je helpt")
    field.fill("Aangepast kanarie7f3b")
    page.get_by_role("button", name="Kopieer: Briefje voor wie je helpt").click()
    expect(page.get_by_text("Gekopieerd.")).to_be_visible()
    # The policy of our own pages refuses reading the clipboard: pasting is how a person would see it.
    page.get_by_label("Je bericht").focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_label("Je bericht")).to_have_value("Aangepast kanarie7f3b")
    assert asked == []
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    for attribute in ("autocomplete", "spellcheck"):
        expect(field).to_have_attribute(attribute, "off" if attribute == "autocomplete" else "false")
    page.get_by_role("button", name="Sluit en gooi weg").click()
    expect(field).to_have_count(0)
    expect(page.get_by_role("button", name="Briefje om mee te nemen")).to_be_focused()


def test_where_copying_is_refused_the_text_is_selected(page: Page, site: Site) -> None:
    page.add_init_script("document.execCommand = () => false")
    with_note(page, site)
    page.get_by_role("button", name="Kopieer: Kaartje voor op zak").click()
    expect(page.get_by_text("De tekst is geselecteerd: kopieer zelf.")).to_be_visible()
    assert in_shadow(page, "const f = root.getElementById('pocket'); return f.selectionEnd === f.value.length")


@pytest.mark.parametrize("way", ["wipe", "leave", "other conversation"])
def test_wiping_and_leaving_take_the_note_along(page: Page, site: Site, way: str) -> None:
    with_note(page, site)
    if way == "wipe":
        page.get_by_role("button", name="Wis alles").click()
    elif way == "leave":
        left = in_shadow(page, "root.querySelector('.exit').click(); return root.querySelector('.note') === null")
        assert left
        page.wait_for_url(NEUTRAL)
        return
    else:
        ask(page, "wis alles", "Alles is gewist.")
    expect(page.get_by_role("textbox", name="Briefje voor wie je helpt")).to_have_count(0)


def test_without_a_connection_the_note_says_so(page: Page, site: Site) -> None:
    opened(page, site)
    ask(page, "waar kan ik terecht", "Deze mensen")
    page.route("**/w/*/note.js", lambda route: route.abort())
    page.get_by_role("button", name="Briefje om mee te nemen").click()
    expect(page.get_by_role("status").get_by_text("Dat lukt nu niet.")).to_be_visible()


@pytest.mark.parametrize(("width", "height", "scheme"), [(320, 600, "dark"), (768, 900, "light"), (320, 256, "light")])
def test_the_note_is_for_everybody(page: Page, site: Site, width: int, height: int, scheme: str) -> None:
    page.clock.set_fixed_time("2026-11-23T12:00:00+01:00")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": height})
    with_note(page, site)
    assert violations(page) == []
    assert not in_shadow(page, "const s = root.querySelector('.scroll'); return s.scrollWidth > s.clientWidth + 1")
    names = []
    for _ in range(5):
        page.keyboard.press("Tab")
        names.append(
            in_shadow(page, "const a = root.activeElement; return a && (a.id || a.ariaLabel || a.textContent)")
        )
    assert names == [
        "note", "Kopieer: Briefje voor wie je helpt", "pocket", "Kopieer: Kaartje voor op zak", "Sluit en gooi weg",
    ]  # fmt: skip
    expect(page.get_by_role("link", name="Verlaat snel")).to_be_in_viewport(ratio=1)


# "Dit klopt niet meer".


def test_one_tap_tells_that_a_card_is_not_right(page: Page, site: Site) -> None:
    opened(page, site)
    crisis = {**CARD, "id": "crisis-112", "name": "Noodnummer"}
    site.channel.next = {"messages": [said("Kijk eens.", cards=[CARD, crisis])]}
    ask(page, "waar kan ik terecht", "Kijk eens.")
    card = page.get_by_role("article", name="Tele-Onthaal")
    card.get_by_text("Waarom deze?").click()
    button = card.get_by_role("button", name="Dit klopt niet meer")
    button.click()
    thanks = card.get_by_role("button", name="Bedankt. Iemand kijkt dit na.")
    expect(thanks).to_be_focused()
    thanks.click()
    assert site.channel.reports == [{"service": "tele-onthaal"}]
    other = page.get_by_role("article", name="Noodnummer")
    other.get_by_text("Waarom deze?").click()
    expect(other.get_by_role("button", name="Dit klopt niet meer")).to_have_count(0)
    assert violations(page) == []


def test_a_report_that_is_not_kept_is_said(page: Page, site: Site) -> None:
    opened(page, site)
    ask(page, "waar kan ik terecht", "Deze mensen")
    site.channel.actions_down = True
    card = page.get_by_role("article", name="Tele-Onthaal")
    card.get_by_text("Waarom deze?").click()
    card.get_by_role("button", name="Dit klopt niet meer").click()
    expect(page.get_by_role("status").get_by_text("Melden lukt nu niet.")).to_be_visible()
    expect(card.get_by_role("button", name="Dit klopt niet meer")).to_be_visible()


# Before the first question about danger.


def test_history_and_shared_devices_are_named_before_anything_is_asked(page: Page, site: Site) -> None:
    opened(page, site)
    note = page.get_by_text("je bezoek blijft in de geschiedenis van dit toestel staan")
    expect(note).to_be_in_viewport()
    assert note.evaluate("node => !!(node.compareDocumentPosition(node.getRootNode().querySelector('.log')) & 4)")
    page.goto(site.url + "/gesprek")
    expect(note).to_be_visible()
