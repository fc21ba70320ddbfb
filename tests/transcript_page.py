"""Conversations as one Dutch page to read and sign, for people who do not code: `make transcripts`."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from tests.journeys.reader import Journey, JourneyError, clock_of
from tests.journeys.walk import DAYS, Walked

CHOICE = Path(__file__).with_name("leesgroep.txt")
"""The titles of the conversations that tell most, one a line, in the order of the page."""

_STYLE = """
body { font: 1.05rem/1.5 system-ui, sans-serif; color: #1d2433; background: #f4f2ee; margin: 0 auto; padding: 1.5rem;
  max-width: 44rem; }
article { background: #fff; border: 1px solid #d9d4ca; border-radius: 1rem; padding: 1.2rem; margin: 2rem 0;
  break-inside: avoid-page; }
h1, h2 { line-height: 1.25; }
.who { color: #4d5566; }
.bot, .person { border-radius: 1rem; padding: .6rem .9rem; margin: .5rem 0; width: fit-content; max-width: 85%; }
.bot { background: #eef1f6; }
.person { background: #27395f; color: #fff; margin-left: auto; }
.person.button { background: #fff; color: #27395f; border: 2px solid #27395f; }
.card { border: 1px solid #b9c0cd; border-radius: .6rem; padding: .5rem .8rem; margin: .4rem 0; font-size: .95rem; }
.buttons span { display: inline-block; border: 1px solid #27395f; border-radius: 1rem; padding: .1rem .7rem;
  margin: .2rem .3rem .2rem 0; font-size: .9rem; }
.bar, .never { color: #4d5566; font-size: .9rem; }
.fault { background: #ffe1dc; border-left: .4rem solid #b3261e; padding: .4rem .8rem; }
details { margin: .3rem 0 1rem; }
img { width: 390px; max-width: 100%; border: 1px solid #b9c0cd; border-radius: 1rem; }
.sign { border-top: 1px dashed #8a92a3; margin-top: 1rem; padding-top: .8rem; }
@media print { body { background: #fff; } }
"""


@dataclass(frozen=True)
class Conversation:
    """What was walked, and for each step the picture of the screen (JPEG); none where none were taken."""

    journey: Journey
    walked: list[Walked]
    screens: list[bytes] = field(default_factory=list)


_INTRO = """<p>Dit zijn gesprekken met Nachtlicht, zoals ze op een scherm verschijnen. Wie schrijft is verzonnen, de
antwoorden zijn echt. Lees ze luidop, alsof die persoon naast je zit. Let op vier dingen: is het veilig, is het warm, is
het kort, en klopt het. Teken onderaan elk gesprek, of schrijf op wat anders moet.</p>
<p>Rechts staat wat de mens typt. Een omkaderd antwoord rechts is een knop die gekozen werd. Onder een bericht staan
kaarten met wie er kan helpen, en de knoppen die er dan zijn. Klap “Het scherm” open, en je ziet het zoals op een
gsm.</p>"""


def chosen(journeys: list[Journey], choice: Path = CHOICE) -> list[Journey]:
    """Return the journeys of `choice` in its order. Raises JourneyError for a title that no journey has."""
    titles = [line.strip() for line in choice.read_text("utf-8").splitlines() if line.strip()]
    by_title = {journey.title: journey for journey in journeys}
    unknown = [title for title in titles if title not in by_title]
    if unknown:
        raise JourneyError(f"{choice.name}: geen tocht heet “{unknown[0]}”. Neem de titel over zoals hij daar staat.")
    return [by_title[title] for title in titles]


def page(conversations: list[Conversation]) -> str:
    """Return the whole page as HTML that needs nothing from elsewhere."""
    contents = "".join(
        f'<li><a href="#g{number}">{escape(one.journey.title)}</a></li>' for number, one in enumerate(conversations, 1)
    )
    articles = "".join(_article(number, one) for number, one in enumerate(conversations, 1))
    return (
        '<!doctype html>\n<html lang="nl"><head><meta charset="utf-8"><title>Gesprekken om na te lezen</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>Gesprekken om na te lezen</h1>{_INTRO}"
        f"<nav><h2>Inhoud</h2><ol>{contents}</ol></nav>{articles}</main></body></html>\n"
    )


def _article(number: int, conversation: Conversation) -> str:
    journey, shown = conversation.journey, iter(conversation.screens)
    when = clock_of(journey.moment)
    steps = "".join(_step(one) + _screen(next(shown, None)) for one in conversation.walked)
    moment = f"{DAYS[when.weekday()].capitalize()}, {when:%H.%M} uur"
    never = f'<p class="never">Mag hier nooit staan: {escape(", ".join(journey.never))}.</p>' if journey.never else ""
    return (
        f'<article id="g{number}"><h2>{number}. {escape(journey.title)}</h2>'
        f'<p class="who">{escape(journey.who)}. {moment}.</p>{steps}{never}'
        '<p class="sign">Nagelezen door: ____________________ op: ____________ akkoord: ja / nee</p></article>'
    )


def _screen(picture: bytes | None) -> str:
    if picture is None:
        return ""
    source = f"data:image/jpeg;base64,{b64encode(picture).decode()}"
    image = f'<img src="{source}" alt="Het scherm na deze stap" loading="lazy">'
    return f"<details><summary>Het scherm</summary>{image}</details>"


def _step(one: Walked) -> str:
    picked = one.step.says is None
    said = one.step.picks if picked else one.step.says
    kind = "person button" if picked else "person"
    messages = "".join(_message(message) for message in one.reply["messages"])
    bar = '<p class="bar">De hulpbalk met 112, 106, 1712 en 1813 staat vast.</p>' if one.reply["help_bar"] else ""
    faults = "".join(f'<p class="fault">Klopt niet: {escape(fault)}</p>' for fault in one.faults)
    return f'<p class="{kind}">{escape(str(said))}</p>{messages}{bar}{faults}'


def _message(message: dict[str, Any]) -> str:
    text = f'<p class="bot">{escape(message["text"])}</p>' if message["text"] else ""
    cards = "".join(_card(card) for card in message["cards"])
    buttons = "".join(f"<span>{escape(button['title'])}</span>" for button in message["buttons"])
    return text + cards + (f'<p class="buttons">{buttons}</p>' if buttons else "")


def _card(card: dict[str, Any]) -> str:
    contacts = ", ".join(contact["value"] for contact in card["contacts"][:2])
    facts = " · ".join(part for part in (card["open"]["text"], card["price"]["text"], contacts) if part)
    return f'<div class="card"><strong>{escape(card["name"])}</strong><br>{escape(facts)}</div>'
