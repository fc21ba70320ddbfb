"""What a person may pay, how, when and in which language they want contact, as codes.

Entities: `budget`, `increased_allowance`, `channel`, `time`, `language`.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.codes import RISKS
from bot.nlu.need_classifier import NeedClassifier
from bot.nlu.normalise import normalise
from bot.nlu.passages import bounded
from bot.nlu.spoken_language import OTHER, language_of, written_in
from bot.nlu.wished_time import NOW, is_only_a_time, time_of

FREE = "0"
LITTLE = "15"
NO_LIMIT = "geen_grens"

_AMOUNT = re.compile(r"(?:€ ?(\d{1,4})|(\d{1,4}) ?(?:€|euros?|eurokes|eur|ballen)\b)")
_BARE_AMOUNT = re.compile(r"\b(?:max|maximum|tot|hoogstens|ongeveer|rond|een)\b\D{0,12}(\d{1,3})\b")
_FREE = re.compile(
    r"\bgratis|kosteloos|voor niks|voor niets|geen geld|geen cent|niks kosten|niets kosten|niks betalen|niets betalen"
    r"|kan(?: het| da| dat)?(?: echt)? (?:niet|ni|nie) betalen|blut|platzak|leefloon|rond ?komen"
)
_LITTLE = re.compile(
    r"(?:ni|nie|niet) (?:te )?(?:veel|duur)|goedkoop|weinig geld|beetje betalen|kleine? bijdrage|krap bij kas"
    r"|betaalbaar|(?:ni|nie|niet) (?:te )?veel (?:kosten|betalen)|zo weinig mogelijk"
)
_NO_LIMIT = re.compile(
    r"geld (?:is|speelt) (?:geen|niet|ni)|prijs (?:maakt|doet|is|speelt)[a-z ]* (?:niet|ni|niks|geen)"
    r"|maakt[a-z ]* wat het kost"
    r"|mag (?:gerust |zeker |wel )?(?:iets|wat|veel) kosten|kan(?: het)? (?:wel )?betalen|geen probleem om te betalen"
    r"|maakt (?:mij )?(?:niet|ni|nie) uit (?:wat|hoeveel)|budget is geen"
)
_ALLOWANCE = re.compile(r"verhoogde (?:tegemoetkoming|terugbetaling)|omnio|wigw|voorkeurtarief|voorkeursregeling")

_ABOUT_WHEN = (
    *("geef_kanaal", "zoek_hulp", "zoek_cursus", "meer_resultaten", "andere_regio", "geef_plaats"),
    *("vraag_open_nu", "vraag_mens"),
)

_SURE = 0.95

_NOT = r"(?:niet|ni|nie|geen|nooit|durf|liever ni\w*)"
_CHANNELS: dict[str, re.Pattern[str]] = {
    "videogesprek": re.compile(r"\bvideo|beeldbellen|\bzoom\b|\bteams\b|\bskype|met (?:de )?camera|via de computer"),
    "chat": re.compile(r"\bchat|online praten|\btypen\b|whatsapp|berichtje"),
    "mail": re.compile(r"\bmail|\be mail"),
    "sms": re.compile(r"\bsms"),
    "groep": re.compile(r"\bgroep|lotgenoten|praatgroep"),
    "telefoon": re.compile(r"\bbel(?:len|t)?\b|\btelefo|aan de lijn|opbellen|\bgebeld\b"),
    "ter_plaatse": re.compile(
        r"langs ?(?:gaan|komen)|ter plaatse|in het echt|face to face|persoonlijk gesprek|echt gesprek|iemand zien"
        r"|op gesprek|in levende lijve|fysiek|op kantoor|bij iemand gaan|ergens naar ?toe|ter plekke|tegenover iemand"
    ),
    "website": re.compile(r"\bwebsite|\blezen\b|\bsite\b"),
}
_REFUSES = re.compile(
    rf"{_NOT} (?:\w+ ){{0,2}}(?:bellen|telefoneren|praten)|(?:bellen|telefoneren)[a-z' ]{{0,14}} {_NOT}\b"
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class WishExtractor(GraphComponent, EntityExtractorMixin):
    """Reads wishes only out of messages that are about them, so that "ik kan hem niet bellen" is no wish."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [NeedClassifier]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WishExtractor:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            intent = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
            text = normalise(bounded(message.get(TEXT) or ""))
            written = written_in(text)
            if written and intent not in (*RISKS, "andere_taal"):
                # The vectors understand it, but every answer is in Dutch.
                intent = _make_intent(message, "andere_taal")
            elif intent not in (*RISKS, *_ABOUT_WHEN) and is_only_a_time(text):
                # Of "morgenvoormiddag" alone the classifier makes a greeting.
                intent = _make_intent(message, "geef_kanaal")
            found: dict[str, Any] = {}
            if intent in ("geef_budget", "zoek_hulp", "zoek_cursus", "meer_resultaten", "vraag_kost"):
                found["budget"] = budget_of(text)
                found["increased_allowance"] = True if _ALLOWANCE.search(text) else None
            if intent in ("geef_kanaal", "zoek_hulp", "meer_resultaten"):
                found["channel"] = channel_of(text)
            if intent in _ABOUT_WHEN:
                time = time_of(text)
                # Who asks for people now is shown them; it is no wish for all that comes.
                found["time"] = None if time == NOW and intent in ("vraag_open_nu", "vraag_mens") else time
            if intent in RISKS:
                found["language"] = None if written == OTHER else written
            elif intent in ("andere_taal", "geef_kanaal", "zoek_hulp", "zoek_cursus", "meer_resultaten", "vraag_mens"):
                found["language"] = language_of(text, foreign=intent == "andere_taal")
            entities = [
                {"entity": name, "value": value, "start": 0, "end": len(text), "extractor": self.name}
                for name, value in found.items()
                if value is not None
            ]
            if entities:
                message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
        return messages


def _make_intent(message: Message, code: str) -> str:
    """Make `code` the intent, because the text says so beyond doubt; return it."""
    intent = {INTENT_NAME_KEY: code, PREDICTED_CONFIDENCE_KEY: _SURE}
    others = [one for one in message.get(INTENT_RANKING_KEY, []) if one[INTENT_NAME_KEY] != code]
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
    return code


def budget_of(text: str) -> str | None:
    """Return what a normalised text says may be paid: EUR a conversation as digits, "geen_grens", or None."""
    if _NO_LIMIT.search(text):
        return NO_LIMIT
    amounts = [int(a or b) for a, b in _AMOUNT.findall(text)] or [int(a) for a in _BARE_AMOUNT.findall(text)]
    if amounts:
        return str(max(amounts))
    if _FREE.search(text):
        return FREE
    if _LITTLE.search(text) or _ALLOWANCE.search(text):
        return LITTLE
    if text.isdecimal() and int(text) <= 300:
        return text
    return None


def channel_of(text: str) -> str | None:
    """Return the channel code that a normalised text asks for; "ik durf niet bellen" asks for chat."""
    refuses_phone = bool(_REFUSES.search(text))
    for channel, pattern in _CHANNELS.items():
        if pattern.search(text) and not (channel == "telefoon" and refuses_phone):
            return channel
    return "chat" if refuses_phone else None
