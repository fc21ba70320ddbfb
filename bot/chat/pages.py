"""The pages: a neutral host page that shows the widget, and the same conversation as plain forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.chat.api import read_turn
from bot.chat.assets import NEUTRAL_PAGE, Assets
from bot.chat.conversation import Conversations
from bot.chat.emergency import ONE_TAP, EmergencyLine
from bot.chat.limits import MAX_TEXT, NewSessionLimiter, read_body
from bot.chat.problem import (
    AlreadySentError,
    ProblemError,
    bad_request,
    too_many_sessions,
    unknown_tenant,
    wrong_media_type,
)
from bot.chat.reply import Message
from bot.chat.tenants import Tenant

DEFAULT_TENANT = "demo"
LANGUAGES = ("nl", "fr", "en")
"""Of the window's own labels."""
SELF, NOBODY = "'self'", "'none'"
_HOST_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_WINDOW_CSP = _HOST_CSP.replace("; frame-ancestors 'none'", "")
_FORM_CSP = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'"


class Pages:
    def __init__(
        self,
        conversations: Conversations,
        tenants: Mapping[str, Tenant],
        new_sessions: NewSessionLimiter,
        assets: Assets,
        lines: Sequence[EmergencyLine],
        digital_safety: str,
    ) -> None:
        self._conversations = conversations
        self._tenants = tenants
        self._new_sessions = new_sessions
        self._lines = lines
        self._icon = assets.address("icon.svg")
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["bare_address"] = _bare_address
        self._templates.globals.update(
            lines=list(lines),
            digital_safety=digital_safety,
            one_tap=ONE_TAP,
            exit=NEUTRAL_PAGE,
            asset=assets.address,
            max_text=MAX_TEXT,
        )

    def routes(self) -> list[Route]:
        return [
            Route("/", self.host, methods=["GET"]),
            Route("/insluiten", self.embedding, methods=["GET"]),
            Route("/venster", self.window, methods=["GET"]),
            Route("/gesprek", self.empty, methods=["GET"]),
            Route("/gesprek", self.converse, methods=["POST"]),
            Route("/favicon.ico", self.icon, methods=["GET"]),
        ]

    async def host(self, _: Request) -> Response:
        return self._render("host.html", 200, _HOST_CSP, {})

    async def embedding(self, _: Request) -> Response:
        """For webmasters: makes the line, tries it out, and tells what is wrong with theirs."""
        return self._render("insluiten.html", 200, f"{_HOST_CSP}; frame-src 'self'", {})

    async def window(self, request: Request) -> Response:
        """The window alone, on our own origin: for a frame in a page that must not be able to read along."""
        tenant = self._tenants.get(request.query_params.get("tenant", DEFAULT_TENANT))
        if tenant is None:
            raise unknown_tenant()
        language, theme = request.query_params.get("taal"), request.query_params.get("licht")
        values = {
            "tenant": tenant,
            "language": language if language in LANGUAGES else LANGUAGES[0],
            "theme": theme if theme in ("dark", "light") else None,
            "now": request.query_params.get("nu") == "1",
        }
        return self._render("venster.html", 200, f"{_WINDOW_CSP}; {_ancestors(tenant, SELF)}", values)

    async def icon(self, _: Request) -> Response:
        return RedirectResponse(self._icon, 302)

    async def empty(self, request: Request) -> Response:
        """The page before anything was asked: it starts no session."""
        try:
            tenant = self._tenant(request.query_params.get("tenant", DEFAULT_TENANT))
        except ProblemError as problem:
            return self._conversation(self._tenants[DEFAULT_TENANT], problem=problem)
        return self._conversation(tenant)

    async def converse(self, request: Request) -> Response:
        """One posted form: begin, say something, press a button or wipe. The session stands in the form only."""
        form: dict[str, str] = {}
        tenant = self._tenants[DEFAULT_TENANT]
        try:
            form = await _read_form(request)
            tenant = self._tenant(form.get("tenant", DEFAULT_TENANT))
            return await self._answer(request, tenant, form)
        except AlreadySentError as problem:
            return self._conversation(tenant, session=form["session"], after=problem.turns, problem=problem)
        except ProblemError as problem:
            if problem.status == 410:
                return self._conversation(tenant, problem=problem)
            session, draft = form.get("session", ""), form.get("text", "")
            return self._conversation(tenant, session=session, after=_after(form), draft=draft, problem=problem)

    async def _answer(self, request: Request, tenant: Tenant, form: dict[str, str]) -> Response:
        if form.get("do") == "begin":
            wait = self._new_sessions.take(request.client.host if request.client else None)
            if wait:
                raise too_many_sessions(wait)
            session, messages = await self._conversations.start(tenant)
            return self._conversation(tenant, session=session, messages=messages)
        session = form.get("session", "")
        if form.get("do") == "wis":
            await self._conversations.end(session)
            return self._conversation(tenant, wiped=True)
        turn = read_turn(form)
        after = _after(form)
        reply = await self._conversations.take(session, turn, after=after)
        return self._conversation(
            tenant,
            session="" if "ended" in reply else session,
            after=after + 1,
            said=turn.text or "",
            messages=reply["messages"],
            help_bar=reply["help_bar"],
        )

    def _tenant(self, code: str) -> Tenant:
        if code not in self._tenants:
            raise unknown_tenant()
        return self._tenants[code]

    def _conversation(
        self,
        tenant: Tenant,
        session: str = "",
        after: int = 0,
        said: str = "",
        messages: Sequence[Message] = (),
        draft: str = "",
        help_bar: bool = False,
        wiped: bool = False,
        problem: ProblemError | None = None,
    ) -> Response:
        return self._render(
            "gesprek.html",
            problem.status if problem else 200,
            f"{_FORM_CSP}; {_ancestors(tenant)}",
            {
                "tenant": tenant, "session": session, "after": after, "said": said, "messages": messages,
                "draft": draft[:MAX_TEXT], "help_bar": help_bar, "wiped": wiped, "problem": problem,
                "lines": _lines(tenant, self._lines),
            },
            problem.headers if problem else {},
        )  # fmt: skip

    def _render(
        self, template: str, status: int, csp: str, values: dict[str, Any], headers: Mapping[str, str] | None = None
    ) -> Response:
        page = self._templates.get_template(template).render(values)
        return HTMLResponse(page, status, {**(headers or {}), "content-security-policy": csp})


def _ancestors(tenant: Tenant, *also: str) -> str:
    """Which websites may show a page of `tenant` in a frame."""
    return f"frame-ancestors {' '.join((*also, *tenant.origins)) or NOBODY}"


def _lines(tenant: Tenant, lines: Sequence[EmergencyLine]) -> list[EmergencyLine]:
    """The emergency block with the website's own line before all others."""
    own = tenant.line
    return [EmergencyLine(own.number, own.href, tenant.name, own.what_for, own.hours), *lines] if own else [*lines]


def _bare_address(value: str) -> str:
    """A web address as a person would say it: its host alone. Other values stay as they are."""
    return re.sub(r"^https?://(www\.)?([^/]*).*$", r"\2", value)


def _after(form: Mapping[str, str]) -> int:
    """How many turns the posted page knew of; 0 when it does not say."""
    number = form.get("after", "")
    return int(number) if re.fullmatch(r"[0-9]{1,6}", number) else 0


async def _read_form(request: Request) -> dict[str, str]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise wrong_media_type()
    try:
        fields = parse_qs((await read_body(request)).decode("ascii"), errors="strict", max_num_fields=10)
    except ValueError:
        raise bad_request() from None
    # A form sends line ends as two characters; a person counts one.
    return {name: values[0].replace("\r\n", "\n") for name, values in fields.items()}
