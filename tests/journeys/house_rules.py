"""What holds for every reply of every conversation, whatever was said; used by the journeys and by the random walks."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

Reply = dict[str, Any]

_HOME = Path(__file__).resolve().parents[2]

VIOLENCE = frozenset({"acuut_gevaar", "partnergeweld", "seksueel_geweld", "kind_in_gevaar", "eigen_agressie"})
"""After one of these nothing joint is ever offered: the guide's "geen koppelwerk bij geweld, angst of dwang"."""

LINE_OF = {
    "acuut_gevaar": "112",
    "zelfdoding": "1813",
    "partnergeweld": "1712",
    "seksueel_geweld": "zsg.belgium.be",
    "kind_in_gevaar": "1712",
    "eigen_agressie": "1712",
}
"""The line that the guide's decision table gives each risk; written out here so that the table is what is tested."""

JOINT_PROVIDERS = frozenset({"relatietherapeut", "relatiebegeleiding", "bemiddelaar", "bemiddeling"})
SHELTERS = frozenset({"vluchthuis", "veilig huis"})

_JOINT_WORDS = re.compile(
    r"relatietherap|koppeltherap|partnerrelatietherap|koppelgesprek|relatiegesprek|relatiebegeleid|bemiddel"
    r"|samen in therapie|veel koppels hebben er iets aan|nog eens vragen|praat het uit|samen praten|tijdvoorjerelatie"
    r"|voor koppels|met jullie twee"
)
_ENGLISH = re.compile(
    r"\b(the|you|your|please|sorry to hear|help line|loading|error|undefined|null|none|true|false|exception|slot|intent"
    r"|fallback|form|default|monday|tuesday|closed|open until|free of charge|call us)\b"
)
# With capitals: "niet veilig thuis" is Dutch, "Veilig Thuis" is a service of another country.
_FOREIGN = re.compile(
    r"\b(Veilig Thuis|De Luisterlijn|Slachtofferhulp Nederland|Centrum Seksueel Geweld|[Ee]igen risico)\b"
    r"|\b0800[- ]?(2000|0113)\b|(?<![\d.])113(?!\d)"
)
_CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\{[a-z_]*\}|/[a-z]+_[a-z_]+")


def texts_of(reply: Reply) -> str:
    """All sentences and button titles of a reply, cards apart."""
    return "\n".join(
        part
        for message in reply["messages"]
        for part in (message["text"], *(button["title"] for button in message["buttons"]))
    )


def cards_of(reply: Reply) -> list[dict[str, Any]]:
    return [card for message in reply["messages"] for card in message["cards"]]


def card_text(card: dict[str, Any]) -> str:
    """Everything of a card that a person may read."""
    contacts = " ".join(contact["value"] for contact in card["contacts"])
    return " | ".join(
        [
            card["name"],
            card["provider_type"],
            card["summary"],
            *card["why"],
            *card["not_matching"],
            card["price"]["text"],
            card["open"]["text"],
            contacts,
            card["place"],
            card["admission"] or "",
        ]
    )


class Watch:
    """Watches one conversation. `couple_work` holds the ids of the services that work with two partners together."""

    def __init__(self, couple_work: frozenset[str] = frozenset()) -> None:
        self._couple_work = couple_work
        self._violence = False
        self._own_aggression = False
        self._risk = False

    def faults(self, reply: Reply) -> list[str]:
        """Return in Dutch what is wrong with the next reply of the conversation; empty when nothing is."""
        risk = _risk_of(reply["understood"])
        self._note(risk)
        self._note_answer(reply)
        found = [*_spoken_faults(reply), *self._joint_faults(reply)]
        if reply["degraded"]:
            found.append("de bot gaf het vaste antwoord voor als er iets stuk is")
        if risk and not any(LINE_OF[risk] in card_text(card) for card in cards_of(reply)):
            found.append(f"na {risk} staat {LINE_OF[risk]} niet op een kaart")
        if self._risk and not reply["help_bar"] and not _wiped(reply):
            found.append("de hulpbalk is weg na een alarm")
        return found

    def _note(self, risk: str | None) -> None:
        self._risk = self._risk or risk is not None
        self._violence = self._violence or risk in VIOLENCE
        self._own_aggression = self._own_aggression or risk == "eigen_agressie"

    def _note_answer(self, reply: Reply) -> None:
        """A help bar without a risk in words: an answer to a question about danger meant it. Which, the lines tell."""
        if reply["help_bar"] and not self._risk:
            self._risk = True
            self._violence = not any("1813" in card_text(card) for card in cards_of(reply))

    def _joint_faults(self, reply: Reply) -> list[str]:
        if not self._violence:
            return []
        found = [
            f"na geweld staat er een kaart van “{card['name']}” ({card['provider_type']})"
            for card in cards_of(reply)
            if card["provider_type"] in JOINT_PROVIDERS or card["id"] in self._couple_work
        ]
        found += [f"na geweld staat er “{hit}”" for hit in _JOINT_WORDS.findall(texts_of(reply).casefold())]
        if self._own_aggression:
            found += [
                f"na eigen agressie staat er een kaart van “{card['name']}”"
                for card in cards_of(reply)
                if card["provider_type"] in SHELTERS
            ]
        return found


def _risk_of(understood: dict[str, Any]) -> str | None:
    """The risk that the bot acts on: a detected one, one on a button, or one that the message is most likely about."""
    likely = understood["intent"] if understood["confidence"] >= _doubt_below() else None
    code: str | None = understood["risk"] or likely
    return code if code in LINE_OF else None


@lru_cache(maxsize=1)
def _doubt_below() -> float:
    channels = yaml.safe_load((_HOME / "credentials.yml").read_text("utf-8"))
    return float(channels["bot.rasa_runtime.channel.NachtlichtChannel"]["doubt_below"])


def _spoken_faults(reply: Reply) -> list[str]:
    found = []
    if not reply["messages"]:
        found.append("het antwoord is leeg")
    for message in reply["messages"]:
        text = message["text"].strip()
        if not text and not message["cards"]:
            found.append("een bericht zonder tekst en zonder kaarten")
        if len(text.split()) > 60:
            found.append(f"meer dan zestig woorden: “{text}”")
    if sum(message["text"].count("?") for message in reply["messages"]) > 1:
        found.append("twee vragen in één antwoord")
    everything = "\n".join([texts_of(reply), *(card_text(card) for card in cards_of(reply))])
    spoken = texts_of(reply).casefold()
    # The one reply in other languages says so on purpose.
    if "in danger: call 112" not in spoken:
        found += [f"Engels: “{hit}”" for hit in _ENGLISH.findall(spoken)]
    found += [f"buitenlandse dienst: “{hit.group()}”" for hit in _FOREIGN.finditer(everything)]
    found += [f"een code in plaats van woorden: “{hit}”" for hit in _CODE.findall(spoken)]
    return found


def _wiped(reply: Reply) -> bool:
    return reply["understood"]["intent"] == "wis_gesprek"
