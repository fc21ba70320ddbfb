"""Rasa's command line, without copying all training data six times while it is read.

Rasa merges the files of `data/` through four importers, each of which copies every example deeply and prints it to
find duplicates. With 25 000 examples that took half of the time before the first component. Nothing changes an example
in between, so the examples themselves do as well; duplicates are dropped once, when a file is read. Nor is each file
held against a schema, which takes longer than reading it: the reader itself refuses what it cannot read, and
`make check` validates.
"""

from __future__ import annotations

import sys

import yaml
from rasa.__main__ import main
from rasa.shared.exceptions import YamlSyntaxException
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData


def merge(self: TrainingData, *others: TrainingData | None) -> TrainingData:
    """Return all of `self` and `others`, as `TrainingData.merge` does, with the same examples instead of copies."""
    merged = TrainingData()
    for data in (self, *others):
        if data:
            merged.training_examples += data.training_examples
            merged.regex_features += data.regex_features
            merged.lookup_tables += data.lookup_tables
            merged.entity_synonyms.update(data.entity_synonyms)
            merged.responses.update(data.responses)
    merged.sort_regex_features()
    return merged


def check(self: RasaYAMLReader, string: str) -> None:
    """Raise YamlSyntaxException, which names the file and the line, where `string` is no YAML."""
    try:
        yaml.load(string, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise YamlSyntaxException(self.filename, error) from None


if __name__ == "__main__":
    TrainingData.merge = merge
    RasaYAMLReader.validate = check
    sys.exit(main())
