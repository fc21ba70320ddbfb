"""Who is signed in: on the server, in memory, gone after a while, at sign-out and at a restart."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

IDLE_SECONDS = 30 * 60.0
LONGEST_SECONDS = 12 * 3600.0
MAX_SESSIONS = 5_000

_TOKEN_BYTES = 32


@dataclass
class SignedIn:
    """One session. A session ends when the password of its user changes: `password_hash` no longer agrees."""

    user_id: int
    password_hash: str
    started: float
    seen: float
    notices: list[str] = field(default_factory=list)
    """Dutch sentences for the next page."""
    new_secret: str = ""
    """The secret of an app that is being added, until a first code proves that it works."""


class Sessions:
    """The sessions by the hash of their token, so that memory holds no token. `now` is any clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic, longest: float = LONGEST_SECONDS) -> None:
        self._now, self._longest = now, longest
        self._key = secrets.token_bytes(_TOKEN_BYTES)
        self._lock = threading.Lock()
        self._sessions: dict[bytes, SignedIn] = {}

    def start(self, user_id: int, password_hash: str) -> str:
        """Starts a session and gives its token: 256 random bits."""
        token = new_token()
        now = self._now()
        with self._lock:
            self._sweep(now)
            self._sessions[_hash(token)] = SignedIn(user_id, password_hash, now, now)
        return token

    def find(self, token: str | None) -> SignedIn | None:
        """The live session of a token; being asked for keeps it alive."""
        if not token:
            return None
        now = self._now()
        with self._lock:
            session = self._sessions.get(_hash(token))
            if session is None:
                return None
            if self._ended(session, now):
                del self._sessions[_hash(token)]
                return None
            session.seen = now
            return session

    def end(self, token: str | None) -> None:
        with self._lock:
            self._sessions.pop(_hash(token or ""), None)

    def end_all(self, user_id: int, but: str | None = None) -> None:
        """Ends every session of a user, but the one of that token."""
        with self._lock:
            kept = _hash(but or "")
            self._sessions = {
                key: session for key, session in self._sessions.items() if session.user_id != user_id or key == kept
            }

    def form_token(self, token: str) -> str:
        """What a form must carry to be taken as sent from a page of this session (CSRF)."""
        return hmac.new(self._key, token.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, token: str | None, given: str) -> bool:
        return bool(token) and hmac.compare_digest(self.form_token(token or "").encode(), given.encode())

    def _sweep(self, now: float) -> None:
        self._sessions = {key: session for key, session in self._sessions.items() if not self._ended(session, now)}
        while len(self._sessions) >= MAX_SESSIONS:
            del self._sessions[min(self._sessions, key=lambda key: self._sessions[key].seen)]

    def _ended(self, session: SignedIn, now: float) -> bool:
        return now - session.seen > IDLE_SECONDS or now - session.started > self._longest


def new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
