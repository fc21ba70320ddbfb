"""Receives "dit klopt niet meer" from the chat process: which service, and nothing about who said it."""

from __future__ import annotations

import asyncio
from typing import Any

from sanic import Request, Sanic
from sanic.response import HTTPResponse, empty
from sqlalchemy.exc import SQLAlchemyError

from actions.base import resources
from nachtlicht.clock import now
from referral_db.reports import report

REASON = "anders"
"""One tap has no reason: a maintainer looks at the whole record."""


def add_reports(app: Sanic[Any, Any]) -> None:
    """Add `POST /reports` {"service": the id of a card}: 204 taken, 400 no id, 503 no database.

    Also 204 where nothing is stored: a service that is not shown any more, or one that has enough reports today.
    """
    app.add_route(_receive, "/reports", methods=["POST"])


async def _receive(request: Request) -> HTTPResponse:
    body = request.json
    service_id = body.get("service") if isinstance(body, dict) else None
    if not isinstance(service_id, str):
        return empty(400)
    # In a thread: while the database waits for its lock, the turns of other people go on.
    return empty(204 if await asyncio.to_thread(_keep, service_id) else 503)


def _keep(service_id: str) -> bool:
    have = resources()
    try:
        with have.sessions() as session:
            report(session, service_id, REASON, now(have.settings).date())
            session.commit()
    except SQLAlchemyError:
        return False
    return True
