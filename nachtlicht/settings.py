"""Settings: read once from the environment, checked at start, then passed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True)
class Settings:
    """Every setting of the product. `rate` is in turns a minute for one session, None for no limit."""

    database_url: str
    redis_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    curation_port: int = 8081
    rasa_port: int = 5005
    actions_port: int = 5055
    rate: float | None = 30.0
    clock: dt.datetime | None = None
    var: Path = Path("var")

    @property
    def rasa_url(self) -> str:
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.actions_port}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the `NACHTLICHT_…` variables. A ValueError names the variable and says what it should hold."""
        var = Path(environment.get("NACHTLICHT_VAR") or "var").resolve()
        return cls(
            database_url=environment.get("NACHTLICHT_DATABASE_URL") or f"sqlite:///{var / 'nachtlicht.db'}",
            redis_url=_redis_url(environment),
            host=environment.get("NACHTLICHT_HOST") or "127.0.0.1",
            port=_port(environment, "NACHTLICHT_PORT", 8080),
            curation_port=_port(environment, "NACHTLICHT_CURATION_PORT", 8081),
            rasa_port=_port(environment, "NACHTLICHT_RASA_PORT", 5005),
            actions_port=_port(environment, "NACHTLICHT_ACTIONS_PORT", 5055),
            rate=_rate(environment),
            clock=_clock(environment),
            var=var,
        )


def _redis_url(environment: Mapping[str, str]) -> str | None:
    value = environment.get("NACHTLICHT_REDIS_URL")
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError(f"NACHTLICHT_REDIS_URL: not a Redis address: {value!r} (expected redis://host:6379/0)")
    return value or None


def _port(environment: Mapping[str, str], key: str, default: int) -> int:
    value = environment.get(key) or str(default)
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise ValueError(f"{key}: not a port: {value!r} (expected a number from 1 to 65535)")
    return int(value)


def _rate(environment: Mapping[str, str]) -> float | None:
    value = environment.get("NACHTLICHT_RATE") or "30"
    if value == "off":
        return None
    try:
        rate = float(value)
    except ValueError:
        rate = 0.0
    if not 0 < rate < 1e6:
        raise ValueError(f"NACHTLICHT_RATE: not a rate: {value!r} (expected turns a minute, such as 30, or off)")
    return rate


def _clock(environment: Mapping[str, str]) -> dt.datetime | None:
    value = environment.get("NACHTLICHT_CLOCK")
    if not value:
        return None
    try:
        local = dt.datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(
            f"NACHTLICHT_CLOCK: not a local time: {value!r} (expected something like 2026-11-23T03:10)"
        ) from None
    return local.replace(tzinfo=BRUSSELS) if local.tzinfo is None else local.astimezone(BRUSSELS)
