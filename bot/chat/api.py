"""The chat API of the contract: `/api/v1/sessions`, `/messages`, `/sessions/end` and what goes with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.chat.conversation import EXPIRES_IN, Conversations
from bot.chat.limits import MAX_TEXT, AddressLimiter, read_body
from bot.chat.problem import (
    bad_request,
    foreign_origin,
    too_long,
    too_many_sessions,
    unknown_tenant,
    wrong_media_type,
)
from bot.chat.rasa_client import Turn
from nachtlicht.tenants import OwnLine, Tenant

MAX_ID = 64


class ChatApi:
    def __init__(
        self, conversations: Conversations, tenants: Mapping[str, Tenant], new_sessions: AddressLimiter
    ) -> None:
        self._conversations = conversations
        self._tenants = tenants
        self._new_sessions = new_sessions

    def routes(self) -> list[Route]:
        return [
            Route("/api/v1/sessions", self.start, methods=["POST"]),
            Route("/api/v1/messages", self.message, methods=["POST"]),
            Route("/api/v1/sessions/end", self.end, methods=["POST"]),
            Route("/api/v1/reports", self.report, methods=["POST"]),
            Route("/api/v1/sentences", self.sentence, methods=["POST"]),
            Route("/api/v1/embedding", self.embedding, methods=["POST"]),
        ]

    async def start(self, request: Request) -> Response:
        """201 with the session's token, seconds until it expires unused, and the greeting."""
        tenant = self._tenants.get(_text(await _read(request), "tenant"))
        if tenant is None:
            raise unknown_tenant()
        if not _may_embed(request, tenant, request.headers.get("origin")):
            raise foreign_origin()
        wait = self._new_sessions.take(address_of(request))
        if wait:
            raise too_many_sessions(wait)
        token, messages = await self._conversations.start(tenant)
        window = {"name": tenant.name, "line": _shown(tenant.line)}
        return JSONResponse({"session": token, "expires_in": EXPIRES_IN, "messages": messages, "window": window}, 201)

    async def report(self, request: Request) -> Response:
        """204 when somebody will look whether a card that this session was shown is still right."""
        body = await _read(request)
        await self._conversations.report(_text(body, "session"), _text(body, "card"))
        return Response(status_code=204)

    async def sentence(self, request: Request) -> Response:
        """200 with what would be kept of a sentence; with `keep` true it is kept, 204. See decision 0015."""
        body = await _read(request)
        token, text = _text(body, "session"), _text(body, "text")
        if body.get("keep") is True:
            await self._conversations.give(token, text)
            return Response(status_code=204)
        return JSONResponse({"text": await self._conversations.preview(token, text)})

    async def embedding(self, request: Request) -> Response:
        """204 when a website may show the window, 422 for an unknown code, 403 for an origin that it does not have."""
        body = await _read(request)
        tenant = self._tenants.get(_text(body, "tenant"))
        if tenant is None:
            raise unknown_tenant()
        if not _may_embed(request, tenant, _text(body, "origin")):
            raise foreign_origin()
        return Response(status_code=204)

    async def message(self, request: Request) -> Response:
        """200 with the reply to one text or payload."""
        body = await _read(request)
        token, turn = _text(body, "session"), read_turn(body)
        message_id = None
        if body.get("id") is not None:
            message_id = _text(body, "id")
            if len(message_id) > MAX_ID:
                raise bad_request()
        return JSONResponse(await self._conversations.take(token, turn, message_id, address=address_of(request)))

    async def end(self, request: Request) -> Response:
        """204 when everything about the session is gone. Also takes `text/plain`, which `sendBeacon` sends."""
        await self._conversations.end(_text(await _read(request, "text/plain"), "session"))
        # A beacon from another website may not read this; "cross-origin" only keeps its console quiet.
        return Response(status_code=204, headers={"cross-origin-resource-policy": "cross-origin"})


def address_of(request: Request) -> str | None:
    """The network address that asks, for the limits alone."""
    return request.client.host if request.client else None


def read_turn(body: Mapping[str, Any]) -> Turn:
    """Reads either `text` or `payload`. Text is cleaned of what no keyboard sends. Raises ProblemError 400 or 413."""
    if body.get("payload") is not None:
        if body.get("text") is not None:
            raise bad_request()
        return Turn(payload=_text(body, "payload"))
    text = _text(body, "text")
    if len(text) > MAX_TEXT:
        raise too_long()
    text = text.encode("utf-8", "replace").decode().replace("\0", "").strip()  # "replace": half of a character pair
    if not text:
        raise bad_request("Je bericht is leeg. Typ iets of kies een knop.")
    return Turn(text=text)


async def _read(request: Request, *also: str) -> dict[str, Any]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in ("application/json", *also):
        raise wrong_media_type()
    try:
        body = json.loads(await read_body(request))
    except (ValueError, RecursionError):
        raise bad_request() from None
    if not isinstance(body, dict):
        raise bad_request()
    return body


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str):
        raise bad_request()
    return value


def _shown(line: OwnLine | None) -> dict[str, str] | None:
    """The website's own help line as the window needs it."""
    if line is None:
        return None
    return {"number": line.number, "href": line.href, "what_for": line.what_for, "hours": line.hours}


def _may_embed(request: Request, tenant: Tenant, origin: str | None) -> bool:
    """Tells whether `origin` is ours or one of the tenant's; None means that no web page asks."""
    return origin is None or origin in tenant.origins or origin.partition("://")[2] == request.headers.get("host")
