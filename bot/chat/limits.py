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

from bot.chat.problem import ProblemError, bad_request, too_long

MAX_TEXT = 1000
"""Characters of one message: reading time grows faster than length, and one long message holds up everybody."""
MAX_BODY = 16 * 1024
"""Bytes of one request."""
BODY_SECONDS = 10.0
NEW_SESSIONS_A_MINUTE = 30.0
KEY_SECONDS = 3600.0
MAX_CLIENTS = 50_000


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
    """Allows `rate` goes a minute on average and as many at once. Times are in seconds of any one clock."""

    allowance: float
    refilled: float

    def take(self, rate: float, now: float) -> float:
        """Takes one go. Returns 0 when it was there, else the seconds until the next one."""
        most = max(rate, 1.0)
        self.allowance = min(most, self.allowance + max(0.0, now - self.refilled) * rate / 60)
        self.refilled = now
        if self.allowance >= 1:
            self.allowance -= 1
            return 0.0
        return (1 - self.allowance) * 60 / rate


class NewSessionLimiter:
    """Limits new sessions for one network address without keeping the address.

    Only a keyed hash is held, in memory; the key changes every hour and all counts go with it. Loopback is the
    machine itself (tests, a proxy that does not pass the client on) and is not limited.
    """

    def __init__(self, rate: float | None = NEW_SESSIONS_A_MINUTE, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._now = now
        self._renew()

    def take(self, address: str | None) -> float:
        """Takes one new session for `address`. Returns 0, or the seconds to wait."""
        network = _network(address)
        if self._rate is None or network is None:
            return 0.0
        now = self._now()
        if now - self._since > KEY_SECONDS or len(self._buckets) >= MAX_CLIENTS:
            self._renew()
        client = hmac.digest(self._key, network, hashlib.sha256)
        bucket = self._buckets.setdefault(client, TokenBucket(self._rate, now))
        return bucket.take(self._rate, now)

    def _renew(self) -> None:
        self._key = secrets.token_bytes(32)
        self._since = self._now()
        self._buckets: dict[bytes, TokenBucket] = {}


def _network(address: str | None) -> bytes | None:
    """The address for IPv4, its /64 for IPv6 (one home has a whole /64); None where there is nothing to limit."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if parsed.is_loopback:
        return None
    return parsed.packed if parsed.version == 4 else parsed.packed[:8]
