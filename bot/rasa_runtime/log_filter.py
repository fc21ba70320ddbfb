"""Logs that cannot hold a person's words: level, logger, event name and error type, nothing else.

Rasa and rasa-sdk print whole conversations at ERROR level when an action fails, and its structured log prints local
variables. So nothing that was formatted into a message is ever written; what remains is enough to find the place.
"""

from __future__ import annotations

import json
import logging
import re

_EVENT_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


class EventNameFormatter(logging.Formatter):
    """Formats a record as `LEVEL logger event=… error=…`."""

    def format(self, record: logging.LogRecord) -> str:
        parts = [record.levelname, record.name]
        event = _event_name(record.msg)
        if event:
            parts.append(f"event={event}")
        else:
            parts.append(f"at={record.module}:{record.lineno}")
        if record.exc_info and record.exc_info[0]:
            parts.append(f"error={record.exc_info[0].__name__}")
        return " ".join(parts)


def _event_name(message: object) -> str | None:
    if isinstance(message, str) and message.startswith("{"):
        try:
            message = json.loads(message)
        except ValueError:
            return None
    event = message.get("event") if isinstance(message, dict) else None
    return event if isinstance(event, str) and _EVENT_NAME.fullmatch(event) else None
