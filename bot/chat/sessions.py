"""Sessions: what the chat process holds of a conversation. Codes and the bot's own texts, never a person's words."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bot.chat.limits import LONG_AT_ONCE
from bot.chat.problem import session_gone, too_many_turns
from bot.chat.reply import Message, Reply

IDLE_SECONDS = 1800
CAPACITY = 20_000
"""Sessions in memory at once; past that the one unused for longest is dropped."""
KEPT_REPLIES = 5
KEPT_PAYLOADS = 300
KEPT_CARDS = 100
MAX_REPORTS = 5
"""Cards that one session may report: more is not a person who reads them."""
WAIT_SECONDS = 10.0
"""How long a message waits for the one before it in the same session."""
MAX_WAITING = 8


@dataclass
class Session:
    """One conversation. `sender` is how Rasa knows it and differs from the session's token; times are Unix seconds."""

    sender: str
    tenant: str
    created: float
    last_used: float
    turns: int = 0
    help_bar: bool = False
    ended: bool = False
    allowance: float = 0.0
    refilled: float = 0.0
    long_allowance: float = LONG_AT_ONCE
    long_refilled: float = 0.0
    offered: list[str] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)
    cards: list[str] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)
    learns: bool = False
    """Whether the website lets people give a sentence to learn from."""
    giving: Literal["", "asked", "given"] = ""
    """Where that is: not asked yet, asked after a miss, or given."""
    page: Reply | None = None
    """The last reply that the plain page shows: the bot's own words, to show again beside a thank you."""

    def offer(self, messages: Sequence[Message]) -> None:
        """Remembers the payloads of the buttons and the ids of the cards that were shown: no other is accepted.

        Crisis lines are fixed texts and no records: those cannot be reported.
        """
        ids = [str(card["id"]) for message in messages for card in message["cards"]]
        records = [card for card in ids if not card.startswith("crisis-")]
        self.cards = list(dict.fromkeys([*records, *self.cards]))[:KEPT_CARDS]
        shown = [button["payload"] for message in messages for button in message["buttons"]]
        self.offered = list(dict.fromkeys([*shown, *self.offered]))[:KEPT_PAYLOADS]

    def remember(self, message_id: str, reply: Reply) -> None:
        """Keeps the reply to `message_id`, so that the same message sent again is not a second turn."""
        self.replies[message_id] = reply
        while len(self.replies) > KEPT_REPLIES:
            del self.replies[next(iter(self.replies))]


def new_session(tenant: str, rate: float | None, now: float, *, learns: bool = False) -> Session:
    return Session(
        learns=learns,
        sender=secrets.token_urlsafe(24),
        tenant=tenant,
        created=now,
        last_used=now,
        allowance=rate or 0.0,
        refilled=now,
    )


def new_token() -> str:
    return secrets.token_urlsafe(32)


class SessionStore(Protocol):
    """Where sessions live. Each method may raise OSError or RedisError when the store cannot be reached."""

    async def add(self, session: Session) -> str:
        """Stores a new session; returns its token."""

    def turn(self, token: str) -> AbstractAsyncContextManager[Session]:
        """Lends the session for one turn and saves it after. Turns of one session come one after the other.

        Raises ProblemError 410 for an unknown, ended or expired session, 429 when too many turns wait.
        """

    async def end(self, token: str) -> str | None:
        """Closes the session for good, waits for a running turn, returns the sender that Rasa has to forget.

        None when nothing is left to forget. Until `forgotten` is called the sender is given again.
        """

    async def forgotten(self, token: str) -> None:
        """Rasa has confirmed: the last trace goes."""

    async def sweep(self) -> None:
        """Drops what has expired."""

    async def ping(self) -> None:
        """Raises when the store cannot be reached."""

    async def close(self) -> None: ...


@dataclass
class _Entry:
    session: Session
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class MemorySessionStore:
    """Sessions in this process; a restart forgets them all."""

    def __init__(self, capacity: int = CAPACITY, now: Callable[[], float] = time.time) -> None:
        self._capacity = capacity
        self._now = now
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._ending: dict[str, tuple[str, float]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    async def add(self, session: Session) -> str:
        await self.sweep()
        while len(self._entries) >= self._capacity:
            self._entries.popitem(last=False)
        token = new_token()
        self._entries[token] = _Entry(session)
        return token

    @asynccontextmanager
    async def turn(self, token: str) -> AsyncIterator[Session]:
        entry = self._live(token)
        if entry.waiting >= MAX_WAITING:
            raise too_many_turns(WAIT_SECONDS)
        entry.waiting += 1
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await entry.lock.acquire()
        except TimeoutError:
            raise too_many_turns(WAIT_SECONDS) from None
        finally:
            entry.waiting -= 1
        try:
            if self._entries.get(token) is not entry:
                raise session_gone()
            yield entry.session
            entry.session.last_used = self._now()
            if entry.session.ended:
                self._entries.pop(token, None)
            elif token in self._entries:
                self._entries.move_to_end(token)
        finally:
            entry.lock.release()

    async def end(self, token: str) -> str | None:
        entry = self._entries.pop(token, None)
        if entry is None:
            return self._ending[token][0] if token in self._ending else None
        self._ending[token] = (entry.session.sender, self._now())
        try:
            async with asyncio.timeout(WAIT_SECONDS), entry.lock:
                pass
        except TimeoutError:
            pass  # Rasa forgets in its own turn order; waiting is the second belt
        return entry.session.sender

    async def forgotten(self, token: str) -> None:
        self._ending.pop(token, None)

    async def sweep(self) -> None:
        limit = self._now() - IDLE_SECONDS
        while self._entries:
            token, entry = next(iter(self._entries.items()))
            if entry.session.last_used > limit:
                break
            del self._entries[token]
        for token in [token for token, (_, since) in self._ending.items() if since <= limit]:
            del self._ending[token]

    async def ping(self) -> None:
        return

    async def close(self) -> None:
        self._entries.clear()
        self._ending.clear()

    def _live(self, token: str) -> _Entry:
        entry = self._entries.get(token)
        if entry is None:
            raise session_gone()
        if entry.session.last_used <= self._now() - IDLE_SECONDS:
            del self._entries[token]
            raise session_gone()
        return entry
