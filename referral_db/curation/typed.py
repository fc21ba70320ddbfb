"""What people type in one field, as a value, and a value as what stands in the field."""

from __future__ import annotations

import re
from typing import Any

_TIME = re.compile(r"(\d{1,2})(?:[:.uh](\d{2})?)?")


def text_of(value: Any) -> str:
    if value is None or value is False:
        return "nee" if value is False else ""
    if value is True:
        return "ja"
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    return str(value)


def number_of(text: str) -> Any:
    """The number, None for nothing, else the text itself, for the validation to refuse."""
    text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return text or None
    return int(value) if value.is_integer() else value


def yes_no_of(text: str) -> bool | None:
    return {"ja": True, "nee": False}.get(text)


def time_of(text: str) -> str:
    """ "9", "9u", "9.30" and "9u30" as "09:00" and "09:30"; anything else is left for the validation to refuse."""
    match = _TIME.fullmatch(text.replace(" ", "").casefold())
    return f"{int(match[1]):02d}:{match[2] or '00'}" if match else text[:5]
