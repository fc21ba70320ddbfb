"""Users: made and changed by an administrator, on the page or on the command line."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import second_factor
from referral_db.curation.passwords import hash_password, weakness
from referral_db.curation.people import ROLE_NAMES, ROLES
from referral_db.curation.saving import record_change
from referral_db.curation.site import Refused, Site, Visit
from referral_db.models import User
from referral_db.workflow import SecondFactor

MAX_NAME = 80


class UserProblem(Exception):
    """Why a user cannot be made or changed like this, in Dutch."""


def routes(site: Site) -> list[Route]:
    return [
        site.get("/gebruikers", show, "administrator"),
        site.post("/gebruikers", create, "administrator", hashes=True),
        site.post("/gebruikers/{id:int}", change, "administrator", hashes=True),
    ]


def add_user(db: Session, name: str, role: str, password: str, today: dt.date, by: str) -> User:
    """Makes a user; does not commit. Raises UserProblem."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise UserProblem(f"Geef een naam van hoogstens {MAX_NAME} tekens.")
    if find_user(db, name) is not None:
        raise UserProblem(f"Er is al een gebruiker met de naam {name}.")
    _check_role(role)
    _check_password(password, name)
    user = User(name=name, role=role, password_hash=hash_password(password), created_on=today)
    db.add(user)
    record_change(db, by, "user", name, "nieuw", {}, {"role": ROLE_NAMES[role]})
    return user


def set_password(db: Session, user: User, password: str, by: str) -> None:
    """Gives a user a new password, which ends all their sessions; does not commit. Raises UserProblem."""
    _check_password(password, user.name)
    user.password_hash = hash_password(password)
    record_change(db, by, "user", user.name, "wachtwoord", {}, {})


def set_role(db: Session, user: User, role: str, by: str) -> None:
    """Gives a user another role; does not commit. Raises UserProblem, also for the last administrator."""
    _check_role(role)
    if role != user.role:
        _check_not_the_last(db, user)
        record_change(db, by, "user", user.name, "rol", {"role": ROLE_NAMES[user.role]}, {"role": ROLE_NAMES[role]})
        user.role = role


def remove(db: Session, user: User, by: str) -> None:
    """Removes a user, which ends all their sessions; does not commit. Raises UserProblem for the last administrator."""
    _check_not_the_last(db, user)
    record_change(db, by, "user", user.name, "weg", {}, {})
    db.delete(user)


def find_user(db: Session, name: str) -> User | None:
    """The user of that name, in capitals or not."""
    return db.scalars(select(User).where(func.lower(User.name) == name.lower())).first()


def show(visit: Visit) -> Response:
    return _page(visit)


def create(visit: Visit) -> Response:
    form = visit.form
    try:
        user = add_user(
            visit.db, form.text("naam"), form.text("rol"), form.raw("wachtwoord"), visit.today, visit.user.name
        )
    except UserProblem as problem:
        return _page(visit, str(problem), 422)
    visit.db.commit()
    return visit.goto("/gebruikers", f"{user.name} kan zich nu aanmelden als {ROLE_NAMES[user.role]}.")


def change(visit: Visit) -> Response:
    """Role, password or removal of one user, whichever button was pressed."""
    number = visit.request.path_params["id"]
    user = visit.db.get(User, number) if number < 2**31 else None
    if user is None:
        raise Refused(404, "Deze gebruiker is er niet", "Misschien is die net weggehaald.")
    form, by = visit.form, visit.user.name
    try:
        if form.has("rol_opslaan"):
            set_role(visit.db, user, form.text("rol"), by)
            notice = f"{user.name} is nu {ROLE_NAMES[user.role]}."
        elif form.has("wachtwoord_opslaan"):
            set_password(visit.db, user, form.raw("wachtwoord"), by)
            notice = f"{user.name} heeft een nieuw wachtwoord en is overal afgemeld."
        elif form.has("tweede_stap_weg"):
            if user.id == visit.user.id:
                raise UserProblem("Je eigen tweede stap zet je uit bij “Tweede stap”, met een code.")
            if not second_factor.reset(visit.db, user, by):
                raise UserProblem(f"{user.name} heeft geen tweede stap.")
            visit.site.sessions.end_all(user.id)
            notice = (
                f"{user.name} meldt zich nu aan met het wachtwoord alleen. Vraag om de tweede stap weer aan te zetten."
            )
        elif form.has("weg"):
            remove(visit.db, user, by)
            notice = f"{user.name} kan zich niet meer aanmelden."
        else:
            raise UserProblem("Kies wat je wil doen.")
    except UserProblem as problem:
        visit.db.rollback()
        return _page(visit, str(problem), 422)
    visit.db.commit()
    return visit.goto("/gebruikers", notice)


def _page(visit: Visit, problem: str | None = None, status: int = 200) -> Response:
    users = visit.db.scalars(select(User).order_by(func.lower(User.name))).all()
    with_factor = set(visit.db.scalars(select(SecondFactor.user_id)))
    return visit.page("users.html", "Gebruikers", status, users=users, with_factor=with_factor, problem=problem)


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise UserProblem(f"Kies een rol: {', '.join(ROLES)}.")


def _check_password(password: str, name: str) -> None:
    weak = weakness(password, name)
    if weak:
        raise UserProblem(weak)


def _check_not_the_last(db: Session, user: User) -> None:
    others = select(func.count(User.id)).where(User.role == "administrator", User.id != user.id)
    if user.role == "administrator" and not db.scalar(others):
        raise UserProblem("Dit is de laatste beheerder. Maak eerst iemand anders beheerder.")
