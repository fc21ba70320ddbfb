"""The pages: a neutral host page that shows the widget, and the same conversation as plain forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.chat.api import address_of, read_turn
from bot.chat.assets import NEUTRAL_PAGE, Assets
from bot.chat.conversation import Conversations
from bot.chat.emergency import ONE_TAP, EmergencyLine
from bot.chat.limits import MAX_TEXT, AddressLimiter, read_body
from bot.chat.problem import (
    AlreadySentError,
    ProblemError,
    bad_request,
    too_many_sessions,
    unknown_tenant,
    wrong_media_type,
)
from bot.chat.reply import Message
from bot.chat.words import LANGUAGES, OWN_NAMES, known_language, load_words
from nachtlicht.tenants import Tenant

DEFAULT_TENANT = "demo"
SELF, NOBODY = "'self'", "'none'"
_HOST_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_WINDOW_CSP = _HOST_CSP.replace("; frame-ancestors 'none'", "")
# The exit is a form too, and Chromium holds the address that it is sent on to against form-action.
_FORM_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    f"form-action 'self' {'/'.join(NEUTRAL_PAGE.split('/')[:3])}"
)


@dataclass(frozen=True)
class Look:
    """Whose page it is, and the language of its labels."""

    tenant: Tenant
    language: str = LANGUAGES[0]

    @property
    def words(self) -> dict[str, Any]:
        return load_words(self.language)


class Pages:
    def __init__(
        self,
        conversations: Conversations,
        tenants: Mapping[str, Tenant],
        new_sessions: AddressLimiter,
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
        self._templates.filters.update(bare_address=_bare_address, day=_day)
        self._templates.globals.update(
            lines=list(lines),
            digital_safety=digital_safety,
            one_tap=ONE_TAP,
            exit=NEUTRAL_PAGE,
            asset=assets.address,
            max_text=MAX_TEXT,
            own_names=OWN_NAMES,
            # A page that says nothing else is in Dutch, and has no conversation.
            language=LANGUAGES[0],
            words=load_words(LANGUAGES[0]),
            session="",
        )

    def routes(self) -> list[Route]:
        return [
            Route("/", self.host, methods=["GET"]),
            Route("/insluiten", self.embedding, methods=["GET"]),
            Route("/venster", self.window, methods=["GET"]),
            Route("/gesprek", self.empty, methods=["GET"]),
            Route("/gesprek", self.converse, methods=["POST"]),
            Route("/gesprek/weg", self.leave, methods=["GET", "POST"]),
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
        language, theme = known_language(request.query_params.get("taal")), request.query_params.get("licht")
        values = {
            "tenant": tenant,
            "language": language,
            "words": load_words(language),
            "theme": theme if theme in ("dark", "light") else None,
            "now": request.query_params.get("nu") == "1",
        }
        return self._render("venster.html", 200, f"{_WINDOW_CSP}; {_ancestors(tenant, SELF)}", values)

    async def icon(self, _: Request) -> Response:
        return RedirectResponse(self._icon, 302)

    async def empty(self, request: Request) -> Response:
        """The page before anything was asked: it starts no session."""
        look = Look(self._tenants[DEFAULT_TENANT], known_language(request.query_params.get("taal")))
        try:
            look = replace(look, tenant=self._tenant(request.query_params.get("tenant", DEFAULT_TENANT)))
        except ProblemError as problem:
            return self._conversation(look, problem=problem)
        return self._conversation(look)

    async def converse(self, request: Request) -> Response:
        """One posted form: begin, say something, press a button, report a card or wipe. The session stands in the
        form only."""
        form: dict[str, str] = {}
        look = Look(self._tenants[DEFAULT_TENANT])
        try:
            form = await _read_form(request)
            look = replace(look, language=known_language(form.get("taal")))
            look = replace(look, tenant=self._tenant(form.get("tenant", DEFAULT_TENANT)))
            return await self._answer(request, look, form)
        except AlreadySentError as problem:
            return self._conversation(look, session=form["session"], after=problem.turns, problem=problem)
        except ProblemError as problem:
            if problem.status == 410:
                return self._conversation(look, problem=problem)
            session, draft = form.get("session", ""), form.get("text", "")
            return self._conversation(look, session=session, after=_after(form), draft=draft, problem=problem)

    async def leave(self, request: Request) -> Response:
        """303 to a neutral page at once, whatever was posted and whatever is down; the session is deleted behind it.

        Also for who comes back to this address or opens it without a form.
        """
        session = ""
        with suppress(ProblemError):
            session = (await _read_form(request)).get("session", "") if request.method == "POST" else ""
        return RedirectResponse(NEUTRAL_PAGE, 303, background=BackgroundTask(self._forget, session))

    async def _forget(self, session: str) -> None:
        with suppress(ProblemError):  # it is in the log, and thirty idle minutes delete it too
            await self._conversations.end(session)

    async def _answer(self, request: Request, look: Look, form: dict[str, str]) -> Response:
        if form.get("do") == "begin":
            wait = self._new_sessions.take(address_of(request))
            if wait:
                raise too_many_sessions(wait)
            session, messages = await self._conversations.start(look.tenant)
            return self._conversation(look, session=session, messages=messages)
        session, after = form.get("session", ""), _after(form)
        if form.get("do") == "wis":
            await self._conversations.end(session)
            return self._conversation(look, notice=f"{look.words['erased']} {look.words['anew']}")
        if form.get("do") == "meld":
            return await self._report(look, session, after, form.get("kaart", ""))
        turn = read_turn(form)
        reply = await self._conversations.take(session, turn, after=after, address=address_of(request))
        return self._conversation(
            look,
            session="" if "ended" in reply else session,
            after=after + 1,
            said=turn.text or "",
            messages=reply["messages"],
            help_bar=reply["help_bar"],
        )

    async def _report(self, look: Look, session: str, after: int, card: str) -> Response:
        """Thanks, or says what went wrong, above the same cards: a number to call must not go away by this."""
        problem = None
        try:
            await self._conversations.report(session, card, after)
        except AlreadySentError:
            raise
        except ProblemError as refused:
            problem = refused
        shown = await self._conversations.shown(session)
        return self._conversation(
            look,
            session=session,
            after=after,
            messages=shown["messages"] if shown else (),
            help_bar=bool(shown and shown["help_bar"]),
            notice="" if problem else look.words["thanks"],
            problem=problem,
        )

    def _tenant(self, code: str) -> Tenant:
        if code not in self._tenants:
            raise unknown_tenant()
        return self._tenants[code]

    def _conversation(
        self,
        look: Look,
        session: str = "",
        after: int = 0,
        said: str = "",
        messages: Sequence[Message] = (),
        draft: str = "",
        help_bar: bool = False,
        notice: str = "",
        problem: ProblemError | None = None,
    ) -> Response:
        typed = {"said": said, "draft": draft[:MAX_TEXT]}
        page = self._render(
            "gesprek.html",
            problem.status if problem else 200,
            f"{_FORM_CSP}; {_ancestors(look.tenant)}",
            {
                "tenant": look.tenant, "language": look.language, "words": look.words, "session": session,
                "after": after, "typed": typed, "messages": messages, "notice": notice,
                "help_bar": help_bar, "problem": problem,
                "lines": _lines(look.tenant, self._lines),
            },
            problem.headers if problem else {},
        )  # fmt: skip
        # A template and its macros hold each other, and all values, until Python collects circles.
        typed.clear()
        return page

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


def _day(iso: str) -> str:
    """A date as the window writes it: 23/11/2026."""
    year, month, day = iso.split("-")
    return f"{int(day)}/{int(month)}/{year}"


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
