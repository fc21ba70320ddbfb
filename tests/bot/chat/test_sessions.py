"""Session stores: both keep the same promises."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis

from bot.chat import sessions
from bot.chat.problem import ProblemError
from bot.chat.redis_sessions import RedisSessionStore
from bot.chat.reply import message
from bot.chat.sessions import MemorySessionStore, SessionStore, new_session
from tests.conftest import missing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def redis_socket() -> Iterator[str]:
    """The path of a private Redis server's socket; it keeps nothing on disk and ends after the tests."""
    program = shutil.which("redis-server")
    if program is None:
        missing("redis-server is not installed")
    folder = tempfile.mkdtemp(prefix="nachtlicht-redis-")
    socket = Path(folder) / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 10
        while not socket.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        yield str(socket)
        server.terminate()
    shutil.rmtree(folder)


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def run(request: pytest.FixtureRequest) -> Callable[[Callable[[SessionStore], Awaitable[None]]], None]:
    """Runs one asynchronous test on a fresh store."""
    socket = request.getfixturevalue("redis_socket") if request.param == "redis" else None

    def run(test: Callable[[SessionStore], Awaitable[None]]) -> None:
        async def main() -> None:
            store: SessionStore = MemorySessionStore()
            if socket is not None:
                redis = Redis(unix_socket_path=socket)
                await redis.flushall()
                store = RedisSessionStore(redis)
            await store.ping()
            await test(store)
            await store.close()

        asyncio.run(main())

    return run


async def gone(store: SessionStore, token: str) -> bool:
    try:
        async with store.turn(token):
            return False
    except ProblemError as problem:
        return problem.status == 410


def test_a_session_is_lent_changed_and_kept(run: Callable[..., None]) -> None:
    async def test(store: SessionStore) -> None:
        token = await store.add(new_session("demo", 30, time.time()))
        assert len(token) >= 43
        async with store.turn(token) as session:
            session.turns = 7
            session.offer([{"text": "", "buttons": [{"title": "Ja", "payload": "/bevestig"}], "cards": []}])
            session.remember(
                "a", {"messages": [message("dag")], "understood": {}, "help_bar": False, "degraded": False}
            )
        async with store.turn(token) as session:
            assert (session.turns, session.offered) == (7, ["/bevestig"])
            assert session.replies["a"]["messages"] == [message("dag")]
        assert await gone(store, "x" * 43)

    run(test)


def test_turns_wait_for_each_other(run: Callable[..., None]) -> None:
    async def test(store: SessionStore) -> None:
        token = await store.add(new_session("demo", 30, time.time()))

        async def turn() -> None:
            async with store.turn(token) as session:
                before = session.turns
                await asyncio.sleep(0.01)
                session.turns = before + 1

        await asyncio.gather(*(turn() for _ in range(5)))
        async with store.turn(token) as session:
            assert session.turns == 5

    run(test)


def test_a_failed_turn_gives_the_session_free(run: Callable[..., None]) -> None:
    async def test(store: SessionStore) -> None:
        token = await store.add(new_session("demo", 30, time.time()))
        with pytest.raises(RuntimeError):
            async with store.turn(token):
                raise RuntimeError
        assert not await gone(store, token)

    run(test)


def test_an_ended_session_is_gone_but_its_sender_is_known_until_forgotten(run: Callable[..., None]) -> None:
    async def test(store: SessionStore) -> None:
        session = new_session("demo", 30, time.time())
        token = await store.add(session)
        assert await store.end(token) == session.sender
        assert await gone(store, token)
        assert await store.end(token) == session.sender
        await store.forgotten(token)
        assert await store.end(token) is None

    run(test)


def test_a_turn_that_runs_while_the_session_ends_does_not_bring_it_back(run: Callable[..., None]) -> None:
    async def test(store: SessionStore) -> None:
        token = await store.add(new_session("demo", 30, time.time()))
        order = []
        inside = asyncio.Event()

        async def turn() -> None:
            async with store.turn(token):
                inside.set()
                await asyncio.sleep(0.1)
                order.append("turn")

        running = asyncio.create_task(turn())
        await inside.wait()
        await store.end(token)
        order.append("end")
        await running
        assert order == ["turn", "end"]
        assert await gone(store, token)

    run(test)


def test_a_session_that_rasa_ended_is_gone(run: Callable[..., None]) -> None:
    async def test(store: SessionStore) -> None:
        token = await store.add(new_session("demo", 30, time.time()))
        async with store.turn(token) as session:
            session.ended = True
        assert await gone(store, token)

    run(test)


@pytest.mark.redis
def test_redis_holds_no_token_and_lets_everything_expire(redis_socket: str) -> None:
    async def main() -> None:
        redis = Redis(unix_socket_path=redis_socket)
        await redis.flushall()
        store = RedisSessionStore(redis)
        token = await store.add(new_session("demo", 30, time.time()))
        other = await store.add(new_session("demo", 30, time.time()))
        async with store.turn(token):
            pass
        await store.end(other)
        keys = await redis.keys("*")
        assert len(keys) == 2
        for key in keys:
            assert token.encode() not in key + await redis.get(key)
            assert 0 < await redis.ttl(key) <= 1800
        await store.close()

    asyncio.run(main())


def test_memory_forgets_after_30_idle_minutes() -> None:
    async def main() -> None:
        clock = Clock()
        store = MemorySessionStore(now=clock)
        token = await store.add(new_session("demo", 30, clock()))
        ending = await store.add(new_session("demo", 30, clock()))
        await store.end(ending)
        clock.now += sessions.IDLE_SECONDS - 1
        assert not await gone(store, token)
        clock.now += sessions.IDLE_SECONDS - 1
        await store.sweep()
        assert len(store) == 1
        assert await store.end(ending) is None
        clock.now += 2
        assert await gone(store, token)
        await store.sweep()
        assert len(store) == 0

    asyncio.run(main())


def test_memory_has_a_cap_and_drops_what_was_unused_for_longest() -> None:
    async def main() -> None:
        store = MemorySessionStore(capacity=3)
        tokens = [await store.add(new_session("demo", 30, time.time())) for _ in range(3)]
        assert not await gone(store, tokens[0])
        await store.add(new_session("demo", 30, time.time()))
        assert len(store) == 3
        assert [await gone(store, token) for token in tokens] == [False, True, False]

    asyncio.run(main())


def test_a_queue_of_turns_has_an_end() -> None:
    async def main() -> None:
        store = MemorySessionStore()
        token = await store.add(new_session("demo", 30, time.time()))

        async def turn() -> int:
            try:
                async with store.turn(token):
                    await asyncio.sleep(0.01)
                    return 200
            except ProblemError as problem:
                return problem.status

        statuses = await asyncio.gather(*(turn() for _ in range(12)))
        assert sorted(statuses) == [200] * 9 + [429] * 3

    asyncio.run(main())


def test_a_session_keeps_a_bounded_number_of_replies_and_payloads() -> None:
    session = new_session("demo", 30, 0.0)
    for number in range(400):
        session.offer([{"text": "", "buttons": [{"title": "x", "payload": f"/{number}"}], "cards": []}])
        session.remember(str(number), {"messages": [], "understood": {}, "help_bar": False, "degraded": False})
    assert len(session.offered) == sessions.KEPT_PAYLOADS
    assert "/399" in session.offered
    assert list(session.replies) == ["395", "396", "397", "398", "399"]
