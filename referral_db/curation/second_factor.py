"""The second step of signing in: a code of an authenticator app (TOTP, RFC 6238), or a recovery code, each for once."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import passwords
from referral_db.curation.saving import record_change
from referral_db.curation.site import Refused, Site, Visit
from referral_db.models import User
from referral_db.workflow import RecoveryCode, SecondFactor

RECOVERY_CODES = 10
ISSUER = "Nachtlicht redactie"
WRONG_CODE = "Die code klopt niet, of ze is al gebruikt. Wacht op de volgende code in je app en probeer het nog eens."

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_STEP = 30
_DRIFT = 1
"""Steps that the clock of a telephone may be early or late (RFC 6238, 5.2)."""


def routes(site: Site) -> list[Route]:
    return [
        site.get("/tweede-stap", show),
        site.post("/tweede-stap", change, "reader", hashes=True),
    ]


def factor_of(db: Session, user_id: int) -> SecondFactor | None:
    return db.get(SecondFactor, user_id)


def take_code(db: Session, factor: SecondFactor, code: str, seconds: float) -> bool:
    """Takes a code of the app or a recovery code, and commits; each is taken once. `seconds` since 1970."""
    code = "".join(code.casefold().split()).replace("-", "")
    if code.isascii() and code.isdigit():
        step = _matching_step(factor.secret, code, seconds)
        if step is None or step <= factor.last_step:
            return False
        factor.last_step = step
        try:
            db.commit()
        except StaleDataError:  # the same code, at the same moment, elsewhere
            db.rollback()
            return False
        return True
    own = RecoveryCode.user_id == factor.user_id, RecoveryCode.code_hash == _hash(code)
    removed = db.scalars(delete(RecoveryCode).where(*own).returning(RecoveryCode.id)).all()
    db.commit()
    return bool(removed)


def reset(db: Session, user: User, by: str) -> bool:
    """Takes the second step away from a user who lost app and codes; does not commit. False when there was none."""
    factor = factor_of(db, user.id)
    if factor is None:
        return False
    db.delete(factor)
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    record_change(db, by, "user", user.name, "tweede stap weg", {}, {})
    return True


def show(visit: Visit) -> Response:
    return _page(visit)


def change(visit: Visit) -> Response:
    """Adds the app, makes new recovery codes or takes the second step away; each asks for the password again."""
    user = visit.db.get(User, visit.user.id)
    assert user is not None  # noqa: S101 – the visit was recognised by it
    factor = factor_of(visit.db, user.id)
    problem = _password_problem(visit, user)
    if problem:
        return _page(visit, problem, 422)
    if factor is None:
        return _add(visit, user) if visit.form.has("aan") else _page(visit)
    if visit.site.code_attempts.wait(str(user.id), None, None) > 0:
        return _page(visit, "Er waren te veel pogingen na elkaar. Probeer het over een kwartier nog eens.", 429)
    visit.site.code_attempts.failed(str(user.id), None, None)
    if not take_code(visit.db, factor, visit.form.text("code"), visit.site.wall_clock()):
        return _page(visit, WRONG_CODE, 422)
    visit.site.code_attempts.succeeded(str(user.id), None, None)
    if visit.form.has("nieuwe_codes"):
        codes = _new_codes(visit.db, user.id)
        record_change(visit.db, user.name, "user", user.name, "nieuwe herstelcodes", {}, {})
        visit.db.commit()
        return _page(visit, codes=codes)
    if visit.form.has("uit"):
        reset(visit.db, user, user.name)
        visit.db.commit()
        return visit.goto("/tweede-stap", "De tweede stap staat uit. Je meldt je weer aan met je wachtwoord alleen.")
    raise Refused(422, "Kies wat je wil doen", "Ga terug en klik op een van de knoppen.")


def _add(visit: Visit, user: User) -> Response:
    assert visit.session is not None  # noqa: S101 – `Site` lets nobody else in
    secret = visit.session.new_secret
    step = _matching_step(secret, visit.form.text("code").replace(" ", ""), visit.site.wall_clock()) if secret else None
    if step is None:
        return _page(visit, "Die code klopt niet. Kijk of de klok van je telefoon juist staat, en typ een nieuwe.", 422)
    visit.db.add(SecondFactor(user_id=user.id, secret=secret, since=visit.today, last_step=step))
    codes = _new_codes(visit.db, user.id)
    record_change(visit.db, user.name, "user", user.name, "tweede stap aan", {}, {})
    try:
        visit.db.commit()
    except IntegrityError:
        visit.db.rollback()
        return _page(visit, "De tweede stap staat al aan: je deed dit net in een ander venster.", 409)
    visit.session.new_secret = ""
    visit.site.sessions.end_all(user.id, but=visit.token)
    return _page(visit, codes=codes)


def _page(visit: Visit, problem: str | None = None, status: int = 200, codes: list[str] | None = None) -> Response:
    assert visit.session is not None  # noqa: S101 – `Site` lets nobody else in
    factor = factor_of(visit.db, visit.user.id)
    if factor is None and not visit.session.new_secret:
        visit.session.new_secret = pyotp.random_base32()
    secret = visit.session.new_secret
    left = select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == visit.user.id)
    return visit.page(
        "second_factor.html",
        "Tweede stap bij het aanmelden",
        status,
        factor=factor,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        link=pyotp.TOTP(secret).provisioning_uri(name=visit.user.name, issuer_name=ISSUER)
        if secret and factor is None
        else "",
        codes=codes,
        left=visit.db.scalar(left) or 0,
        problem=problem,
    )


def _password_problem(visit: Visit, user: User) -> str | None:
    client = visit.request.client
    address = client.host if client else None
    attempts = visit.site.attempts
    if attempts.wait(user.name, address, "wachtwoordpagina") > 0:
        return "Er waren te veel pogingen na elkaar. Wacht even en probeer het dan nog eens."
    if not passwords.verify(user.password_hash, visit.form.raw("wachtwoord")[: passwords.MAX_LENGTH]):
        attempts.failed(user.name, address, "wachtwoordpagina")
        return "Je wachtwoord klopt niet. Typ het nog eens."
    return None


def _new_codes(db: Session, user_id: int) -> list[str]:
    """Replaces the recovery codes of a user; does not commit. Only their hashes are kept: show them now or never."""
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    # Letters and digits that nobody mixes up; never digits alone, which would be a code of the app.
    codes = ["r" + "".join(secrets.choice(_ALPHABET) for _ in range(15)) for _ in range(RECOVERY_CODES)]
    db.add_all(RecoveryCode(user_id=user_id, code_hash=_hash(code)) for code in codes)
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes]


def _matching_step(secret: str, code: str, seconds: float) -> int | None:
    """The step of time at which the app shows this code, None when it is none of those near `seconds`."""
    totp, now = pyotp.TOTP(secret), int(seconds) // _STEP
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        if hmac.compare_digest(totp.at(step * _STEP).encode(), code.encode()):
            return step
    return None


def _hash(code: str) -> str:
    # 74 random bits need no slow hash.
    return hashlib.sha256(code.encode()).hexdigest()
