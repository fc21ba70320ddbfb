"""An action never raises, and says nothing half."""

import asyncio
import logging

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, SafeAction
from tests.actions.conftest import tracker


class Failing(SafeAction):
    def name(self) -> str:
        return "action_failing"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        say.utter_message(text="Een halve zin")
        raise RuntimeError("kanarie")


def test_a_failing_action_gives_the_mark_for_the_safe_reply(caplog: pytest.LogCaptureFixture) -> None:
    say = CollectingDispatcher()
    with caplog.at_level(logging.DEBUG):
        events = asyncio.run(Failing().run(say, tracker("ontrouw"), {}))
    assert events == []
    assert [message["custom"] for message in say.messages] == [{"degraded": True}]
    assert "RuntimeError" in caplog.text
    assert "kanarie" not in caplog.text
