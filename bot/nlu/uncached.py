"""Training data that Rasa need not print over and over.

While it trains, Rasa takes a fingerprint of all training data before and after every component, to find what a cache
holds. deploy/train.sh leaves that cache off; with 25 000 examples the fingerprints took half a minute.
"""

from __future__ import annotations

from uuid import uuid4

from rasa.shared.nlu.training_data.training_data import TrainingData


class UncachedTrainingData(TrainingData):
    """Plain training data otherwise; its fingerprint is another each time, so a cache never takes it for older data."""

    @classmethod
    def of(cls, data: TrainingData) -> UncachedTrainingData:
        """Return `data` with the same examples."""
        uncached = cls()
        # Set one by one: the constructor looks for duplicates, which were dropped when the files were read.
        uncached.training_examples = data.training_examples
        uncached.entity_synonyms = data.entity_synonyms
        uncached.regex_features = data.regex_features
        uncached.lookup_tables = data.lookup_tables
        uncached.responses = data.responses
        return uncached

    def fingerprint(self) -> str:
        return uuid4().hex
