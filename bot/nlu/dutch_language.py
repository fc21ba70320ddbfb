"""The Dutch spaCy pipeline, in the best of three forms that this machine has; it remembers nothing that it read."""

from __future__ import annotations

import logging
from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.vocab import Vocab

logger = logging.getLogger(__name__)

TRAINED = "nl_core_news_sm"
# Sentence parsing and named entities cost 3 ms a message and nothing here reads them.
_UNUSED = ["parser", "ner"]


@lru_cache(maxsize=2)
def load_dutch(name: str = TRAINED) -> Language:
    """Return the trained pipeline `name`; where it is not installed, a blank one with lookup lemmas and a warning."""
    try:
        return _without_memory(spacy.load(name, exclude=_UNUSED))
    except OSError:
        logger.warning(
            "%s is not installed: going on with lookup lemmas. Messages are understood as well as with it; to have it, "
            "run `make setup` with a connection, or set NACHTLICHT_WHEELHOUSE to a folder that holds its wheel.",
            name,
        )
    blank = spacy.blank("nl")
    blank.add_pipe("lemmatizer", config={"mode": "lookup"})
    blank.initialize()
    return _without_memory(blank)


def _without_memory(pipeline: Language) -> Language:
    """spaCy keeps every string that it ever read in its vocabulary, so each text is cut with a vocabulary of its own.

    The list of abbreviations would have to be read anew each time; nothing needs "a.u.b." as one token.
    """
    rules = pipeline.tokenizer

    def cut(text: str) -> Doc:
        tokenizer = Tokenizer(
            Vocab(),
            prefix_search=rules.prefix_search,
            suffix_search=rules.suffix_search,
            infix_finditer=rules.infix_finditer,
            token_match=rules.token_match,
            url_match=rules.url_match,
        )
        doc: Doc = tokenizer(text)
        return doc

    pipeline.tokenizer = cut
    return pipeline


def is_trained(pipeline: Language) -> bool:
    """Tell whether `pipeline` is the trained one (the blank one has no tagger)."""
    return "tagger" in pipeline.pipe_names
