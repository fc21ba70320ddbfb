"""`/healthz`: the process lives. `/readyz`: everything behind it answers, or which part does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import httpx
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Check = Callable[[], Awaitable[str]]
"""Returns "ok", with a remark where there is one; raises when the part is not ready."""

TIME_OUT = 3.0


async def healthz(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


class Readiness:
    """Runs the checks side by side; each raises when its part is not ready."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks

    async def readyz(self, _: Request) -> Response:
        """200 with every part "ok", or 503 with the parts that are "down"."""
        results = await asyncio.gather(*(_state(check) for check in self._checks.values()))
        parts = {name: result or "down" for name, result in zip(self._checks, results, strict=True)}
        ready = all(results)
        return JSONResponse({"status": "ready" if ready else "not ready", "parts": parts}, 200 if ready else 503)


def answers(http: httpx.AsyncClient, url: str) -> Check:
    """A check that `url` answers with a 2xx."""

    async def check() -> str:
        (await http.get(url)).raise_for_status()
        return "ok"

    return check


def rasa(http: httpx.AsyncClient, url: str) -> Check:
    """A check that Rasa answers, with a remark when it goes without the trained Dutch pipeline."""

    async def check() -> str:
        answer = (await http.get(url + "/health")).raise_for_status().json()
        return "ok" if answer["dutch"] == "trained" else "ok, without nl_core_news_sm: lookup lemmas"

    return check


def database(sessions: sessionmaker[Session]) -> Check:
    """A check that the referral database has its tables (SQLite would make an empty file and say yes)."""

    def ask() -> None:
        with sessions() as session:
            session.execute(text("SELECT 1 FROM service LIMIT 1"))

    async def check() -> str:
        await asyncio.to_thread(ask)
        return "ok"

    return check


async def _state(check: Check) -> str | None:
    try:
        async with asyncio.timeout(TIME_OUT):
            return await check()
    except Exception:  # any failure of a part means that it is down
        return None
