"""The main job on real input: one typed question, a first answer, and a real place to go. From a clean state."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from referral_db.areas import covers, municipalities
from referral_db.database import make_session_factory
from referral_db.models import Service, ServiceArea
from referral_db.taxonomy import NEEDS
from tests.bot.widget.browser import browser, context, page, playwright  # noqa: F401
from tests.stack import HOME, Stack, Talk, buttons_of, cards_of, text_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.stack

QUESTION = "mijn man heeft iets met een collega, ik ben er kapot van en weet niet wat doen"
GHENT = "44021"
PRICE_KINDS = {"gratis", "inkomensgerelateerd", "vast", "vork", "onbekend"}
CHECK = HOME.parent / "shared/contract/check.py"
SENTENCES = {
    "communicatie": "wij praten eigenlijk niet meer met elkaar",
    "conflict": "we maken altijd ruzie over hetzelfde",
    "uit_elkaar_gegroeid": "we zijn uit elkaar gegroeid, het gevoel is weg",
    "ontrouw": "hij is vreemdgegaan",
    "twijfel_scheiden": "ik twijfel of ik moet blijven of weggaan",
    "scheiding": "we gaan scheiden, hoe regel je dat",
    "liefdesverdriet": "ze heeft het uitgemaakt en ik heb liefdesverdriet",
    "seksualiteit": "ik heb geen zin meer in seks",
    "ouderschap": "sinds de baby er is hebben we geen tijd meer voor elkaar",
    "nieuw_samengesteld_gezin": "zijn kinderen aanvaarden mij niet als plusmama",
    "familie": "mijn schoonmoeder bemoeit zich met alles",
    "levensfase": "ik wil kinderen en hij niet",
    "jaloezie_vertrouwen": "ik ben zo jaloers, ik vertrouw haar niet",
    "partner_psychisch_of_verslaving": "mijn man drinkt te veel",
    "gemengde_relatie": "hij is moslim en ik niet, onze culturen botsen",
    "jongeren": "ik ben 15 en verliefd op iemand van school",
    "investeren": "onze relatie is goed maar mag sterker, heb je tips",
    "eenzaamheid": "ik ben eenzaam en heb niemand om mee te praten",
    "lhbti": "ik denk dat ik homo ben, hoe kom ik uit de kast",
    "bezorgd_om_iemand": "ik ben bezorgd om mijn zus en haar relatie",
}


def serves_ghent(stack: Stack, slug: str) -> bool:
    """Whether the record behind a card says that it serves people from Ghent."""
    with make_session_factory(stack.environment["NACHTLICHT_DATABASE_URL"])() as session:
        areas = session.scalars(select(ServiceArea).join(Service).where(Service.slug == slug)).all()
    return any(covers(area.extent_type, area.code, municipalities()[GHENT]) for area in areas)


def assert_cards_for_ghent(stack: Stack, cards: list[dict[str, Any]]) -> None:
    assert 2 <= len(cards) <= 3
    assert len({card["id"] for card in cards}) == len(cards)
    for card in cards:
        assert serves_ghent(stack, card["id"]), card["id"]
        assert card["why"]
        assert card["price"]["kind"] in PRICE_KINDS
        assert card["price"]["text"]
        assert card["open"]["state"] in {"open", "closed", "unknown"}
        assert card["open"]["text"]
        assert card["contacts"]
        assert all(contact["value"] and contact["href"] for contact in card["contacts"])
        assert card["source"].startswith("https://")
    assert any(card["price"]["kind"] == "gratis" for card in cards), "she asked for something free"


# The conversation of the first night, through both doors.


def test_from_a_question_to_a_place_over_http(stack: Stack) -> None:
    talk = Talk(stack)
    assert "chatbot" in talk.greeting[0]["text"]

    answer = talk.say(QUESTION)
    assert answer["understood"]["intent"] == "ontrouw"
    assert answer["understood"]["risk"] is None
    assert buttons_of(answer)

    place = talk.say("ja, waar kan ik terecht")
    assert "gemeente" in text_of(place)
    assert "/liever_niet" in buttons_of(place), "the place may be skipped"

    price = talk.say("9000")
    assert "kosten" in text_of(price)
    assert "/liever_niet" in buttons_of(price), "the price may be skipped"

    found = talk.say("liefst gratis")
    assert_cards_for_ghent(stack, cards_of(found))
    assert not any(reply["degraded"] for reply in (answer, place, price, found))

    assert talk.end() == 204
    assert talk.post("/api/v1/messages", {"session": talk.session, "text": "hallo"}).status_code == 410


def test_from_a_question_to_a_place_on_the_command_line(stack: Stack) -> None:
    reply: dict[str, Any] = {}
    for text in (QUESTION, "ja, waar kan ik terecht", "gent", "liefst gratis"):
        reply = _ask(stack, text, reply.get("session"))
        assert not reply["degraded"]
    assert_cards_for_ghent(stack, cards_of(reply))


def _ask(stack: Stack, text: str, session: str | None) -> dict[str, Any]:
    command = [str(HOME / ".venv/bin/nachtlicht"), "ask", text, "--json", *(["--session", session] if session else [])]
    done = subprocess.run(command, env=stack.environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    reply: dict[str, Any] = json.loads(done.stdout)
    return reply


def test_place_and_price_may_be_skipped(stack: Stack) -> None:
    talk = Talk(stack)
    talk.say(QUESTION)
    talk.press("/zoek_hulp")
    talk.press("/liever_niet")
    assert 2 <= len(cards_of(talk.press("/liever_niet"))) <= 3


@pytest.mark.parametrize("need", sorted(NEEDS))
def test_every_need_leads_somewhere(stack: Stack, need: str) -> None:
    talk = Talk(stack)
    offered = [button["payload"] for message in talk.greeting for button in message["buttons"]]
    answer = talk.press(f"/{need}") if f"/{need}" in offered else talk.say(SENTENCES[need])
    assert answer["understood"]["intent"] == need
    assert text_of(answer)
    talk.say("waar kan ik terecht")
    talk.say("9000")
    assert_cards_for_ghent(stack, cards_of(talk.say("liefst gratis")))


def test_every_need_has_a_sentence() -> None:
    assert set(SENTENCES) == set(NEEDS)


# Danger comes first, also where a place was asked.


@pytest.mark.parametrize("turns", [0, 1, 2], ids=["at first", "after an answer", "as a place"])
def test_violence_is_answered_at_once(stack: Stack, turns: int) -> None:
    talk = Talk(stack)
    for text in (QUESTION, "ja, waar kan ik terecht")[:turns]:
        talk.say(text)
    reply = talk.say("hij heeft me weer geslagen")
    assert reply["understood"]["risk"] == "partnergeweld"
    assert reply["help_bar"] is True
    assert "Ik geloof je" in text_of(reply)
    assert re.search(r"veilig|gevaar", text_of(reply))
    assert {"/bevestig", "/ontken"} <= set(buttons_of(reply)), "the safety question"
    numbers = {contact["value"] for card in cards_of(reply) for contact in card["contacts"]}
    assert {"112", "1712"} <= numbers


def test_wiping_in_words_ends_the_conversation(stack: Stack) -> None:
    talk = Talk(stack)
    talk.say(QUESTION)
    talk.say("wis alles")
    assert talk.post("/api/v1/messages", {"session": talk.session, "text": "hallo"}).status_code == 410


def test_the_contract_holds(stack: Stack) -> None:
    if not CHECK.exists():
        pytest.skip("the contract's own check is not beside this checkout")
    ports = {"chat": stack.url, "rasa": stack.rasa_url, "curation": stack.curation_url}
    options = [part for name, url in ports.items() for part in (f"--{name}", url)]
    done = subprocess.run(
        [sys.executable, str(CHECK), *options, "--cli", str(HOME / ".venv/bin/nachtlicht")],
        env=stack.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


# In a real browser.


@pytest.mark.browser
def test_from_a_question_to_a_place_in_a_browser(stack: Stack, page: Page) -> None:
    page.set_default_timeout(15_000)
    page.goto(stack.url)
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.get_by_text("Ik ben een chatbot, geen mens.").first).to_be_visible()
    field = page.get_by_label("Je bericht")
    field.fill(QUESTION)
    field.press("Enter")
    page.get_by_role("button", name="Ja, toon waar").click()
    expect(page.get_by_text("In welke gemeente")).to_be_visible()
    field.fill("9000")
    field.press("Enter")
    page.get_by_role("button", name="Liefst gratis").click()
    expect(page.get_by_role("article").first).to_be_visible()
    _keep_picture(page, "first-night")
    page.get_by_role("button", name="Wis alles").click()
    expect(page.get_by_role("article")).to_have_count(0)


def _keep_picture(page: Page, name: str) -> None:
    """Save a picture where NACHTLICHT_SCREENSHOTS says, for people to look at."""
    folder = os.environ.get("NACHTLICHT_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))
