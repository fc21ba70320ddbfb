"""The only door into Rasa: four routes on the loopback address, for the chat process.

`POST /turn` {"sender", "text" or "payload"} gives a reply, `POST /forget` {"sender"} deletes a conversation and
`POST /model/parse` {"text"} shows what is understood (contract, section 3). `GET /health` names the Dutch pipeline.
Rasa's own HTTP API stays off.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.nlu.dutch_language import is_trained, load_dutch
from bot.rasa_runtime import prepared
from bot.rasa_runtime.running import RunningTurns
from bot.rasa_runtime.tracker_store import CodesOnlyTrackerStore
from bot.rasa_runtime.turn import BadPayload, NoReply, forget, parse, take_turn

logger = logging.getLogger(__name__)

_MAX_BODY = 64 * 1024
_SWEEP_SECONDS = 60


class NachtlichtChannel(InputChannel):
    """Replaces Rasa's REST channel, which anyone may use under any name and which logs the text when it fails."""

    def __init__(self, doubt_below: float) -> None:
        self._doubt_below = doubt_below

    @classmethod
    def name(cls) -> str:
        return "nachtlicht"

    def url_prefix(self) -> str:
        return "/"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> NachtlichtChannel:
        doubt_below = (credentials or {}).get("doubt_below")
        if not isinstance(doubt_below, float) or not 0 <= doubt_below <= 1:
            raise ValueError("credentials.yml, NachtlichtChannel: `doubt_below` must be a number from 0 to 1")
        return cls(doubt_below)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        running = RunningTurns()

        async def turn(request: Request) -> HTTPResponse:
            return await _turn(request, running, self._doubt_below)

        async def wipe(request: Request) -> HTTPResponse:
            return await _forget(request, running)

        routes = Blueprint("nachtlicht")
        routes.listener("after_server_start")(_take_over)
        routes.add_route(turn, "/turn", methods=["POST"])
        routes.add_route(wipe, "/forget", methods=["POST"])
        routes.add_route(_parse, "/model/parse", methods=["POST"])
        routes.add_route(_health, "/health", methods=["GET"])
        return routes


async def _turn(request: Request, running: RunningTurns, doubt_below: float) -> HTTPResponse:
    body = _body(request)
    text, payload = body.get("text"), body.get("payload")
    if not _is_sender(body.get("sender")) or isinstance(text, str) == isinstance(payload, str):
        return response.empty(400)
    sender = body["sender"]
    return await _answered(running.run(sender, take_turn(request.app.ctx.agent, sender, text, payload, doubt_below)))


async def _take_over(app: Any, loop: Any) -> None:
    agent: Agent = app.ctx.agent
    if agent.processor is None:
        raise RuntimeError("the trained model does not fit this code; make a new one: make train")
    # Rasa wraps every store in one that falls back to endless memory when it fails. Ours fails loudly:
    # the chat process then gives its fixed safe reply.
    store = getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
    if not isinstance(store, CodesOnlyTrackerStore):
        raise RuntimeError("endpoints.yml: the tracker store must be CodesOnlyTrackerStore")
    agent.tracker_store = store
    agent.processor.tracker_store = store
    prepared.prepare()
    await agent.parse_message("een eerste zin om warm te draaien")
    app.add_task(_sweep(store))


async def _health(_: Request) -> HTTPResponse:
    """Say which Dutch pipeline understanding runs on: the trained one, or lookup lemmas where it could not be had."""
    return response.json({"status": "ok", "dutch": "trained" if is_trained(load_dutch()) else "lookup"})


async def _forget(request: Request, running: RunningTurns) -> HTTPResponse:
    sender = _body(request).get("sender")
    if not _is_sender(sender):
        return response.empty(400)
    await running.break_off(sender)
    return await _answered(forget(request.app.ctx.agent, sender), status=204)


async def _parse(request: Request) -> HTTPResponse:
    text = _body(request).get("text")
    if not isinstance(text, str):
        return response.empty(400)
    return await _answered(parse(request.app.ctx.agent, text))


async def _answered(work: Awaitable[Any], status: int = 200) -> HTTPResponse:
    try:
        result = await work
    except BadPayload:
        return response.empty(422)
    except NoReply:
        return response.empty(502)
    except Exception as error:
        # The type only: the message of an error may quote what the person wrote.
        logger.error("turn failed", exc_info=(type(error), None, None))
        return response.empty(500)
    return response.empty(204) if status == 204 else response.json(result, status)


def _body(request: Request) -> dict[str, Any]:
    if len(request.body) > _MAX_BODY:
        return {}
    try:
        body = request.json
    except Exception:
        return {}
    return body if isinstance(body, dict) else {}


def _is_sender(value: Any) -> bool:
    return isinstance(value, str) and 16 <= len(value) <= 128


async def _sweep(store: CodesOnlyTrackerStore) -> None:
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        store.shelf.drop_expired()
