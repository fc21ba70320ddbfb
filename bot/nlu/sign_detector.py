"""What the words say besides a need or a danger, and that asks for other words of the bot: by rules alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.dutch_tokenizer import PASSAGES, DutchTokenizer
from bot.nlu.normalise import normalise
from bot.nlu.risk_detector import RISK_KEY
from bot.nlu.risk_rules import RuleBook

SIGNS_KEY = "signs"
"""Parse result: list of the SIGNS found, in their order; not there where there is none."""

SIGNS = ("zoekt_opvang", "wurging", "wapen", "ander", "jong", "familie", "papieren", "vertrek", "ruzie", "boos")
"""The gravest first.

zoekt_opvang: somebody looks for a person in a shelter; wurging: a throat was squeezed; wapen: there is a weapon;
ander: it is about somebody else; jong: who writes is 7 to 17; familie: the family forces or guards; papieren: the right
to stay is at stake; vertrek: leaves or left; ruzie: violence from both sides, in a row; boos: nothing but an insult at
the bot.
"""
_LIVES_FIRST = ("acuut_gevaar", "zelfdoding")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SignDetector(GraphComponent):
    """Sets `sign`. Who hunts for somebody in a shelter is a danger to that person; an insult is no other question."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, rules: RuleBook
    ) -> None:
        self._storage = model_storage
        self._resource = resource
        self._rules = rules

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"signs": "data/signs.yml", "words": "data/risk"}

    @classmethod
    def required_components(cls) -> list[type]:
        # RiskDetector stands before it too, but Rasa looks for it among what trains, where it is nobody's step.
        return [DutchTokenizer]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SignDetector:
        return cls(config, model_storage, resource, read_signs(Path(config["signs"]), Path(config["words"])))

    def train(self, training_data: TrainingData) -> Resource:
        with self._storage.write_to(self._resource) as folder:
            (folder / "signs.json").write_text(json.dumps(self._rules.as_json()), "utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SignDetector:
        with model_storage.read_from(resource) as folder:
            rules = json.loads((folder / "signs.json").read_text("utf-8"))
            return cls(config, model_storage, resource, RuleBook.from_json(rules))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(PASSAGES):
                self._mark(message)
        return messages

    def _mark(self, message: Message) -> None:
        passages = message.get(PASSAGES)
        sentences = [normalise(passage) for passage in (passages[1:] or passages)]
        found = {rule.code for sentence in sentences for rule in self._rules.firing(sentence)}
        if len(sentences) > 1:
            found.discard("boos")  # who says more than an insult is answered on that
        risk = dict(message.get(RISK_KEY) or {})
        if risk.get("code"):
            found.discard("boos")
        if not found:
            return
        message.set(SIGNS_KEY, [sign for sign in SIGNS if sign in found], add_to_output=True)
        if "zoekt_opvang" in found and risk.get("code") not in _LIVES_FIRST:
            _make_intent(message, "eigen_agressie")
            message.set(RISK_KEY, {**risk, "code": "eigen_agressie", "by": "rule", "near": None}, add_to_output=True)
        if "boos" in found:
            _make_intent(message, "niet_wat_ik_bedoelde")
            message.set(RISK_KEY, {**risk, "near": None}, add_to_output=True)


def _make_intent(message: Message, name: str) -> None:
    intent = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: 1.0}
    message.set(INTENT, intent, add_to_output=True)
    others = [one for one in message.get(INTENT_RANKING_KEY) or [] if one[INTENT_NAME_KEY] != name]
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)


def read_signs(path: Path, words: Path) -> RuleBook:
    """Read the rules of a file, with the word lists of the folder `words`; a ValueError names the rule and its fault.

    They are written as the rules of danger are (docs/risk-rules.md).
    """
    book = RuleBook.with_words_of(words)
    for row in yaml.safe_load(path.read_text("utf-8")):
        if row.get("id") not in SIGNS:
            raise ValueError(f"{path.name}, {row.get('id')!r}: expected one of {', '.join(SIGNS)}")
        book.add(f"{path.name}, {row['id']!r}", row["id"], row)
    return book
