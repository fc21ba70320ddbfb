"""The pages without JavaScript: the same conversation as forms, and nothing that comes back on Back."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from bot.chat.app import create_app
from nachtlicht.tenants import OwnLine, Tenant

if TYPE_CHECKING:
    from nachtlicht.settings import Settings
    from tests.bot.chat.channel import FakeChannel

WORDS = "mijn man heeft iets met een collega"


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's first form that goes on with the conversation."""
    form = page.split("<form class=")[1]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


@pytest.fixture
def begun(client: TestClient) -> dict[str, str]:
    page = client.post("/gesprek", data={"do": "begin", "tenant": "demo"})
    assert page.status_code == 200
    assert "chatbot" in page.text
    return hidden(page.text)


def test_looking_starts_nothing(client: TestClient, channel: FakeChannel) -> None:
    page = client.get("/gesprek")
    assert page.status_code == 200
    assert "<title>Gesprek</title>" in page.text
    for number in ("112", "106", "1712", "1813"):
        assert f'href="tel:{number}"' in page.text
    assert 'href="https://www.meteo.be/nl/"' in page.text
    assert "<script" not in page.text
    assert not channel.turns


def test_a_text_and_a_button(client: TestClient, channel: FakeChannel, begun: dict[str, str]) -> None:
    page = client.post("/gesprek", data={**begun, "text": WORDS})
    assert WORDS in page.text
    assert "Dat klinkt zwaar" in page.text
    page = client.post("/gesprek", data={**hidden(page.text), "payload": "/zoek_hulp"})
    assert page.status_code == 200
    assert [turn.get("payload") or turn["text"] for turn in channel.turns] == ["/groet", WORDS, "/zoek_hulp"]
    assert page.url.path == "/gesprek"
    assert not page.url.query


def test_cards_and_help_are_shown(client: TestClient, begun: dict[str, str]) -> None:
    page = client.post("/gesprek", data={**begun, "text": "waar kan ik terecht"})
    for text in ("Tele-Onthaal", "dag en nacht open", "Waarom deze?", "Let op: Nu gesloten", "ongeveer € 11"):
        assert text in page.text
    page = client.post("/gesprek", data={**hidden(page.text), "text": "hij heeft me geslagen"})
    assert 'class="help stuck"' in page.text


def test_every_form_and_field_keeps_nothing(client: TestClient, begun: dict[str, str]) -> None:
    page = client.post("/gesprek", data={**begun, "text": WORDS}).text
    for tag in re.findall(r"<form[^>]*>|<textarea[^>]*>", page):
        assert 'autocomplete="off"' in tag
    assert page.count('method="post"') == page.count("<form")


def test_what_the_browser_posts_again_is_no_second_turn_and_shows_no_words(
    client: TestClient, channel: FakeChannel, begun: dict[str, str]
) -> None:
    client.post("/gesprek", data={**begun, "text": WORDS})
    again = client.post("/gesprek", data={**begun, "text": WORDS})
    assert again.status_code == 409
    assert WORDS not in again.text
    assert "Dat klinkt zwaar" not in again.text
    assert len(channel.turns) == 2
    on = client.post("/gesprek", data={**hidden(again.text), "text": "en nu"})
    assert on.status_code == 200
    assert "Dat klinkt zwaar" in on.text


def report_form(page: str, card: str) -> dict[str, str]:
    """The fields of the form that reports a card, as a browser sends them."""
    form = next(form for form in page.split("<form")[1:] if f'name="kaart" value="{card}"' in form.split("</form>")[0])
    return {
        **dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.split("</form>")[0])),
        "kaart": card,
    }


def test_a_card_that_is_not_right_is_reported_and_stays_where_it_was(
    client: TestClient, channel: FakeChannel, begun: dict[str, str]
) -> None:
    cards = client.post("/gesprek", data={**begun, "text": "waar kan ik terecht"}).text
    form = report_form(cards, "caw")
    for _ in range(2):
        thanks = client.post("/gesprek", data=form)
        assert thanks.status_code == 200
        assert "Bedankt. Iemand kijkt dit na." in thanks.text
        assert thanks.text.split('id="gesprek"')[1] == cards.split('id="gesprek"')[1].replace(
            '<div class="bubble mine"><span class="unseen">Jij: </span><p>waar kan ik terecht</p></div>\n', ""
        )
    assert channel.reports == [{"service": "caw"}]
    on = client.post("/gesprek", data={**hidden(thanks.text), "text": WORDS})
    assert on.status_code == 200
    # Back, and the same form once more: nothing of before comes back.
    late = client.post("/gesprek", data=form)
    assert late.status_code == 409
    assert "Tele-Onthaal" not in late.text.split('id="gesprek"')[1]


def test_a_report_of_what_was_not_shown_or_could_not_be_kept_is_said(
    client: TestClient, channel: FakeChannel, begun: dict[str, str]
) -> None:
    page = client.post("/gesprek", data={**begun, "do": "meld", "kaart": "caw"})
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    cards = client.post("/gesprek", data={**begun, "text": "waar kan ik terecht"}).text
    channel.actions_down = True
    page = client.post("/gesprek", data=report_form(cards, "caw"))
    assert page.status_code == 503
    assert "Tele-Onthaal" in page.text, "a number to call must not go away by this"
    assert "Melden lukt nu niet." in page.text


@pytest.mark.parametrize(
    ("language", "html", "labels"),
    [
        ("fr", "fr", ("Quitter vite", "Besoin d’aide maintenant", "pensées de suicide", "je parle néerlandais")),
        ("en", "en", ("Leave now", "Need help now?", "thoughts of suicide", "I speak Dutch")),
        ("de", "nl-BE", ("Verlaat snel", "Nu hulp nodig?", "Gesprek", "ik ben een chatbot")),
    ],
)
def test_the_page_speaks_another_language_and_the_bot_dutch(
    client: TestClient, language: str, html: str, labels: tuple[str, ...]
) -> None:
    page = client.get(f"/gesprek?taal={language}").text
    assert f'<html lang="{html}">' in page
    for label in labels:
        assert label in page
    begun = client.post("/gesprek", data={**hidden(page), "do": "begin"}).text
    assert hidden(begun)["taal"] == html.partition("-")[0]
    cards = client.post("/gesprek", data={**hidden(begun), "text": "waar kan ik terecht"}).text
    assert f'<html lang="{html}">' in cards
    assert re.search(r'<section class="log"[^>]* lang="nl">', cards)
    assert labels[0] in cards
    wrong = {"fr": "Ce n’est plus correct", "en": "No longer correct", "de": "Dit klopt niet meer"}[language]
    assert wrong in cards


def test_before_it_begins_a_language_can_be_chosen(client: TestClient, begun: dict[str, str]) -> None:
    page = client.get("/gesprek").text
    assert 'href="/gesprek?tenant=demo&amp;taal=fr" lang="fr"' in page
    assert 'href="/gesprek?tenant=demo&amp;taal=en" lang="en"' in page
    assert "taal=nl" not in page
    # A link would lose the conversation.
    assert "taal=en" not in client.post("/gesprek", data={**begun, "text": WORDS}).text


def test_the_emergency_block_is_that_of_the_window(client: TestClient) -> None:
    config = json.loads(re.findall(r"config=?\s*=\s*(\{.*?\});", client.get("/widget.js").text)[0])
    page = client.get("/gesprek").text
    block = re.findall(r'<section class="help.*?</section>', page, re.DOTALL)[0]
    shown = re.findall(r"<b>(\d+)</b> ([^<]*)<", block)
    assert shown == [(number, what) for number, _, what, _ in config["lines"]]
    for _, href, _, hours in config["lines"]:
        assert f'href="{href}"' in block
        assert href in ("tel:112", "tel:101") or hours in block
    assert config["exit"] in page


def test_wiping(client: TestClient, channel: FakeChannel, begun: dict[str, str]) -> None:
    page = client.post("/gesprek", data={**begun, "do": "wis"})
    assert "Alles van dit gesprek is gewist." in page.text
    assert hidden(page.text)["session"] == ""
    assert channel.forgotten == [channel.turns[0]["sender"]]
    gone = client.post("/gesprek", data={**begun, "text": WORDS})
    assert gone.status_code == 410
    assert WORDS not in gone.text
    assert "Opnieuw beginnen" in gone.text


def test_asking_to_wipe_in_words(client: TestClient, begun: dict[str, str]) -> None:
    page = client.post("/gesprek", data={**begun, "text": "wis alles"})
    assert "Alles is gewist." in page.text
    assert hidden(page.text)["session"] == ""


def test_wiping_that_is_not_sure_keeps_the_session_to_try_again(
    client: TestClient, channel: FakeChannel, begun: dict[str, str]
) -> None:
    channel.down = True
    page = client.post("/gesprek", data={**begun, "do": "wis"})
    assert page.status_code == 503
    assert hidden(page.text)["session"] == begun["session"]


def test_when_something_is_down_the_safe_reply_comes(
    client: TestClient, channel: FakeChannel, begun: dict[str, str]
) -> None:
    channel.down = True
    page = client.post("/gesprek", data={**begun, "text": WORDS})
    assert page.status_code == 200
    assert "Er is iets stuk bij mij." in page.text


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"text": "a" * 1001}, 413),
        ({"text": " "}, 400),
        ({}, 400),
        ({"payload": "/nooit"}, 422),
        ({"tenant": "x"}, 422),
    ],
    ids=["too long", "empty", "nothing", "not offered", "unknown site"],
)
def test_a_mistake_is_said_kindly_and_the_words_stay(
    client: TestClient, begun: dict[str, str], data: dict[str, Any], status: int
) -> None:
    page = client.post("/gesprek", data={**begun, **data})
    assert page.status_code == status
    assert 'role="alert"' in page.text
    assert hidden(page.text)["session"] == begun["session"]


def test_what_is_no_form_is_refused_with_a_page(client: TestClient) -> None:
    for content, media_type in ((b"{}", "application/json"), (b"a=%ff", "application/x-www-form-urlencoded")):
        page = client.post("/gesprek", content=content, headers={"content-type": media_type})
        assert page.status_code in (400, 415)
        assert "<h1" in page.text
    many = "&".join(f"a{number}=1" for number in range(50))
    page = client.post("/gesprek", content=many, headers={"content-type": "application/x-www-form-urlencoded"})
    assert page.status_code == 400
    assert client.get("/gesprek?tenant=onbekend").status_code == 422


def test_words_are_escaped(client: TestClient, begun: dict[str, str]) -> None:
    page = client.post("/gesprek", data={**begun, "text": "<script>alert(1)</script>"})
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


def test_the_host_page_is_neutral(client: TestClient) -> None:
    page = client.get("/").text
    assert "<title>Voorbeeldpagina</title>" in page
    assert '<script src="/widget.js" data-tenant="demo" defer></script>' in page
    assert 'href="tel:112"' in page
    assert not re.search(r"relatie|geweld|scheid|therap", re.findall(r"<head>.*</head>", page, re.DOTALL)[0])


def test_the_window_alone_takes_only_known_wishes(client: TestClient) -> None:
    page = client.get("/venster?taal=fr&licht=dark&nu=1").text
    assert '<nachtlicht-chat page tenant="demo" name="Nachtlicht" lang="fr" theme="dark" now>' in page
    assert (
        '<nachtlicht-chat page tenant="demo" name="Nachtlicht" lang="nl">'
        in client.get('/venster?taal="><script>&licht=x&nu=0').text
    )


def test_the_websites_own_line_comes_before_all_others(settings: Settings, channel: FakeChannel) -> None:
    line = OwnLine("0800 12 345", "praten met ons", "van 9 tot 12 uur", "https://dienst.example/")
    tenants = {"demo": Tenant("demo", "Dienst", line=line)}
    with TestClient(create_app(settings, http=channel.client(), tenants=tenants)) as client:
        page = client.get("/gesprek").text
        assert 0 < page.index('href="tel:080012345"') < page.index('href="tel:112"')
        assert "Dienst: van 9 tot 12 uur." in page
        window = client.post("/api/v1/sessions", json={"tenant": "demo"}).json()["window"]
    assert window == {
        "name": "Dienst",
        "line": {
            "number": "0800 12 345", "href": "tel:080012345", "what_for": "praten met ons", "hours": "van 9 tot 12 uur",
        },
    }  # fmt: skip


@pytest.mark.parametrize("down", [False, True])
def test_leaving_goes_on_at_once_and_forgets_behind_it(
    client: TestClient, channel: FakeChannel, begun: dict[str, str], down: bool
) -> None:
    channel.down = down
    answer = client.post("/gesprek/weg", data={"session": begun["session"]}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "https://www.meteo.be/nl/")
    assert answer.headers["cache-control"] == "no-store"
    assert client.post("/gesprek", data={**begun, "text": WORDS}).status_code == 410
    assert channel.forgotten == ([] if down else [channel.turns[0]["sender"]])


def test_leaving_does_not_wait_for_a_rasa_that_hangs(settings: Settings, channel: FakeChannel) -> None:
    """The answer is measured apart from what runs behind it, which the test client waits for."""
    app, took = create_app(settings, http=channel.client()), []

    async def timed(scope: Any, receive: Any, send: Any) -> None:
        began = time.monotonic()

        async def watch(message: Any) -> None:
            if message["type"] == "http.response.start" and scope["path"] == "/gesprek/weg":
                took.append(time.monotonic() - began)
            await send(message)

        await app(scope, receive, watch)

    with TestClient(timed) as client:
        form = hidden(client.post("/gesprek", data={"do": "begin"}).text)
        channel.hangs = 0.5
        client.post("/gesprek/weg", data=form, follow_redirects=False)
    assert took[0] <= 0.1


def test_leaving_never_fails(client: TestClient) -> None:
    for ask in (
        lambda: client.get("/gesprek/weg", follow_redirects=False),
        lambda: client.post("/gesprek/weg", data={"session": "x"}, follow_redirects=False),
        lambda: client.post("/gesprek/weg", content=b"\xff" * 20_000, follow_redirects=False),
    ):
        assert ask().status_code == 303
