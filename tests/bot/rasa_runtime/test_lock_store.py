"""One turn of a conversation at a time: in one process, and over two that share Redis."""

import asyncio
import os
import shutil

import pytest
from rasa.utils.endpoints import EndpointConfig

from bot.rasa_runtime.lock_store import ConversationLocks
from tests.services import private_redis


@pytest.fixture(params=["memory", "redis"])
def url(request, tmp_path):
    if request.param == "memory":
        yield ""
        return
    if not shutil.which("redis-server"):
        if os.environ.get("CI") == "true":
            pytest.fail("redis-server is missing, and CI may not skip it")
        pytest.skip("redis-server is not installed")
    with private_redis(tmp_path) as address:
        yield address


def stores(url):
    """What two Rasa processes have; without Redis there is one process only."""
    first = ConversationLocks(EndpointConfig(url=url))
    return first, ConversationLocks(EndpointConfig(url=url)) if url else first


def test_turns_of_one_conversation_come_one_after_the_other(url) -> None:
    async def main() -> list[str]:
        order = []

        async def turn(store, name) -> None:
            async with store.lock("sender"):
                order.append(f"{name} begins")
                await asyncio.sleep(0.1)
                order.append(f"{name} ends")

        first, second = stores(url)
        await asyncio.gather(turn(first, "one"), turn(second, "two"))
        return order

    order = asyncio.run(main())
    assert order in (
        ["one begins", "one ends", "two begins", "two ends"],
        ["two begins", "two ends", "one begins", "one ends"],
    )


def test_another_conversation_does_not_wait(url) -> None:
    async def main() -> None:
        first, second = stores(url)
        async with first.lock("sender"), second.lock("another"):
            pass

    asyncio.run(asyncio.wait_for(main(), 2))


def test_a_turn_that_is_broken_off_leaves_no_lock(url) -> None:
    async def main() -> None:
        first, second = stores(url)

        async def hang() -> None:
            async with first.lock("sender"):
                await asyncio.sleep(60)

        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(hang(), 0.2)
        async with second.lock("sender"):
            pass

    asyncio.run(asyncio.wait_for(main(), 3))


def test_the_lock_of_a_killed_process_ends_by_itself(tmp_path) -> None:
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")

    async def main(url) -> None:
        killed = ConversationLocks(EndpointConfig(url=url), hold_seconds=0.3)
        await killed.lock("sender").__aenter__()
        keys = await killed._redis.keys("*")
        assert [await killed._redis.pttl(key) > 0 for key in keys] == [True]
        async with ConversationLocks(EndpointConfig(url=url)).lock("sender"):
            pass
        assert await killed._redis.keys("*") == []

    with private_redis(tmp_path) as url:
        asyncio.run(asyncio.wait_for(main(url), 3))
