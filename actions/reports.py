"""Receives "dit klopt niet meer" from the chat process: the id of a service, and nothing about who said it."""

from __future__ import annotations

import asyncio

from sanic import Request, Sanic
from sanic.response import HTTPResponse, empty
from sqlalchemy.exc import SQLAlchemyError

from actions.base import resources
from nachtlicht.clock import now
from referral_db.models import Service
from referral_db.reports import report

REASON = "klopt_niet"
"""The one tap that there is."""


def add_reports(app: Sanic) -> None:  # type: ignore[type-arg]
    """Add `POST /reports` {"service": id}: 204 kept, 400 no id, 404 no such service, 503 no database."""
    app.add_route(_receive, "/reports", methods=["POST"])


async def _receive(request: Request) -> HTTPResponse:  # type: ignore[type-arg]
    body = request.json
    service_id = body.get("service") if isinstance(body, dict) else None
    if not isinstance(service_id, str):
        return empty(400)
    # In a thread: while SQLite waits for its lock, the turns of other people go on.
    return empty(await asyncio.to_thread(_keep, service_id))


def _keep(service_id: str) -> int:
    have = resources()
    try:
        with have.sessions() as session:
            if session.get(Service, service_id) is None:
                return 404
            report(session, service_id, REASON, now(have.settings).date())
            session.commit()
    except SQLAlchemyError:
        return 503
    return 204
