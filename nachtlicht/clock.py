"""The time in Flanders, or the fixed time of a test or demonstration."""

from __future__ import annotations

import datetime as dt

from nachtlicht.settings import BRUSSELS, Settings


def now(settings: Settings) -> dt.datetime:
    """Return the current time as an aware datetime in Europe/Brussels; `settings.clock` when that is set."""
    return settings.clock or dt.datetime.now(BRUSSELS)


def is_night(moment: dt.datetime) -> bool:
    """Tell whether `moment` falls between 22:00 and 07:00 in Flanders (the answers guide's night)."""
    hour = moment.astimezone(BRUSSELS).hour
    return hour >= 22 or hour < 7
