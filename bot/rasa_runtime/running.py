"""Turns that are being taken, so that none goes on for ever and none outlives a wipe."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

TURN_SECONDS = 1.5
"""What takes longer is broken off, and nothing of it kept. Less than the 1.8 seconds that the chat process waits: a
wipe that has to wait for a turn in another Rasa process is then still in time."""


class RunningTurns:
    """Runs turns by sender. A client that hangs up does not stop its turn; the time limit and `break_off` do."""

    def __init__(self, seconds: float = TURN_SECONDS) -> None:
        self._seconds = seconds
        self._running: dict[str, set[asyncio.Future[Any]]] = {}

    async def run(self, sender: str, turn: Coroutine[Any, Any, Any]) -> Any:
        """Return what `turn` returns. Raises asyncio.TimeoutError, also when the turn was broken off."""
        task = asyncio.ensure_future(asyncio.wait_for(turn, self._seconds))
        self._running.setdefault(sender, set()).add(task)
        task.add_done_callback(lambda _: self._done(sender, task))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise asyncio.TimeoutError from None
            raise

    async def break_off(self, sender: str) -> None:
        """Stop every turn of `sender`; when this returns none of them can save anything any more."""
        tasks = self._running.pop(sender, set())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, sender: str, task: asyncio.Future[Any]) -> None:
        if not task.cancelled():
            task.exception()  # asked for, so that asyncio does not report it when nobody waits
        running = self._running.get(sender, set())
        running.discard(task)
        if not running:
            self._running.pop(sender, None)
