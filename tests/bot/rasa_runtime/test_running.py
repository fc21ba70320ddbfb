"""A turn that hangs is broken off, and a wipe does not leave one running that saves afterwards."""

import asyncio

import pytest

from bot.rasa_runtime.running import RunningTurns

SENDER = "sender-sender-sender"


def test_a_turn_gives_what_it_returns() -> None:
    assert asyncio.run(RunningTurns().run(SENDER, asyncio.sleep(0, "reply"))) == "reply"


def test_a_turn_that_takes_too_long_is_broken_off_before_it_saves() -> None:
    saved = []

    async def turn() -> None:
        await asyncio.sleep(0.2)
        saved.append("codes")

    async def drill() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await RunningTurns(seconds=0.02).run(SENDER, turn())
        await asyncio.sleep(0.3)

    asyncio.run(drill())
    assert saved == []


def test_a_client_that_hangs_up_does_not_stop_its_turn() -> None:
    saved = []

    async def turn() -> None:
        await asyncio.sleep(0.05)
        saved.append("codes")

    async def drill() -> None:
        waiting = asyncio.ensure_future(RunningTurns().run(SENDER, turn()))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.sleep(0.1)

    asyncio.run(drill())
    assert saved == ["codes"]


def test_after_a_wipe_no_turn_of_that_sender_goes_on() -> None:
    saved = []

    async def turn(whose: str) -> None:
        await asyncio.sleep(0.05)
        saved.append(whose)

    async def drill() -> None:
        turns = RunningTurns()
        mine = asyncio.ensure_future(turns.run(SENDER, turn("mine")))
        other = asyncio.ensure_future(turns.run("other-other-other", turn("other")))
        await asyncio.sleep(0.01)
        await turns.break_off(SENDER)
        with pytest.raises(asyncio.TimeoutError):
            await mine
        await other
        await asyncio.sleep(0.1)

    asyncio.run(drill())
    assert saved == ["other"]


def test_an_error_nobody_waits_for_is_not_reported() -> None:
    reported = []

    async def turn() -> None:
        await asyncio.sleep(0.02)
        raise ValueError("kanarie")

    async def drill() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
        waiting = asyncio.ensure_future(RunningTurns().run(SENDER, turn()))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.sleep(0.05)

    asyncio.run(drill())
    assert reported == []


def test_nothing_is_kept_of_turns_that_are_over() -> None:
    turns = RunningTurns()
    asyncio.run(turns.run(SENDER, asyncio.sleep(0)))
    assert turns._running == {}
