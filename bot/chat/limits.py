"""Bounds on what one request, one session and one client may ask."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request

from bot.chat.problem import ProblemError, bad_request, too_long, too_many_turns

MAX_TEXT = 1000
"""Characters of one message: reading time grows faster than length, and one long message holds up everybody."""
MAX_BODY = 16 * 1024
"""Bytes of one request."""
BODY_SECONDS = 10.0
NEW_SESSIONS_A_MINUTE = 30.0
TURNS_A_MINUTE = 300.0
"""From one network: a hundred people behind one address, each with a message every twenty seconds."""
KEY_SECONDS = 3600.0
MAX_CLIENTS = 50_000
LONG = 250
"""Characters past which a text is long: reading it takes Rasa's one core several times as long as a short one."""
LONG_AT_ONCE = 3_000.0
LONG_A_MINUTE = 12_000.0
"""Characters in long texts of one session: forty times as fast as people type, so that pasting goes too."""
NETWORK_LONG_AT_ONCE = 8_000.0
NETWORK_LONG_A_MINUTE = 24_000.0
LONGEST_PAUSE = 5.0
"""Seconds that a long text may wait behind its sender's own; past that it is refused."""


async def read_body(request: Request) -> bytes:
    """Reads at most `MAX_BODY` bytes within `BODY_SECONDS`. Raises ProblemError 413, 408 or 400."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > MAX_BODY:
        raise too_long()
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    raise too_long()
    except TimeoutError:
        raise ProblemError(408, "slow", "Het duurde te lang voor je bericht hier was. Probeer het nog eens.") from None
    except ClientDisconnect:
        raise bad_request() from None
    return bytes(body)


@dataclass
class TokenBucket:
    """What may be spent: `rate` a minute on average and `most` at once. Times are in seconds of any one clock."""

    allowance: float
    refilled: float

    def wait(self, cost: float, rate: float, most: float, now: float) -> float:
        """Gives the seconds until `cost` is there, 0 when it is. Takes nothing."""
        self.allowance = min(most, self.allowance + max(0.0, now - self.refilled) * rate / 60)
        self.refilled = now
        return max(0.0, cost - self.allowance) * 60 / rate

    def take(self, rate: float, now: float) -> float:
        """Takes one go out of `rate` a minute. Returns 0 when it was there, else the seconds until the next one."""
        wait = self.wait(1, rate, max(rate, 1.0), now)
        if not wait:
            self.allowance -= 1
        return wait


class AddressBuckets:
    """A bucket for each network address, without keeping the address.

    Only a keyed hash is held, in memory; the key changes every hour and all counts go with it. Loopback is the
    machine itself (tests, a proxy that does not pass the client on) and has no bucket.
    """

    def __init__(self, full: float, now: Callable[[], float] = time.monotonic) -> None:
        self._full = full
        self._now = now
        self._renew()

    def of(self, address: str | None) -> TokenBucket | None:
        """Gives the bucket of `address`, full when it is new; None where there is nothing to limit."""
        network = _network(address)
        if network is None:
            return None
        now = self._now()
        if now - self._since > KEY_SECONDS or len(self._buckets) >= MAX_CLIENTS:
            self._renew()
        client = hmac.digest(self._key, network, hashlib.sha256)
        return self._buckets.setdefault(client, TokenBucket(self._full, now))

    def _renew(self) -> None:
        self._key = secrets.token_bytes(32)
        self._since = self._now()
        self._buckets: dict[bytes, TokenBucket] = {}


class AddressLimiter:
    """Limits what one network address may do to `rate` a minute, None for no limit."""

    def __init__(self, rate: float | None, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._now = now
        self._buckets = AddressBuckets(rate or 0.0, now)

    def take(self, address: str | None) -> float:
        """Takes one go for `address`. Returns 0, or the seconds to wait."""
        bucket = None if self._rate is None else self._buckets.of(address)
        return bucket.take(self._rate or 0.0, self._now()) if bucket else 0.0


class LongTexts:
    """Spaces out the long texts of one sender: they wait behind each other, and nobody else behind them."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._networks = AddressBuckets(NETWORK_LONG_AT_ONCE, now)

    def book(self, session: TokenBucket, address: str | None, characters: int) -> float:
        """Books a text of so many characters; returns the seconds that it has to wait.

        Raises ProblemError 429, and books nothing, when that would be longer than `LONGEST_PAUSE`.
        """
        now, network = self._now(), self._networks.of(address)
        pause = session.wait(characters, LONG_A_MINUTE, LONG_AT_ONCE, now)
        if network:
            pause = max(pause, network.wait(characters, NETWORK_LONG_A_MINUTE, NETWORK_LONG_AT_ONCE, now))
        if pause > LONGEST_PAUSE:
            raise too_many_turns(pause)
        for bucket in filter(None, (session, network)):
            bucket.allowance -= characters
        return pause


def _network(address: str | None) -> bytes | None:
    """The address for IPv4, its /64 for IPv6 (one home has a whole /64); None where there is nothing to limit."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if parsed.is_loopback:
        return None
    return parsed.packed if parsed.version == 4 else parsed.packed[:8]
