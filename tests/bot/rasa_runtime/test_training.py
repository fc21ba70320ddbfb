"""Training data is read and merged as Rasa does it."""

from __future__ import annotations

import warnings

import pytest
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa_runtime.training import check, merge


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


GOOD = """version: "3.1"
nlu:
- intent: groet
  examples: |
    - hallo
    - dag
"""


@pytest.mark.parametrize("text", [GOOD, GOOD + "- intent: dank\n  examples: |\n    - merci\n"])
def test_a_file_is_read_as_with_a_schema(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = RasaYAMLReader().reads(text)
    monkeypatch.setattr(RasaYAMLReader, "validate", check)
    read = RasaYAMLReader().reads(text)
    assert [one.data for one in read.training_examples] == [one.data for one in checked.training_examples]


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("nlu:", "nlu: ["),
        GOOD.replace("examples: |", "voorbeelden: |"),
        GOOD.replace("    - dag", "\t- dag"),
    ],
)
def test_what_cannot_be_read_is_said_all_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RasaYAMLReader, "validate", check)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises((RasaException, UserWarning)):
            RasaYAMLReader().reads(text)
