"""What every component of the pipeline has to hold to, and a small pipeline to hold it against."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.code_scorer import CLAUSE_SCORES, CODE_SCORES, CodeScorer
from bot.nlu.dutch_tokenizer import DutchTokenizer
from bot.nlu.need_classifier import NeedClassifier
from bot.nlu.place_extractor import PlaceExtractor
from bot.nlu.risk_detector import RiskDetector
from bot.nlu.sentence_encoder import SentenceEncoder
from bot.nlu.sign_detector import SignDetector
from bot.nlu.text_ngrams import TextNgrams
from bot.nlu.wish_extractor import WishExtractor

PIPELINE: tuple[type[GraphComponent], ...] = (
    DutchTokenizer,
    SentenceEncoder,
    TextNgrams,
    CodeScorer,
    NeedClassifier,
    RiskDetector,
    SignDetector,
    PlaceExtractor,
    WishExtractor,
)
EXAMPLES = {
    "conflict": ("we maken elke dag ruzie", "altijd ambras over de afwas", "weer ruzie gehad over geld"),
    "ontrouw": ("mijn man gaat vreemd", "ze heeft een ander", "ik heb hem bedrogen met een collega"),
    "groet": ("hallo", "goeienavond", "dag iedereen"),
    "zelfdoding": ("ik wil niet meer leven", "ik denk aan zelfmoord", "ik wil dood"),
    "partnergeweld": ("mijn man slaat mij", "hij duwt mij tegen de muur", "ze dreigt mij te slaan"),
}
MESSAGES = (
    "k heb weer ruzie met mijn lief, over den afwas",
    "Hij slaat mij. Wat moet ik doen?",
    "😢",
    "   ",
    "wij wonen in Gent",
    "x" * 3000,
)


@dataclass
class Step:
    """A component of the trained pipeline and where its model lies."""

    kind: type[GraphComponent]
    config: dict[str, Any]
    storage: LocalModelStorage
    resource: Resource

    def load(self) -> Any:
        return self.kind.load(self.config, self.storage, self.resource, context())


def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), "contract")


def train_pipeline(folder: Path, rules: Path) -> list[Step]:
    """Train every component on EXAMPLES, each on what the ones before it made of them, as Rasa does."""
    storage = LocalModelStorage(folder)
    data = TrainingData([Message({TEXT: text, INTENT: intent}) for intent, texts in EXAMPLES.items() for text in texts])
    steps = []
    for kind in PIPELINE:
        own = {"rules": str(rules)} if kind is RiskDetector else {}
        step = Step(kind, {**kind.get_default_config(), **own}, storage, Resource(kind.__name__))
        fresh = kind.create(step.config, storage, step.resource, context())
        if hasattr(fresh, "train"):
            assert fresh.train(data) == step.resource
        if hasattr(kind, "process_training_data"):
            data = step.load().process_training_data(data)
        steps.append(step)
    return steps


def read(components: list[Any], text: str) -> Message:
    """Let `components` read one text, in their order."""
    message = Message({TEXT: text})
    for component in components:
        component.process([message])
    return message


def everything(message: Message) -> dict[str, Any]:
    """Return what components wrote into `message`, in a form that can be compared."""
    found = copy.copy(message.data)
    found.pop("text_tokens", None)
    found["tokens"] = [token.text for token in message.get("text_tokens", [])]
    for key in (CODE_SCORES, CLAUSE_SCORES):
        if key in found:
            found[key] = found[key].values
    if "passage_ngrams" in found:
        found["passage_ngrams"] = found["passage_ngrams"].toarray()
    return {
        key: np.round(value, 4).tolist() if isinstance(value, np.ndarray) else value for key, value in found.items()
    }
