"""How long what was checked of a service holds, and from when a service that nobody looks at is not shown any more."""

from __future__ import annotations

import datetime as dt

DUE_AFTER = {"phone": dt.timedelta(days=90), "hours": dt.timedelta(days=180), "price": dt.timedelta(days=365)}
DUE_AFTER_ELSE = dt.timedelta(days=365)
HIDDEN_AFTER = dt.timedelta(days=730)
"""Not checked for longer than this: never shown."""


def due_on(field: str, checked_on: dt.date) -> dt.date:
    """The day on which a field that was checked on `checked_on` should be looked at again."""
    return checked_on + DUE_AFTER.get(field, DUE_AFTER_ELSE)
