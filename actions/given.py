"""Receives from the chat process a sentence that somebody gave to learn from, redacted; lets old ones go."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sanic import Request, Sanic
from sanic.response import HTTPResponse, empty
from sqlalchemy.exc import SQLAlchemyError

from actions.base import Resources, resources
from nachtlicht.clock import now
from referral_db.given import keep, let_go

LOOK_SECONDS = 3600.0
"""How often it is looked for what is too old."""

logger = logging.getLogger(__name__)


def add_given(app: Sanic[Any, Any]) -> None:
    """Add `POST /given` {"text", "tenant"}: 204 taken, 400 malformed, 503 no database.

    Also 204 where nothing is stored because there are enough of that week.
    """
    app.add_route(_receive, "/given", methods=["POST"], name="given")

    @app.after_server_start
    async def start(app: Sanic[Any, Any]) -> None:
        app.ctx.letting_go = asyncio.create_task(_every_hour())

    @app.before_server_stop
    async def stop(app: Sanic[Any, Any]) -> None:
        app.ctx.letting_go.cancel()


async def _receive(request: Request) -> HTTPResponse:
    body = request.json
    text, tenant = (body.get(name) for name in ("text", "tenant")) if isinstance(body, dict) else (None, None)
    if not isinstance(text, str) or not isinstance(tenant, str):
        return empty(400)
    return empty(204 if await asyncio.to_thread(_keep, text, tenant) else 503)


def _keep(text: str, tenant: str) -> bool:
    have = resources()
    try:
        with have.sessions() as session:
            keep(session, text, tenant, now(have.settings).date())
            session.commit()
    except SQLAlchemyError:
        return False
    return True


async def _every_hour() -> None:
    while True:
        await asyncio.to_thread(_let_go, resources())
        await asyncio.sleep(LOOK_SECONDS)


def _let_go(have: Resources) -> None:
    try:
        with have.sessions() as session:
            let_go(session, now(have.settings).date())
            session.commit()
    except SQLAlchemyError as error:
        # Tried again in an hour; the type only, as everywhere.
        logger.error("old sentences not removed: %s", type(error).__name__)
