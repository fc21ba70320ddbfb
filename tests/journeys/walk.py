"""Walks a journey through the chat API, notes what is not as expected, and writes it down as a transcript."""

from __future__ import annotations

import sqlite3
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.journeys.house_rules import Reply, Watch, card_text, cards_of, texts_of
from tests.journeys.reader import Journey, Step, clock_of
from tests.stack import Talk

_WIDTH = 100
DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


@dataclass(frozen=True)
class Walked:
    """One step that was taken: the reply, and in Dutch what is wrong with it."""

    step: Step
    reply: Reply
    faults: list[str]


def walk(journey: Journey, talk: Talk, couple_work: frozenset[str]) -> list[Walked]:
    """Take every step of a journey in a new conversation; stop where a button that should be there is not."""
    watch = Watch(couple_work)
    last: Reply = {"messages": talk.greeting}
    walked = []
    for step in journey.steps:
        reply = _take(step, talk, last)
        if reply is None:
            walked.append(Walked(step, last, [f"er is geen knop “{step.picks}”; wel: {', '.join(_titles(last))}"]))
            break
        faults = [*watch.faults(reply), *_unmet(step, reply), *_forbidden(journey, reply)]
        if step.over and talk.post("/api/v1/messages", {"session": talk.session, "text": "hallo"}).status_code != 410:
            faults.append("het gesprek is niet voorbij")
        walked.append(Walked(step, reply, faults))
        last = reply
    return walked


def faults_of(walked: list[Walked]) -> list[str]:
    """Every fault with the number of its step and what was said there."""
    return [
        f"stap {number} ({_said(one.step)}): {fault}" for number, one in enumerate(walked, 1) for fault in one.faults
    ]


def couple_work(database: Path) -> frozenset[str]:
    """The slugs (the ids of cards) of services that work with two partners together, of a stack's SQLite file."""
    with sqlite3.connect(database) as connection:
        return frozenset(slug for (slug,) in connection.execute("SELECT slug FROM service WHERE couple_work"))


def transcript(journey: Journey, walked: list[Walked]) -> str:
    """The conversation as Dutch text that a person can read and sign."""
    when = clock_of(journey.moment)
    lines = [
        journey.title,
        "=" * len(journey.title),
        f"Wie: {journey.who}",
        f"Wanneer: {DAYS[when.weekday()]} {when.day}/{when.month}/{when.year}, {when:%H.%M} uur",
        "",
    ]
    for one in walked:
        said = one.step.says if one.step.says is not None else f"[{one.step.picks}]"
        lines += _paragraph("Mens: ", said)
        lines += _written(one.reply)
        lines += [f"   !! {fault}" for fault in one.faults]
        lines.append("")
    if journey.never:
        lines += _paragraph("Nooit: ", ", ".join(journey.never))
    lines += ["Nagelezen door: ____________________   op: ____________   akkoord: ja / nee", ""]
    return "\n".join(lines)


def _take(step: Step, talk: Talk, last: Reply) -> Reply | None:
    if step.says is not None:
        return talk.say(step.says)
    buttons = [button for message in last["messages"] for button in message["buttons"]]
    payload = next((button["payload"] for button in buttons if button["title"] == step.picks), None)
    return None if payload is None else talk.press(payload)


def _titles(reply: Reply) -> list[str]:
    return [button["title"] for message in reply["messages"] for button in message["buttons"]]


def _unmet(step: Step, reply: Reply) -> Iterator[str]:
    understood = reply["understood"]["risk"] or reply["understood"]["intent"]
    if step.understood and step.understood != understood:
        yield f"begrepen als {understood}, niet als {step.understood}"
    spoken = texts_of(reply).casefold()
    yield from (f"leest niet “{phrase}”" for phrase in step.reads if phrase.casefold() not in spoken)
    yield from (f"leest toch “{phrase}”" for phrase in step.never_reads if phrase.casefold() in spoken)
    yield from (f"geen knop “{title}”" for title in step.buttons if title not in _titles(reply))
    yield from _wrong_cards(step, cards_of(reply))
    if step.help_bar is not None and reply["help_bar"] != step.help_bar:
        yield "de hulpbalk staat er niet" if step.help_bar else "de hulpbalk staat er al"


def _wrong_cards(step: Step, cards: list[dict[str, Any]]) -> Iterator[str]:
    shown = [card_text(card).casefold() for card in cards]
    together = "\n".join(shown)
    yield from (f"ziet geen kaart met “{name}”" for name in step.sees if name.casefold() not in together)
    yield from (f"ziet toch een kaart met “{name}”" for name in step.never_sees if name.casefold() in together)
    if step.cards is not None and bool(cards) != step.cards:
        yield "er zijn geen kaarten" if step.cards else "er zijn kaarten"
    name, state = (cards[0]["name"], cards[0]["open"]["state"]) if cards else ("geen kaart", "er niet")
    if step.first_card and step.first_card.casefold() not in (shown or [""])[0]:
        yield f"de eerste kaart is niet “{step.first_card}” maar “{name}”"
    if step.first_card_open is not None and (state == "open") != step.first_card_open:
        yield f"de eerste kaart ({name}) is {state}"


def _forbidden(journey: Journey, reply: Reply) -> Iterator[str]:
    everything = "\n".join([texts_of(reply), *(card_text(card) for card in cards_of(reply))]).casefold()
    for phrase in journey.never:
        if phrase.casefold() in everything:
            yield f"hier staat “{phrase}”, en dat mag nooit"


def _said(step: Step) -> str:
    return f"zegt “{step.says}”" if step.says is not None else f"kiest “{step.picks}”"


def _paragraph(start: str, text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent + start, subsequent_indent=indent + " " * len(start)) or [
        indent + start
    ]


def _written(reply: Reply) -> list[str]:
    lines: list[str] = []
    for message in reply["messages"]:
        if message["text"]:
            lines += _paragraph("Bot:  ", message["text"])
        for card in message["cards"]:
            lines += _paragraph("- ", _card(card), "      ")
        if message["buttons"]:
            lines += _paragraph("", "   ".join(f"[{button['title']}]" for button in message["buttons"]), "      ")
    if reply.get("help_bar"):
        lines.append("      (hulpbalk staat vast)")
    return lines


def _card(card: dict[str, Any]) -> str:
    contacts = ", ".join(contact["value"] for contact in card["contacts"][:2])
    return f"{card['name']}: {card['open']['text']}; {card['price']['text']}; {contacts}"
