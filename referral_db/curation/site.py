"""What every page shares: the visit, the check of session, role and form, and the templates."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import anyio.to_thread
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from nachtlicht.clock import now
from nachtlicht.settings import Settings
from referral_db.curation import words
from referral_db.curation.attempts import Attempts, keys_of_code
from referral_db.curation.forms import Form, FormError, read_form, read_upload
from referral_db.curation.history import in_brussels
from referral_db.curation.links import keys_of_link
from referral_db.curation.people import ROLE_MEANINGS, ROLE_NAMES, Person
from referral_db.curation.place_picker import choices
from referral_db.curation.sessions import Sessions, SignedIn
from referral_db.curation.uploads import Uploads
from referral_db.models import User

_TEMPLATES = Path(__file__).parent / "templates"
HALFWAY_SECONDS = 10 * 60.0
_TOO_OLD = (
    "Dit formulier is te oud, of het komt van een andere site. Ga terug, herlaad de pagina en probeer het nog eens."
)


class Refused(Exception):
    """Ends a visit with a page that says in Dutch what is the matter and what to do."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(title)
        self.status, self.title, self.text = status, title, text


@dataclass
class Visit:
    """One request: who asks, what was sent, and the database for as long as it takes."""

    site: Site
    request: Request
    form: Form
    db: Session
    token: str | None
    session: SignedIn | None
    person: Person | None

    @property
    def query(self) -> Form:
        return Form(self.request.query_params.multi_items())

    @property
    def user(self) -> Person:
        """The maintainer, on a page that asks for a role."""
        assert self.person is not None  # noqa: S101 – `Site` lets nobody else in
        return self.person

    @property
    def today(self) -> dt.date:
        return now(self.site.settings).date()

    @property
    def moment(self) -> dt.datetime:
        """The time in Brussels; the fixed one when a clock is set."""
        return now(self.site.settings)

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def page(self, template: str, title: str, status: int = 200, **context: Any) -> Response:
        """Renders a template of the package."""
        notices = []
        if self.session is not None:
            notices, self.session.notices = self.session.notices, []
        html = self.site.templates.get_template(template).render(
            title=title,
            person=self.person,
            notices=notices,
            form_token=self.site.sessions.form_token(self.token) if self.token else "",
            here="/" + self.request.url.path.split("/")[1],
            today=self.today,
            **context,
        )
        return HTMLResponse(html, status)

    def goto(self, path: str, notice: str | None = None) -> Response:
        """Sends the browser on, with a sentence for the next page."""
        if notice and self.session is not None:
            self.session.notices.append(notice)
        return RedirectResponse(path, 303)

    def refuse(self, refused: Refused) -> Response:
        return self.page("message.html", refused.title, refused.status, text=refused.text)


Handler = Callable[[Visit], Response]


@dataclass
class Site:
    """The parts that live as long as the application."""

    settings: Settings
    database: sessionmaker[Session]
    sessions: Sessions = field(default_factory=Sessions)
    attempts: Attempts = field(default_factory=Attempts)
    halfway: Sessions = field(default_factory=lambda: Sessions(longest=HALFWAY_SECONDS))
    """Who gave the right password and not yet the code of the second step."""
    code_attempts: Attempts = field(default_factory=lambda: Attempts(keys=keys_of_code))
    link_attempts: Attempts = field(default_factory=lambda: Attempts(keys=keys_of_link))
    uploads: Uploads = field(default_factory=Uploads)
    wall_clock: Callable[[], float] = time.time
    """Seconds since 1970, for the codes of an app on a telephone: never the fixed clock of a demonstration."""
    kept: Handler | None = None
    """Shows the sign-in page that keeps what was sent, when a session ended while somebody was typing."""

    def __post_init__(self) -> None:
        self.templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters |= {
            "datum": words.long_date,
            "dag": words.short_date,
            "veld": words.field_label,
            "velden": words.field_labels,
        }
        self.templates.globals |= {
            "role_names": ROLE_NAMES,
            "role_meanings": ROLE_MEANINGS,
            "words": words,
            "labels": words.place_label,
            "in_brussels": in_brussels,
            "address": address,
            "place_choices": choices,
        }
        # Hashing takes 64 MB and a tenth of a second: no more than two at once, however many ask.
        self._hashing = anyio.CapacityLimiter(2)

    def get(self, path: str, handler: Handler, role: str | None = "reader") -> Route:
        """A page to look at; `role` None is for everybody."""

        async def endpoint(request: Request) -> Response:
            return await anyio.to_thread.run_sync(self._visit, request, Form(), self._guarded(handler, role), role)

        return Route(path, endpoint, methods=["GET"])

    def post(
        self, path: str, handler: Handler, role: str | None, *, hashes: bool = False, upload: bool = False
    ) -> Route:
        """A form; `hashes` when handling it checks a password, `upload` when it may hold a file."""

        async def endpoint(request: Request) -> Response:
            try:
                form = await (read_upload if upload else read_form)(request)
            except FormError as error:
                refused = Refused(400, "Dat lukt niet", str(error))
                return await anyio.to_thread.run_sync(self.refusal, request, refused)
            limiter = self._hashing if hashes else None
            guarded = self._guarded(handler, role)
            return await anyio.to_thread.run_sync(self._visit, request, form, guarded, role, limiter=limiter)

        return Route(path, endpoint, methods=["POST"])

    def refusal(self, request: Request, refused: Refused) -> Response:
        """The page of an error outside a visit, such as an address that does not exist. Blocks: run it in a thread."""
        return self._visit(request, Form(), lambda visit: visit.refuse(refused), None)

    def _visit(self, request: Request, form: Form, handler: Handler, role: str | None) -> Response:
        with self.database() as db:
            visit = Visit(self, request, form, db, None, None, None)
            try:
                self._recognise(visit, anonymous_form=role is None)
                return handler(visit)
            except Refused as refused:
                db.rollback()
                return visit.refuse(refused)
            except OperationalError:
                db.rollback()
                visit.session = visit.person = None
                text = "De databank antwoordt niet. Er is niets bewaard. Probeer het over een minuut nog eens."
                return visit.refuse(Refused(503, "Even geen verbinding", text))

    def _recognise(self, visit: Visit, *, anonymous_form: bool) -> None:
        token = visit.request.cookies.get(session_cookie(visit.request))
        session = self.sessions.find(token)
        user = visit.db.get(User, session.user_id) if session else None
        if session and (user is None or user.password_hash != session.password_hash):
            self.sessions.end(token)
            user = None
        visit.token = token
        if session and user:
            visit.session, visit.person = session, Person(user.id, user.name, user.role)
        elif anonymous_form:
            visit.token = visit.request.cookies.get(form_cookie(visit.request))

    def _guarded(self, handler: Handler, role: str | None) -> Handler:
        return lambda visit: self._allowed(visit, handler, role)

    def _allowed(self, visit: Visit, handler: Handler, role: str | None) -> Response:
        request = visit.request
        if request.method == "POST":
            # Firefox, Chrome and Safari say where a form comes from; older ones do not, and then the token decides.
            elsewhere = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
            if elsewhere or not self.sessions.is_form_token(visit.token, visit.form.text("form_token")):
                raise Refused(403, "Dit formulier is niet aanvaard", _TOO_OLD)
        if role is not None:
            if visit.person is None:
                if request.method == "POST" and self.kept is not None:
                    return self.kept(visit)
                return RedirectResponse("/aanmelden?" + urlencode({"verder": _path_of(request)}), 303)
            if not visit.person.may(role):
                text = f"Dit kan wie {ROLE_NAMES[role]} is. Jij bent {ROLE_NAMES[visit.person.role]}."
                raise Refused(403, "Dit mag je niet", text)
        return handler(visit)


def address(path: str, **query: object) -> str:
    """An address of this site: every part of the query that is not empty."""
    given = {key: value for key, value in query.items() if value not in (None, "", 0)}
    return quote(path) + ("?" + urlencode(given) if given else "")


def session_cookie(request: Request) -> str:
    return _cookie(request, "nachtlicht")


def form_cookie(request: Request) -> str:
    """The cookie that ties the sign-in form to the browser that asked for it."""
    return _cookie(request, "nachtlicht-formulier")


def set_cookie(request: Request, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Sets a cookie that no script reads and no other site sends; without `max_age` it ends with the browser."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="strict")


def drop_cookie(request: Request, response: Response, name: str) -> None:
    secure = request.url.scheme == "https"
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")


def _cookie(request: Request, name: str) -> str:
    # "__Host-" keeps another host of the same domain from setting it; browsers want it to be secure.
    return f"__Host-{name}" if request.url.scheme == "https" else name


def _path_of(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
