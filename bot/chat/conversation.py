"""A conversation, whichever door it came through: start, one turn after the other, end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from bot.chat.actions_client import ActionsClient, ActionsUnavailableError
from bot.chat.limits import LONG, TURNS_A_MINUTE, AddressLimiter, LongTexts, TokenBucket
from bot.chat.problem import (
    AlreadySentError,
    ProblemError,
    card_not_shown,
    not_asked,
    not_forgotten,
    not_kept,
    not_reported,
    payload_not_offered,
    session_gone,
    store_down,
    too_long,
    too_many_reports,
    too_many_turns,
)
from bot.chat.rasa_client import RasaClient, RasaUnavailableError, Turn
from bot.chat.redaction import MAX_SENTENCE, redacted
from bot.chat.reply import Message, Reply, message
from bot.chat.sessions import IDLE_SECONDS, MAX_REPORTS, Session, SessionStore, new_session
from nachtlicht.tenants import Tenant

MAX_TURNS = 500
REPORTS_A_MINUTE = 60.0
"""Of all sessions of this process together."""
GIVEN_A_MINUTE = 10.0
"""Sentences that may be given, of all sessions of this process together."""
GREETING = Turn(payload="/groet")
EXPIRES_IN = IDLE_SECONDS

log = logging.getLogger("nachtlicht.chat")
_T = TypeVar("_T")


class Conversations:
    """`rate` is in turns a minute for one session, None for no limit; `safe` is the reply when something is down."""

    def __init__(
        self,
        store: SessionStore,
        rasa: RasaClient,
        actions: ActionsClient,
        safe: Reply,
        rate: float | None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._rasa = rasa
        self._actions = actions
        self._safe = safe
        self._rate = rate
        self._now = now
        self._reports = TokenBucket(REPORTS_A_MINUTE, now())
        self._given = TokenBucket(GIVEN_A_MINUTE, now())
        self._turns = AddressLimiter(None if rate is None else TURNS_A_MINUTE, now)
        self._long_texts = LongTexts(now)

    async def start(self, tenant: Tenant) -> tuple[str, list[Message]]:
        """Starts a session; returns its token and the greeting. ProblemError 503 when sessions cannot be kept."""
        session = new_session(tenant.code, self._rate, self._now(), learns=tenant.learn)
        messages = (await self._ask(session, GREETING))["messages"]
        if tenant.greeting:
            messages = [message(tenant.greeting), *messages]
        try:
            return await self._store.add(session), messages
        except Exception as error:
            raise self._down(error, store_down()) from None

    async def take(
        self,
        token: str,
        turn: Turn,
        message_id: str | None = None,
        after: int | None = None,
        address: str | None = None,
    ) -> Reply:
        """Takes one turn of who sits at `address`. A long text waits its turn behind the sender's own long texts.

        Raises ProblemError 410, 422 or 429; whatever else goes wrong gives the safe reply.

        The same `message_id` gives the same reply again. With `after`, a turn that does not follow right after that
        many turns raises AlreadySentError: a plain form that a browser posts again on Back shows nothing of before.
        """
        try:
            await asyncio.sleep(await self._pause(token, turn, address))
            async with self._store.turn(token) as session:
                if message_id is not None and message_id in session.replies:
                    return session.replies[message_id]
                if after is not None and after != session.turns:
                    raise AlreadySentError(session.turns)
                self._allow(session, turn)
                session.turns += 1
                reply = await self._ask(session, turn)
                if message_id is not None:
                    session.remember(message_id, reply)
                if after is not None:
                    session.page = reply
                return reply
        except ProblemError:
            raise
        except Exception as error:
            return self._down(error, self._safe)

    async def report(self, token: str, card: str, after: int | None = None) -> None:
        """Hands on that a card that this session was shown is not right any more; a second time does nothing.

        `after` as in `take`. Raises ProblemError 410 or 422, 429 past a bound, 503 when it could not be kept.
        """
        try:
            async with self._store.turn(token) as session:
                if after is not None and after != session.turns:
                    raise AlreadySentError(session.turns)
                if card not in session.cards:
                    raise card_not_shown()
                if card in session.reported:
                    return
                if len(session.reported) >= MAX_REPORTS:
                    raise too_many_reports()
                wait = self._reports.take(REPORTS_A_MINUTE, self._now())
                if wait:
                    raise too_many_reports(wait)
                await self._actions.report(card)
                session.reported.append(card)
        except ProblemError:
            raise
        except Exception as error:
            raise self._down(error, not_reported()) from None

    async def preview(self, token: str, text: str) -> str:
        """What would be kept of the sentence that the window just asked about; "" where nothing is worth it.

        Keeps nothing. Raises ProblemError 410, 413, or 422 where the window may not ask.
        """
        try:
            async with self._store.turn(token) as session:
                _may_give(session)
            return await asyncio.to_thread(redacted, _of_one_sentence(text))
        except ProblemError:
            raise
        except Exception as error:
            raise self._down(error, not_kept()) from None

    async def give(self, token: str, text: str) -> None:
        """Keeps the redacted sentence, with the website and the week; once in a conversation.

        Raises ProblemError as `preview`, 429 past a bound, 503 when it could not be kept.
        """
        try:
            kept = await asyncio.to_thread(redacted, _of_one_sentence(text))
            async with self._store.turn(token) as session:
                if session.giving == "given":
                    return  # the same yes, sent again
                _may_give(session)
                wait = self._given.take(GIVEN_A_MINUTE, self._now())
                if wait:
                    raise too_many_turns(wait)
                if kept:
                    await self._actions.give(kept, session.tenant)
                session.giving = "given"
        except ProblemError:
            raise
        except Exception as error:
            raise self._down(error, not_kept()) from None

    async def shown(self, token: str) -> Reply | None:
        """The reply that the plain page of this session shows, None where there is none. Raises ProblemError 410."""
        try:
            async with self._store.turn(token) as session:
                return session.page
        except ProblemError:
            raise
        except Exception as error:
            return self._down(error, None)

    async def end(self, token: str) -> None:
        """Ends a session; returns when everything about it is gone. Raises ProblemError 503 when that is not sure."""
        try:
            sender = await self._store.end(token)
            if sender is not None:
                await self._rasa.forget(sender)
                await self._store.forgotten(token)
        except Exception as error:
            raise self._down(error, not_forgotten()) from None

    async def _pause(self, token: str, turn: Turn, address: str | None) -> float:
        wait = self._turns.take(address)
        if wait:
            raise too_many_turns(wait)
        if self._rate is None or len(turn.text or "") <= LONG:
            return 0.0
        # Not while it waits: whoever leaves meanwhile is forgotten at once, and the text is not read any more.
        async with self._store.turn(token) as session:
            bucket = TokenBucket(session.long_allowance, session.long_refilled)
            pause = self._long_texts.book(bucket, address, len(turn.text or ""))
            session.long_allowance, session.long_refilled = bucket.allowance, bucket.refilled
            return pause

    def _allow(self, session: Session, turn: Turn) -> None:
        if turn.payload is not None and turn.payload not in session.offered:
            raise payload_not_offered()
        if session.turns >= MAX_TURNS:
            raise session_gone()
        if self._rate is not None:
            bucket = TokenBucket(session.allowance, session.refilled)
            wait = bucket.take(self._rate, self._now())
            if wait:
                raise too_many_turns(wait)
            session.allowance, session.refilled = bucket.allowance, bucket.refilled

    async def _ask(self, session: Session, turn: Turn) -> Reply:
        try:
            answer = await self._rasa.turn(session.sender, turn)
        except RasaUnavailableError as error:
            return self._down(error, self._safe)
        session.offer(answer.messages)
        session.help_bar = session.help_bar or answer.help_bar
        session.ended = answer.ended
        reply: Reply = {
            "messages": answer.messages,
            "understood": answer.understood,
            "help_bar": session.help_bar,
            "degraded": False,
        }
        if answer.ended:
            reply["ended"] = True
        elif session.learns and not session.giving and not session.help_bar and answer.understood.get("missed"):
            session.giving = "asked"
            reply["learn"] = True
        return reply

    def _down(self, error: Exception, instead: _T) -> _T:
        # Only which kind of error: its text could hold what a person wrote.
        cause = (
            str(error) if isinstance(error, (RasaUnavailableError, ActionsUnavailableError)) else type(error).__name__
        )
        log.warning("part behind the chat is down: %s", cause)
        return instead


def _may_give(session: Session) -> None:
    """Raises ProblemError 422 where the window did not ask, where there was danger meanwhile, or where it was given."""
    if session.giving != "asked" or session.help_bar:
        raise not_asked()


def _of_one_sentence(text: str) -> str:
    if len(text) > MAX_SENTENCE:
        raise too_long()
    return text
