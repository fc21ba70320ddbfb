"""Where the person lives or looks for help: entity `place` with a label, `place_options` when a name is
ambiguous, `abroad` for what lies outside Flanders and Brussels.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.dutch_tokenizer import DutchTokenizer
from bot.nlu.elsewhere import elsewhere
from bot.nlu.passages import bounded
from bot.nlu.place_names import PlaceNames, key

_ABOUT_A_PLACE = ("geef_plaats", "andere_regio")
_CLEAR = 0.5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PlaceExtractor(GraphComponent, EntityExtractorMixin):
    """The value of an entity is a label out of our own table, never the words of the person."""

    def __init__(self, names: PlaceNames, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._names = names
        self._config = config
        self._storage = storage
        self._resource = resource

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"places": "referral_db/seed/places.csv"}

    @classmethod
    def required_components(cls) -> list[type]:
        return [DutchTokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        return ["rapidfuzz"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceExtractor:
        return cls(PlaceNames.read(Path(config["places"])), config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        # The table goes into the model, so that a model and its places belong together.
        with self._storage.write_to(self._resource) as folder:
            shutil.copy(self._config["places"], folder / "places.csv")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceExtractor:
        with model_storage.read_from(resource) as folder:
            return cls(PlaceNames.read(folder / "places.csv"), config, model_storage, resource)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = bounded(message.get(TEXT) or "")
            intent = message.get(INTENT) or {}
            expected = intent.get(INTENT_NAME_KEY) in _ABOUT_A_PLACE
            other_topic = not expected and intent.get(PREDICTED_CONFIDENCE_KEY, 0.0) > _CLEAR
            labels = self._names.find(text, place_expected=expected, other_topic=other_topic, guess=False)
            abroad = None if labels else elsewhere(key(text), place_expected=expected)
            if not labels and not abroad:
                labels = self._names.find(text, place_expected=expected, other_topic=other_topic)
            if abroad:
                entity = {"entity": "abroad", "value": abroad, "start": 0, "end": len(text), "extractor": self.name}
                message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
            if labels:
                entity = {
                    "entity": "place" if len(labels) == 1 else "place_options",
                    "value": labels[0] if len(labels) == 1 else labels[:6],
                    "start": 0,
                    "end": len(text),
                    "extractor": self.name,
                }
                message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
        return messages
