"""Conversations without HTTP, many a second: Rasa's half in a process of its own, the actions in this one.

The model, the rules, the actions and the database are the product's; only the doors between them are pipes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import uuid
import warnings
from collections.abc import Iterator
from typing import Any

from rasa_sdk.executor import ActionExecutor

from bot.chat.reply import read_messages, read_understood
from tests.journeys.house_rules import Reply
from tests.stack import HOME

Parsed = dict[str, Any]


class Dialogue:
    """Rasa with its actions, ready for conversations. One at a time uses it."""

    def __init__(self, rasa: subprocess.Popen[str]) -> None:
        self._rasa = rasa
        self._executor = ActionExecutor()
        self._executor.register_package("actions")
        self._loop = asyncio.new_event_loop()
        self._parsed: dict[str, Parsed] = {}
        if not self._read().get("ready"):
            raise AssertionError("Rasa did not start: see above")

    def parsed(self, said: str | Parsed) -> Parsed:
        """Return what the model makes of a text, worked out once for each; a parse result is one already."""
        if not isinstance(said, str):
            return said
        if said not in self._parsed:
            self._write({"parse": said})
            self._parsed[said] = self._read()
        return self._parsed[said]

    def turn(self, sender: str, **said: Any) -> Reply:
        """Return the reply to `parsed` or `payload` in the shape of the chat API."""
        self._write({"sender": sender, **said})
        answer = self._read()
        while "action" in answer:
            done = self._loop.run_until_complete(self._executor.run(answer["action"]))
            self._write(done.model_dump() if done else None)
            answer = self._read()
        if answer.get("failed"):
            return {"messages": [], "understood": read_understood(None), "help_bar": False, "degraded": True}
        return {
            "messages": read_messages(answer["messages"]),
            "understood": read_understood(answer["understood"]),
            "help_bar": answer["help_bar"],
            "degraded": False,
        }

    def close(self) -> None:
        self._loop.close()

    def _write(self, value: Any) -> None:
        assert self._rasa.stdin
        self._rasa.stdin.write(json.dumps(value) + "\n")
        self._rasa.stdin.flush()

    def _read(self) -> Any:
        assert self._rasa.stdout
        return json.loads(self._rasa.stdout.readline() or "{}")


class QuickTalk:
    """One conversation; takes words like `tests.stack.Talk`, or a parse result that no sentence may ever give."""

    greeting: list[dict[str, Any]] = []

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._sender = uuid.uuid4().hex

    def say(self, said: str | Parsed) -> Reply:
        return self._dialogue.turn(self._sender, parsed=self._dialogue.parsed(said))

    def press(self, payload: str) -> Reply:
        return self._dialogue.turn(self._sender, payload=payload)


@contextlib.contextmanager
def dialogue() -> Iterator[Dialogue]:
    """Start Rasa's half; the database and the clock are those of the environment. Stops it at the end."""
    with subprocess.Popen(
        [HOME / ".venv-rasa/bin/python", "-W", "ignore", "-m", "tests.e2e.rasa_side"],
        cwd=HOME,
        env={**os.environ, "PYTHONPATH": str(HOME), "OMP_NUM_THREADS": "1", "RASA_TELEMETRY_ENABLED": "false"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as rasa:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one = Dialogue(rasa)
        try:
            yield one
        finally:
            one.close()
            rasa.terminate()
