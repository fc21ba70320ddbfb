"""Training data without Rasa's costly fingerprint."""

from __future__ import annotations

from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import deep_container_fingerprint

from bot.nlu.uncached import UncachedTrainingData


def test_the_examples_stay_and_a_cache_never_knows_them() -> None:
    data = TrainingData([Message.build("we hebben ruzie", "conflict")], entity_synonyms={"stad": "gent"})
    uncached = UncachedTrainingData.of(data)
    assert [example.data for example in uncached.training_examples] == [
        example.data for example in data.training_examples
    ]
    assert uncached.entity_synonyms == data.entity_synonyms
    assert deep_container_fingerprint(uncached) != deep_container_fingerprint(uncached)
