"""Talks to the loopback channel of the Rasa process: one turn, forgetting, a sign of life."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import Any

import httpx

from bot.chat.reply import Message, read_messages, read_understood

TIME_OUT = 1.8
"""Seconds for one turn, all in: after that a person gets the safe reply, which has to be there within two."""


class RasaUnavailableError(Exception):
    """Rasa did not answer in time, or not in the agreed shape. Says what failed, never what was sent."""


@dataclass(frozen=True)
class Turn:
    """What a person sends: words they typed, or the payload of a button. Never both."""

    text: str | None = None
    payload: str | None = None


@dataclass(frozen=True)
class RasaReply:
    """What the channel answers to one turn. `ended`: the person asked to wipe everything, and Rasa did."""

    messages: list[Message]
    understood: dict[str, Any]
    help_bar: bool
    ended: bool


class RasaClient:
    def __init__(self, http: httpx.AsyncClient, url: str, clock: dt.datetime | None = None) -> None:
        self._http = http
        self._url = url
        self._clock = clock.isoformat() if clock else None

    async def turn(self, sender: str, turn: Turn) -> RasaReply:
        """Sends one turn of `sender`. Raises RasaUnavailableError after `TIME_OUT` or on any other failure."""
        said = {"payload": turn.payload} if turn.payload is not None else {"text": turn.text}
        response = await self._post("/turn", {"sender": sender, **said, "clock": self._clock})
        try:
            data = response.json()
            return RasaReply(
                messages=read_messages(data["messages"]),
                understood=read_understood(data.get("understood")),
                help_bar=data.get("help_bar") is True,
                ended=data.get("ended") is True,
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise RasaUnavailableError("malformed") from None

    async def forget(self, sender: str) -> None:
        """Returns once nothing of `sender` is left in Rasa. Raises RasaUnavailableError when that is not sure."""
        await self._post("/forget", {"sender": sender})

    async def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        try:
            async with asyncio.timeout(TIME_OUT):
                response = await self._http.post(self._url + path, json=body)
        except (httpx.HTTPError, TimeoutError) as error:
            raise RasaUnavailableError(type(error).__name__) from None
        if not response.is_success:
            raise RasaUnavailableError(f"status {response.status_code}")
        # A read response and its stream hold each other, and the request with the words, until Python collects circles.
        response.stream = httpx.ByteStream(b"")
        return response
