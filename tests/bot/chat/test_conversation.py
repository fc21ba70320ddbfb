"""A conversation whose sender sends much: it waits behind itself, and nobody else behind it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.chat.actions_client import ActionsClient
from bot.chat.conversation import Conversations
from bot.chat.limits import LONG, TURNS_A_MINUTE
from bot.chat.problem import ProblemError
from bot.chat.rasa_client import RasaClient, Turn
from bot.chat.safe_reply import safe_reply
from bot.chat.sessions import MemorySessionStore
from nachtlicht.tenants import load_tenants
from referral_db.crisis import load_crisis

if TYPE_CHECKING:
    from tests.bot.chat.channel import FakeChannel

HOME = "192.0.2.1"
LONG_TEXT = Turn(text="a " * 500)
SHORT_TEXT = Turn(text="a" * LONG)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were taken, without their time."""
    taken: list[float] = []

    async def sleep(seconds: float) -> None:
        if seconds:
            taken.append(seconds)

    monkeypatch.setattr("bot.chat.conversation.asyncio.sleep", sleep)
    return taken


def conversations(channel: FakeChannel, rate: float | None) -> Conversations:
    http = channel.client()
    rasa, actions = RasaClient(http, "http://127.0.0.1:5005"), ActionsClient(http, "http://127.0.0.1:5055")
    store = MemorySessionStore(now=lambda: 0.0)
    return Conversations(store, rasa, actions, safe_reply(load_crisis()), rate, now=lambda: 0.0)


def test_long_texts_wait_behind_the_sender_s_own_and_short_ones_never(
    channel: FakeChannel, pauses: list[float]
) -> None:
    async def drill() -> None:
        talks = conversations(channel, 600.0)
        token, _ = await talks.start(load_tenants()["demo"])
        for _ in range(4):
            await talks.take(token, LONG_TEXT, address=HOME)
        with pytest.raises(ProblemError) as refused:
            await talks.take(token, LONG_TEXT, address=HOME)
        assert refused.value.status == 429
        await talks.take(token, SHORT_TEXT, address=HOME)
        other, _ = await talks.start(load_tenants()["demo"])
        await talks.take(other, LONG_TEXT, address="192.0.2.2")

    asyncio.run(drill())
    assert pauses == [pytest.approx(5.0)]
    assert len(channel.turns) == 2 + 6, "the greetings, and all but what was refused"


def test_who_leaves_while_a_long_text_waits_is_not_read_any_more(
    channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drill() -> None:
        talks = conversations(channel, 600.0)
        token, _ = await talks.start(load_tenants()["demo"])

        async def leave(seconds: float) -> None:
            if seconds:
                await talks.end(token)

        monkeypatch.setattr("bot.chat.conversation.asyncio.sleep", leave)
        for _ in range(3):
            await talks.take(token, LONG_TEXT)
        with pytest.raises(ProblemError) as gone:
            await talks.take(token, LONG_TEXT)
        assert gone.value.status == 410

    asyncio.run(drill())
    assert len(channel.turns) == 1 + 3


def test_one_network_has_so_many_turns_over_all_its_sessions(channel: FakeChannel) -> None:
    async def drill() -> None:
        talks = conversations(channel, 600.0)
        tokens = [(await talks.start(load_tenants()["demo"]))[0] for _ in range(4)]
        for taken in range(int(TURNS_A_MINUTE)):
            await talks.take(tokens[taken % 4], SHORT_TEXT, address=HOME)
        with pytest.raises(ProblemError) as refused:
            await talks.take(tokens[0], SHORT_TEXT, address=HOME)
        assert refused.value.status == 429
        await talks.take(tokens[0], SHORT_TEXT, address="192.0.2.2")
        await talks.take(tokens[0], SHORT_TEXT, address="127.0.0.1")

    asyncio.run(drill())


def test_without_a_rate_nothing_waits(channel: FakeChannel, pauses: list[float]) -> None:
    async def drill() -> None:
        talks = conversations(channel, None)
        token, _ = await talks.start(load_tenants()["demo"])
        for _ in range(20):
            await talks.take(token, LONG_TEXT, address=HOME)

    asyncio.run(drill())
    assert pauses == []
