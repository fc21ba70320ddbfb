"""What the words say besides a need or a danger, and that asks for other words of the bot: by rules alone."""

from __future__ import annotations

import json
import re
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

SIGN_KEY = "sign"
"""Parse result: one of SIGNS; not there where there is none."""

SIGNS = ("zoekt_opvang", "wurging", "wapen", "boos")
"""In the order in which one wins from the other.

zoekt_opvang: somebody looks for a person in a shelter; wurging: a throat was squeezed; wapen: there is a weapon; boos:
nothing but an insult at the bot.
"""
_LIVES_FIRST = ("acuut_gevaar", "zelfdoding")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SignDetector(GraphComponent):
    """Sets `sign`. Who hunts for somebody in a shelter is a danger to that person; an insult is no other question."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, rules: list[dict[str, str]]
    ) -> None:
        self._storage = model_storage
        self._resource = resource
        self._rules = rules
        self._compiled = [
            (rule["sign"], re.compile(rule["pattern"]), re.compile(rule["unless"] or "(?!)")) for rule in rules
        ]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"signs": "data/signs.yml"}

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
        return cls(config, model_storage, resource, read_signs(Path(config["signs"])))

    def train(self, training_data: TrainingData) -> Resource:
        with self._storage.write_to(self._resource) as folder:
            (folder / "signs.json").write_text(json.dumps(self._rules), "utf-8")
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
            return cls(config, model_storage, resource, json.loads((folder / "signs.json").read_text("utf-8")))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(PASSAGES):
                self._mark(message)
        return messages

    def _mark(self, message: Message) -> None:
        passages = message.get(PASSAGES)
        sentences = [normalise(passage) for passage in (passages[1:] or passages)]
        found = {
            sign
            for sign, pattern, unless in self._compiled
            for sentence in sentences
            if pattern.search(sentence) and not unless.search(sentence)
        }
        if len(sentences) > 1:
            found.discard("boos")  # who says more than an insult is answered on that
        risk = dict(message.get(RISK_KEY) or {})
        if risk.get("code"):
            found.discard("boos")
        sign = next((one for one in SIGNS if one in found), None)
        message.set(SIGN_KEY, sign, add_to_output=True)
        if sign == "zoekt_opvang" and risk.get("code") not in _LIVES_FIRST:
            _make_intent(message, "eigen_agressie")
            message.set(RISK_KEY, {**risk, "code": "eigen_agressie", "by": "rule", "near": None}, add_to_output=True)
        if sign == "boos":
            _make_intent(message, "niet_wat_ik_bedoelde")
            message.set(RISK_KEY, {**risk, "near": None}, add_to_output=True)


def _make_intent(message: Message, name: str) -> None:
    intent = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: 1.0}
    message.set(INTENT, intent, add_to_output=True)
    others = [one for one in message.get(INTENT_RANKING_KEY) or [] if one[INTENT_NAME_KEY] != name]
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)


def read_signs(path: Path) -> list[dict[str, str]]:
    """Read the rules of a file; a ValueError names the rule and what is wrong with it.

    Every rule carries a reason, an example that it must match, and under `not` sentences that it must not match.
    """
    rules = []
    for row in yaml.safe_load(path.read_text("utf-8")):
        name = f"{path.name}, {row.get('sign')!r}"
        if row.get("sign") not in SIGNS:
            raise ValueError(f"{name}: expected one of {', '.join(SIGNS)}")
        missing = [key for key in ("pattern", "reason", "example") if not row.get(key)]
        if missing:
            raise ValueError(f"{name}: `{missing[0]}` is missing")
        try:
            pattern, unless = re.compile(row["pattern"]), re.compile(row.get("unless") or "(?!)")
        except re.error as error:
            raise ValueError(f"{name}: not a regular expression: {error}") from None
        wrong = [
            sentence
            for sentence, should in [(row["example"], True), *((one, False) for one in row.get("not", []))]
            if bool(pattern.search(normalise(sentence)) and not unless.search(normalise(sentence))) != should
        ]
        if wrong:
            raise ValueError(f"{name}: it judges {wrong[0]!r} otherwise than stands there")
        rules.append({"sign": row["sign"], "pattern": row["pattern"], "unless": row.get("unless") or ""})
    return rules
