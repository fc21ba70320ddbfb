"""Training data is merged as Rasa merges it."""

from __future__ import annotations

from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa_runtime.training import merge


def data(text: str, intent: str, word: str) -> TrainingData:
    return TrainingData(
        [Message.build(text, intent)],
        entity_synonyms={word: "gent"},
        regex_features=[{"name": word, "pattern": word}],
        lookup_tables=[{"name": word, "elements": [word]}],
        responses={word: [{"text": word}]},
    )


def test_what_is_merged_is_what_rasa_merges() -> None:
    parts = [
        data("we hebben ruzie", "conflict", "gendt"),
        data("hallo", "groet", "gand"),
        data("dag", "groet", "ghent"),
    ]
    ours, theirs = merge(*parts, None), parts[0].merge(*parts[1:], None)
    assert [example.data for example in ours.training_examples] == [
        example.data for example in theirs.training_examples
    ]
    for part in ("entity_synonyms", "regex_features", "lookup_tables", "responses"):
        assert getattr(ours, part) == getattr(theirs, part)
    assert len(parts[0].training_examples) == 1
