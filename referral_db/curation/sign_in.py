"""Signing in and out, and one's own password.

A wrong name and a wrong password get the same words after the same work. Whoever guesses has to wait longer each time
(`attempts`); nobody is locked out. Who has a second step gives its code on a page of its own, within ten minutes.
"""

from __future__ import annotations

import hmac
import math
import secrets
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, select
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from referral_db.curation import passwords, second_factor
from referral_db.curation.saving import record_change
from referral_db.curation.sessions import new_token
from referral_db.curation.site import Site, Visit, drop_cookie, form_cookie, session_cookie, set_cookie
from referral_db.models import User

WRONG = "Die naam en dat wachtwoord horen niet bij elkaar. Kijk ze na en probeer het nog eens."
ENDED = "Je was een tijd weg en bent daarom afgemeld. Meld je aan: wat je invulde, staat klaar."

_DEVICE_SECONDS = 180 * 24 * 3600
_SECRET_FIELDS = frozenset({"form_token", "wachtwoord", "nieuw", "nog_eens", "code"})


def routes(site: Site) -> list[Route]:
    site.kept = keep
    return [
        site.get("/aanmelden", show, None),
        site.post("/aanmelden", sign_in, None, hashes=True),
        site.post("/aanmelden/code", sign_in_with_code, None),
        site.post("/afmelden", sign_out, "reader"),
        site.get("/wachtwoord", show_password, "reader"),
        site.post("/wachtwoord", change_password, "reader", hashes=True),
    ]


def show(visit: Visit) -> Response:
    if visit.person is not None:
        return visit.goto(_safe(visit.query.text("verder")))
    return _page(visit, onward=visit.query.text("verder"))


def keep(visit: Visit) -> Response:
    """The sign-in page for a form whose session ended: it carries along what was typed, without passwords."""
    if visit.request.url.path in ("/afmelden", "/wachtwoord", "/tweede-stap"):
        return _page(visit, onward="/")
    kept = urlencode([(name, value) for name, value in visit.form.pairs if name not in _SECRET_FIELDS])
    return _page(visit, onward=visit.request.url.path, kept=kept, message=ENDED)


def sign_in(visit: Visit) -> Response:
    name, password = visit.form.text("naam"), visit.form.raw("wachtwoord")
    onward, kept = visit.form.text("verder"), visit.form.raw("bewaard")
    user = visit.db.scalars(select(User).where(func.lower(User.name) == name.lower())).first()
    client = visit.request.client
    address = client.host if client else None
    device = _known_device(visit, user)
    attempts = visit.site.attempts
    wait = attempts.wait(name, address, device)
    if wait > 0:
        response = _page(visit, onward=onward, kept=kept, name=name, message=_too_many(wait), status=429)
        response.headers["retry-after"] = str(math.ceil(wait))
        return response
    if not passwords.verify(user.password_hash if user else None, password[: passwords.MAX_LENGTH]) or user is None:
        attempts.failed(name, address, device)
        return _page(visit, onward=onward, kept=kept, name=name, message=WRONG, status=401)
    attempts.succeeded(name, address, device)
    if second_factor.factor_of(visit.db, user.id) is not None:
        halfway = visit.site.halfway.start(user.id, user.password_hash)
        return _code_page(visit, halfway, onward, kept)
    return _let_in(visit, user, onward, kept)


def sign_in_with_code(visit: Visit) -> Response:
    """The second step: a code of the app or a recovery code, after the password."""
    token, onward, kept = visit.form.text("halfweg"), visit.form.text("verder"), visit.form.raw("bewaard")
    halfway = visit.site.halfway.find(token)
    user = visit.db.get(User, halfway.user_id) if halfway else None
    factor = second_factor.factor_of(visit.db, user.id) if user else None
    if halfway is None or user is None or factor is None or user.password_hash != halfway.password_hash:
        message = "Dat duurde te lang. Meld je opnieuw aan met je naam en je wachtwoord."
        return _page(visit, onward=onward, kept=kept, message=message, status=401)
    attempts, account, device = visit.site.code_attempts, str(user.id), _known_device(visit, user)
    wait = attempts.wait(account, None, device)
    if wait > 0:
        response = _code_page(visit, token, onward, kept, _too_many(wait), 429)
        response.headers["retry-after"] = str(math.ceil(wait))
        return response
    attempts.failed(account, None, device)  # first, so that many tries at once all count
    if not second_factor.take_code(visit.db, factor, visit.form.text("code"), visit.site.wall_clock()):
        return _code_page(visit, token, onward, kept, second_factor.WRONG_CODE, 401)
    attempts.succeeded(account, None, device)
    visit.site.halfway.end(token)
    return _let_in(visit, user, onward, kept)


def sign_out(visit: Visit) -> Response:
    visit.site.sessions.end(visit.token)
    response = RedirectResponse("/aanmelden", 303)
    drop_cookie(visit.request, response, session_cookie(visit.request))
    return response


def show_password(visit: Visit) -> Response:
    return visit.page("password.html", "Je wachtwoord", message=None, factor=_has_factor(visit))


def change_password(visit: Visit) -> Response:
    """Sets a new password; every other session of this person ends, because it was started with the old one."""
    user = visit.db.get(User, visit.user.id)
    assert user is not None  # noqa: S101 – the visit was recognised by it
    client = visit.request.client
    address = client.host if client else None
    new = visit.form.raw("nieuw")
    wait = visit.site.attempts.wait(user.name, address, "wachtwoordpagina")
    if wait > 0:
        message: str | None = f"Er waren te veel pogingen na elkaar. Probeer het over {math.ceil(wait)} s nog eens."
    elif not passwords.verify(user.password_hash, visit.form.raw("wachtwoord")[: passwords.MAX_LENGTH]):
        visit.site.attempts.failed(user.name, address, "wachtwoordpagina")
        message = "Je huidige wachtwoord klopt niet."
    elif new != visit.form.raw("nog_eens"):
        message = "Je typte twee verschillende nieuwe wachtwoorden. Typ twee keer hetzelfde."
    else:
        message = passwords.weakness(new, user.name)
    if message:
        return visit.page("password.html", "Je wachtwoord", 422, message=message, factor=_has_factor(visit))
    user.password_hash = passwords.hash_password(new)
    record_change(visit.db, visit.user.name, "user", user.name, "wachtwoord", {}, {})
    visit.db.commit()
    visit.site.sessions.end(visit.token)
    token = visit.site.sessions.start(user.id, user.password_hash)
    visit.session = visit.site.sessions.find(token)
    response = visit.goto("/", "Je nieuwe wachtwoord geldt vanaf nu.")
    set_cookie(visit.request, response, session_cookie(visit.request), token)
    set_cookie(visit.request, response, "nachtlicht-toestel", _new_device(user), _DEVICE_SECONDS)
    return response


def _has_factor(visit: Visit) -> bool:
    return second_factor.factor_of(visit.db, visit.user.id) is not None


def _page(
    visit: Visit, *, onward: str, kept: str = "", name: str = "", message: str | None = None, status: int = 200
) -> Response:
    visit.token = visit.request.cookies.get(form_cookie(visit.request)) or new_token()
    nobody = visit.db.scalar(select(func.count(User.id))) == 0
    response = visit.page(
        "sign_in.html",
        "Aanmelden",
        status,
        onward=_safe(onward),
        kept=kept,
        name=name,
        message=message,
        nobody=nobody,
    )
    set_cookie(visit.request, response, form_cookie(visit.request), visit.token)
    return response


def _code_page(
    visit: Visit, halfway: str, onward: str, kept: str, message: str | None = None, status: int = 200
) -> Response:
    visit.token = visit.request.cookies.get(form_cookie(visit.request)) or new_token()
    response = visit.page(
        "sign_in_code.html", "Code", status, halfway=halfway, onward=_safe(onward), kept=kept, message=message
    )
    set_cookie(visit.request, response, form_cookie(visit.request), visit.token)
    return response


def _too_many(wait: float) -> str:
    seconds = math.ceil(wait)
    again = "1 seconde" if seconds == 1 else f"{seconds} seconden"
    return f"Er waren te veel pogingen na elkaar. Probeer het over {again} nog eens."


def _let_in(visit: Visit, user: User, onward: str, kept: str) -> Response:
    visit.site.sessions.end(visit.request.cookies.get(session_cookie(visit.request)))
    token = visit.site.sessions.start(user.id, user.password_hash)
    response = _welcome(visit, token, _safe(onward), kept)
    set_cookie(visit.request, response, session_cookie(visit.request), token)
    set_cookie(visit.request, response, "nachtlicht-toestel", _new_device(user), _DEVICE_SECONDS)
    drop_cookie(visit.request, response, form_cookie(visit.request))
    return response


def _welcome(visit: Visit, token: str, onward: str, kept: str) -> Response:
    if not kept:
        return RedirectResponse(onward, 303)
    visit.token = token
    pairs = parse_qsl(kept, keep_blank_values=True)
    return visit.page("kept.html", "Verder waar je was", onward=onward, pairs=pairs)


def _safe(path: str) -> str:
    """The path when it is one of this site, else the first page."""
    ours = (
        path.startswith("/") and not path.startswith(("//", "/aanmelden")) and path.isprintable() and "\\" not in path
    )
    return path if ours else "/"


def _new_device(user: User) -> str:
    name = secrets.token_urlsafe(16)
    return f"{name}.{_device_proof(user, name)}"


def _known_device(visit: Visit, user: User | None) -> str | None:
    """The name of this device, when `user` signed in on it with the password of today."""
    name, _, proof = visit.request.cookies.get("nachtlicht-toestel", "").partition(".")
    if user is None or not name or not hmac.compare_digest(proof.encode(), _device_proof(user, name).encode()):
        return None
    return name


def _device_proof(user: User, device: str) -> str:
    return hmac.new(user.password_hash.encode(), device.encode(), "sha256").hexdigest()
