"""The public web application: the only process that the internet reaches."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.chat.actions_client import ActionsClient
from bot.chat.api import ChatApi
from bot.chat.assets import Assets
from bot.chat.conversation import Conversations
from bot.chat.emergency import emergency_lines
from bot.chat.health import Check, Readiness, answers, database, healthz
from bot.chat.health import rasa as rasa_check
from bot.chat.limits import NEW_SESSIONS_A_MINUTE, AddressLimiter
from bot.chat.pages import Pages
from bot.chat.problem import ProblemError, failed
from bot.chat.rasa_client import TIME_OUT, RasaClient
from bot.chat.safe_reply import safe_reply
from bot.chat.sessions import MemorySessionStore, SessionStore
from bot.chat.tenants import REFRESH_SECONDS, CurrentTenants
from nachtlicht.headers import LastResort, SecurityHeaders
from nachtlicht.settings import Settings
from nachtlicht.tenants import Tenant, load_tenants
from referral_db.crisis import load_crisis
from referral_db.database import make_session_factory

SWEEP_SECONDS = 60.0

log = logging.getLogger("nachtlicht.chat")


def create_app(
    settings: Settings,
    *,
    http: httpx.AsyncClient | None = None,
    store: SessionStore | None = None,
    tenants: Mapping[str, Tenant] | None = None,
) -> Starlette:
    """Builds the application; `http`, `store` and `tenants` replace what the settings say.

    Raises ValueError on a tenants file or a database address that cannot be used.
    """
    http = _http_client() if http is None else http
    store = _store(settings) if store is None else store
    factory = make_session_factory(settings.database_url)
    current = CurrentTenants(load_tenants(), factory)
    tenants = current if tenants is None else tenants
    crisis = load_crisis()
    lines = emergency_lines(crisis)
    rasa = RasaClient(http, settings.rasa_url, settings.clock)
    conversations = Conversations(
        store, rasa, ActionsClient(http, settings.actions_url), safe_reply(crisis), settings.rate
    )
    new_sessions = AddressLimiter(None if settings.rate is None else NEW_SESSIONS_A_MINUTE)
    assets = Assets(lines, crisis.digital_safety)
    readiness = Readiness(
        {
            "database": database(factory),
            "rasa": rasa_check(http, settings.rasa_url),
            "actions": answers(http, settings.actions_url + "/health"),
            "sessions": _sessions(store),
        }
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await asyncio.to_thread(current.refresh)
        tasks = [asyncio.create_task(_sweep(store)), asyncio.create_task(_refresh(current))]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await store.close()
        await http.aclose()

    app = Starlette(
        routes=[
            *ChatApi(conversations, tenants, new_sessions).routes(),
            *Pages(conversations, tenants, new_sessions, assets, lines, crisis.digital_safety).routes(),
            *assets.routes(),
            Route("/healthz", healthz, methods=["GET"]),
            Route("/readyz", readiness.readyz, methods=["GET"]),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(_TenantCors, tenants=tenants),
            # Inside the CORS headers: a window on another website can read this too.
            Middleware(LastResort, failed=lambda: failed().response(), log=log),
        ],
        exception_handlers={ProblemError: _problem, HTTPException: _http_problem},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


class _TenantCors(CORSMiddleware):
    """Lets the websites of the tenants of this moment ask."""

    def __init__(self, app: ASGIApp, tenants: Mapping[str, Tenant]) -> None:
        super().__init__(app, allow_methods=["GET", "POST"], allow_headers=["content-type"], max_age=600)
        self._tenants = tenants

    def is_allowed_origin(self, origin: str) -> bool:
        return any(origin in tenant.origins for tenant in self._tenants.values())


def _http_client() -> httpx.AsyncClient:
    # Rasa closes an idle connection after 5 seconds; ours close first, so that none is found dead in use.
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=3)
    return httpx.AsyncClient(limits=limits, timeout=TIME_OUT, trust_env=False)


def _sessions(store: SessionStore) -> Check:
    async def check() -> str:
        await store.ping()
        return "ok"

    return check


def _store(settings: Settings) -> SessionStore:
    if settings.redis_url is None:
        return MemorySessionStore()
    # Only where there is a Redis: its client costs 15 MB.
    from bot.chat.redis_sessions import RedisSessionStore, connect

    return RedisSessionStore(connect(settings.redis_url))


async def _sweep(store: SessionStore) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        await store.sweep()


async def _refresh(current: CurrentTenants) -> None:
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        await asyncio.to_thread(current.refresh)


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 – Starlette's type of a handler is wider than its use
    return error.response()


async def _http_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    titles = {404: "Deze pagina bestaat niet.", 405: "Dat kan op deze pagina niet."}
    title = titles.get(error.status_code, "Dat lukt niet.")
    problem = ProblemError(error.status_code, "http", title).response()
    problem.headers.update(error.headers or {})
    return problem
