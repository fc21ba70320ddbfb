"""The Dutch spaCy pipeline, in the best of three forms that this machine has."""

from __future__ import annotations

import logging
from functools import lru_cache

import spacy
from spacy.language import Language

logger = logging.getLogger(__name__)

TRAINED = "nl_core_news_sm"
# Sentence parsing and named entities cost 3 ms a message and nothing here reads them.
_UNUSED = ["parser", "ner"]


@lru_cache(maxsize=2)
def load_dutch(name: str = TRAINED) -> Language:
    """Return the trained pipeline `name`; where it is not installed, a blank one with lookup lemmas and a warning."""
    try:
        return spacy.load(name, exclude=_UNUSED)
    except OSError:
        logger.warning(
            "%s is not installed: going on with lookup lemmas. Messages are understood as well as with it; to have it, "
            "run `make setup` with a connection, or set NACHTLICHT_WHEELHOUSE to a folder that holds its wheel.",
            name,
        )
    blank = spacy.blank("nl")
    blank.add_pipe("lemmatizer", config={"mode": "lookup"})
    blank.initialize()
    return blank


def is_trained(pipeline: Language) -> bool:
    """Tell whether `pipeline` is the trained one (the blank one has no tagger)."""
    return "tagger" in pipeline.pipe_names
