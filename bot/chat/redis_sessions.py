"""Sessions in Redis, for several chat processes."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import LockError

from bot.chat.problem import session_gone, too_many_turns
from bot.chat.sessions import IDLE_SECONDS, WAIT_SECONDS, Session, new_token

_HOLD_SECONDS = 4.0
"""After this long a lock ends by itself: its process was killed. Longer than a turn, shorter than WAIT_SECONDS."""
_ANSWER_SECONDS = 0.5
"""A Redis that does not answer by then is away. Two of these and Rasa's own fit in the two seconds of a safe reply."""


def connect(url: str) -> Redis:
    """Connects to the Redis at `url`, which gets one short chance at each question: people wait for the answer."""
    return Redis.from_url(
        url,
        socket_timeout=_ANSWER_SECONDS,
        socket_connect_timeout=_ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


class RedisSessionStore:
    """Sessions in Redis, for several chat processes. One JSON value a session, under a hash of its token."""

    def __init__(self, redis: Redis, now: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._now = now

    async def add(self, session: Session) -> str:
        token = new_token()
        await self._redis.set(_key("session", token), json.dumps(asdict(session)), ex=IDLE_SECONDS)
        return token

    @asynccontextmanager
    async def turn(self, token: str) -> AsyncIterator[Session]:
        key = _key("session", token)
        if not await self._redis.exists(key):
            raise session_gone()
        lock = self._redis.lock(_key("lock", token), timeout=_HOLD_SECONDS, blocking_timeout=WAIT_SECONDS, sleep=0.02)
        if not await lock.acquire():
            raise too_many_turns(WAIT_SECONDS)
        try:
            raw = await self._redis.get(key)
            if raw is None:
                raise session_gone()
            session = Session(**_object(raw))
            yield session
            session.last_used = self._now()
            if session.ended:
                await self._redis.delete(key)
            else:
                # Only where it still stands: a session that was ended meanwhile must not come back.
                await self._redis.set(key, json.dumps(asdict(session)), ex=IDLE_SECONDS, xx=True)
        finally:
            await _release(lock)

    async def end(self, token: str) -> str | None:
        key, ending = _key("session", token), _key("ending", token)
        raw = await self._redis.get(key)
        if raw is None:
            left = await self._redis.get(ending)
            return str(left, "ascii") if isinstance(left, bytes) else left
        sender = str(_object(raw)["sender"])
        await self._redis.set(ending, sender, ex=IDLE_SECONDS)
        await self._redis.delete(key)
        lock = self._redis.lock(_key("lock", token), timeout=_HOLD_SECONDS, blocking_timeout=WAIT_SECONDS, sleep=0.02)
        if await lock.acquire():
            await _release(lock)
        return sender

    async def forgotten(self, token: str) -> None:
        await self._redis.delete(_key("ending", token))

    async def sweep(self) -> None:
        return  # Redis expires by itself

    async def ping(self) -> None:
        await self._redis.ping()

    async def close(self) -> None:
        await self._redis.aclose()


def _key(kind: str, token: str) -> str:
    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    return f"nachtlicht:{kind}:{digest}"


def _object(raw: bytes | str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(raw)
    return data


async def _release(lock: Any) -> None:
    with suppress(LockError):  # it had run out; the next turn has it already
        await lock.release()
