"""One turn: understand the message, forget its words, then let the dialogue decide."""

from __future__ import annotations

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker

FALLBACK = "nlu_fallback"
LONG = 250
"""Characters past which a text is read beside the others: 1,000 take a fifth of a second, and all would wait for it."""
_BESIDE = ThreadPoolExecutor(1, "long-text")
_PAYLOAD = re.compile(r"/([a-z_]{1,60})(\{.{0,500}\})?", re.DOTALL)


class BadPayload(ValueError):
    """A button payload that is not `/intent{"entity": "value"}` with an intent of the domain."""


class NoReply(RuntimeError):
    """The dialogue gave no message: an action failed, or nothing matched."""


class CollectedReply(OutputChannel):
    """Collects what the bot says in this turn as messages of the contract: text, buttons, cards."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.ended = False
        self.failed = False

    @classmethod
    def name(cls) -> str:
        return "nachtlicht"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        custom = message.get("custom") or {}
        self.ended = self.ended or bool(custom.get("end"))
        self.failed = self.failed or bool(custom.get("degraded"))
        buttons = [{"title": button["title"], "payload": button["payload"]} for button in message.get("buttons") or []]
        cards = custom.get("cards") or []
        if message.get("text") or buttons or cards:
            self.messages.append({"text": message.get("text") or "", "buttons": buttons, "cards": cards})


async def parse(agent: Agent, text: str) -> dict[str, Any]:
    """Return Rasa's parse result of `text`. A text is a text: a leading "/" is no command."""
    reading = agent.parse_message(text.lstrip("/ \t\r\n") or ".")
    if len(text) > LONG:
        reading = asyncio.get_running_loop().run_in_executor(_BESIDE, asyncio.run, reading)
    result: dict[str, Any] = await reading
    result["text"] = text
    return result


async def take_turn(
    agent: Agent, sender: str, text: str | None, payload: str | None, doubt_below: float
) -> dict[str, Any]:
    """Answer one message of `sender`. Raises BadPayload, or NoReply when the dialogue said nothing."""
    parsed = await parse(agent, text) if text is not None else _parse_payload(payload or "", agent)
    understood = _understood(parsed)
    # From here on the words are gone: what Rasa tracks and what actions get are codes.
    codes = {key: parsed[key] for key in ("intent", "entities", "needs", "risk", "signs") if key in parsed}
    codes["text"] = ""
    if not understood["risk"] and parsed["intent"]["confidence"] < doubt_below:
        codes["intent"] = {"name": FALLBACK, "confidence": parsed["intent"]["confidence"]}
        # Where danger is possible, or something that weighs was heard, nobody asks for a sentence to learn from.
        if not (parsed.get("risk") or {}).get("near") and not parsed.get("signs"):
            understood["missed"] = True
    reply = CollectedReply()
    await agent.handle_message(UserMessage("", reply, sender, parse_data=codes, input_channel=reply.name()))
    if reply.failed or not reply.messages:
        raise NoReply
    if reply.ended:
        await forget(agent, sender)
        help_bar = False
    else:
        help_bar = await _help_bar(agent, sender)
    return {"messages": reply.messages, "understood": understood, "help_bar": help_bar, "ended": reply.ended}


async def forget(agent: Agent, sender: str) -> None:
    """Delete everything of `sender`; when this returns it is gone: a turn that ran in another process is over too."""
    async with agent.lock_store.lock(sender):
        await agent.tracker_store.delete(sender)  # type: ignore[attr-defined]


async def _help_bar(agent: Agent, sender: str) -> bool:
    tracker: DialogueStateTracker | None = await agent.tracker_store.retrieve(sender)
    return bool(tracker and tracker.get_slot("risk"))


def _understood(parsed: dict[str, Any]) -> dict[str, Any]:
    return {
        "intent": parsed["intent"]["name"],
        "confidence": round(float(parsed["intent"]["confidence"]), 4),
        "needs": parsed.get("needs", []),
        "risk": (parsed.get("risk") or {}).get("code"),
    }


def _parse_payload(payload: str, agent: Agent) -> dict[str, Any]:
    match = _PAYLOAD.fullmatch(payload)
    if not match or match[1] not in agent.domain.intents:
        raise BadPayload
    try:
        values = json.loads(match[2] or "{}")
    except ValueError:
        raise BadPayload from None
    if not all(name in agent.domain.entities for name in values):
        raise BadPayload
    entities = [
        {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "payload"} for name, value in values.items()
    ]
    return {"intent": {"name": match[1], "confidence": 1.0}, "entities": entities, "needs": [], "risk": {"code": None}}
