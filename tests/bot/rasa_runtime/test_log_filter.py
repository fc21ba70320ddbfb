"""No log record can hold a person's words, however it was made and whatever formats it."""

import json
import logging

import pytest

from bot.rasa_runtime.log_filter import WordlessRecord

CANARY = "kanarie-in-de-mijn"


@pytest.fixture
def written(tmp_path):
    """Yield a function that logs through a wordless factory and returns what a handler wrote."""
    factory = logging.getLogRecordFactory()
    path = tmp_path / "log"
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s %(exc_text)s"))
    logger = logging.getLogger("rasa.core.processor")
    logger.addHandler(handler)
    logging.setLogRecordFactory(WordlessRecord)

    def log(act) -> str:
        act(logger)
        handler.flush()
        return path.read_text("utf-8")

    yield log
    logging.setLogRecordFactory(factory)
    logger.removeHandler(handler)


def crash() -> None:
    words = CANARY
    raise ValueError(f"cannot handle {words}")


def log_exception(logger: logging.Logger) -> None:
    try:
        crash()
    except ValueError:
        logger.exception(f"turn failed for {CANARY}")


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda logger: logger.error(f"text was {CANARY}"), id="words in the message"),
        pytest.param(lambda logger: logger.error("text was %s", CANARY), id="words as an argument"),
        pytest.param(log_exception, id="words in an exception and its frames"),
        pytest.param(lambda logger: logger.error(json.dumps({"event": CANARY, "text": CANARY})), id="words as event"),
        pytest.param(lambda logger: logger.error({"event": "a.b", "text": CANARY}), id="structured, as Rasa logs"),
    ],
)
def test_words_never_reach_a_handler(act, written) -> None:
    output = written(act)
    assert "ERROR rasa.core.processor" in output
    assert CANARY not in output


def test_the_event_name_and_the_kind_of_error_remain(written) -> None:
    output = written(
        lambda logger: logger.error(json.dumps({"event": "rest.message.received.timeout", "text": CANARY}))
    )
    assert "event=rest.message.received.timeout" in output
    assert "error=ValueError" in written(log_exception)


def test_the_control_without_the_filter_does_leak(tmp_path) -> None:
    record = logging.LogRecord("rasa", logging.ERROR, __file__, 1, "text was %s", (CANARY,), None)
    assert CANARY in record.getMessage()
