"""What a person may pay, how, when and in which language they want contact, as codes.

Entities: `budget`, `increased_allowance`, `channel`, `time`, `language`.
"""

from __future__ import annotations

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
from bot.nlu.wished_channel import channel_of
from bot.nlu.wished_price import budget_of, has_increased_allowance
from bot.nlu.wished_time import NOW, is_only_a_time, time_of

_ABOUT_WHEN = (
    *("geef_kanaal", "zoek_hulp", "zoek_cursus", "meer_resultaten", "andere_regio", "geef_plaats"),
    *("vraag_open_nu", "vraag_mens"),
)

_SURE = 0.95


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
            if written and intent not in RISKS:
                # The vectors understand it, but every answer is in Dutch. What was hardly andere_taal now surely is.
                intent = _make_intent(message, "andere_taal")
            elif intent not in (*RISKS, *_ABOUT_WHEN) and is_only_a_time(text):
                # Of "morgenvoormiddag" alone the classifier makes a greeting.
                intent = _make_intent(message, "geef_kanaal")
            found: dict[str, Any] = {}
            if intent in ("geef_budget", "zoek_hulp", "zoek_cursus", "meer_resultaten", "vraag_kost"):
                found["budget"] = budget_of(text)
                found["increased_allowance"] = True if has_increased_allowance(text) else None
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
