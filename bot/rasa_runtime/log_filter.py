"""Logs that cannot hold a person's words: event name, place in the code and error type, nothing else.

Rasa prints whole conversations at ERROR level when an action fails, its structured log prints local variables, and
its command line replaces every log format that a configuration file sets. So the words are taken out where a record
is made, before any handler or format can see them.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from typing import Any

_EVENT_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


class WordlessRecord(logging.LogRecord):
    """A log record whose message is `event=… at=module:line error=…`, whatever was logged."""

    def __init__(
        self,
        name: str,
        level: int,
        pathname: str,
        lineno: int,
        msg: object,
        args: Any,
        exc_info: Any,
        func: str | None = None,
        sinfo: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, level, pathname, lineno, "", (), None, func, None, **kwargs)
        parts = [f"at={self.module}:{lineno}"]
        event = _event_name(msg)
        if event:
            parts.insert(0, f"event={event}")
        if isinstance(exc_info, tuple) and exc_info[0]:
            parts.append(f"error={exc_info[0].__name__}")
        self.msg = " ".join(parts)


def install() -> None:
    """Make every log record of this process wordless, and keep warnings (they quote values) off the screen."""
    logging.setLogRecordFactory(WordlessRecord)
    warnings.showwarning = lambda *_args, **_kwargs: None


def _event_name(message: object) -> str | None:
    if isinstance(message, str) and message.startswith("{"):
        try:
            message = json.loads(message)
        except ValueError:
            return None
    event = message.get("event") if isinstance(message, dict) else None
    return event if isinstance(event, str) and _EVENT_NAME.fullmatch(event) else None
