"""`nachtlicht user`: the first user, and a way back in when nobody remembers a password. Written in Dutch."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from nachtlicht.clock import now
from referral_db.curation.people import ROLES
from referral_db.curation.second_factor import reset
from referral_db.curation.users import UserProblem, add_user, find_user, set_password
from referral_db.database import make_session_factory, upgrade
from referral_db.models import User

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from nachtlicht.settings import Settings

_BY = "opdrachtregel"


def add_user_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `user` with its sub-commands. Each sets `run(arguments, settings)`, which gives an exit status."""
    user = subparsers.add_parser("user", help="maintainers who may sign in to the curation app")
    commands = user.add_subparsers(required=True, metavar="COMMAND")

    add = commands.add_parser("add", help="a new user; asks for the password twice")
    add.add_argument("name")
    add.add_argument("--role", choices=ROLES, default="reader")
    _password_option(add)
    add.set_defaults(run=_with_database(_add))

    password = commands.add_parser("password", help="a new password for a user, who is signed out everywhere")
    password.add_argument("name")
    _password_option(password)
    password.set_defaults(run=_with_database(_password))

    reset = commands.add_parser("reset-second-step", help="takes the second step away from who lost app and codes")
    reset.add_argument("name")
    reset.set_defaults(run=_with_database(_reset_second_step))

    commands.add_parser("list", help="who may sign in").set_defaults(run=_with_database(_list))


def _password_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--password-stdin", action="store_true", help="read the password from the first line of input")


def _with_database(
    command: Callable[[Session, argparse.Namespace, Settings], int],
) -> Callable[[argparse.Namespace, Settings], int]:
    def run(args: argparse.Namespace, settings: Settings) -> int:
        try:
            upgrade(settings.database_url)
            sessions = make_session_factory(settings.database_url)
            try:
                with sessions() as session:
                    return command(session, args, settings)
            finally:
                sessions.kw["bind"].dispose()
        except (ValueError, UserProblem) as error:
            _complain(str(error))
        except OperationalError:
            _complain("De databank antwoordt niet. Kijk na of NACHTLICHT_DATABASE_URL klopt en of de server draait.")
        return 1

    return run


def _add(db: Session, args: argparse.Namespace, settings: Settings) -> int:
    if find_user(db, args.name) is not None:
        raise UserProblem(f"Er is al een gebruiker met de naam {args.name}.")
    user = add_user(db, args.name, args.role, _ask(args), now(settings).date(), _BY)
    db.commit()
    print(f"{user.name} kan zich aanmelden op http://localhost:{settings.curation_port}.")
    return 0


def _password(db: Session, args: argparse.Namespace, _settings: Settings) -> int:
    user = find_user(db, args.name)
    if user is None:
        raise UserProblem(f"Er is geen gebruiker met de naam {args.name}.")
    set_password(db, user, _ask(args), _BY)
    db.commit()
    print(f"{user.name} heeft een nieuw wachtwoord.")
    return 0


def _reset_second_step(db: Session, args: argparse.Namespace, _settings: Settings) -> int:
    user = find_user(db, args.name)
    if user is None:
        raise UserProblem(f"Er is geen gebruiker met de naam {args.name}.")
    if not reset(db, user, _BY):
        raise UserProblem(f"{user.name} heeft geen tweede stap.")
    db.commit()
    print(f"{user.name} meldt zich nu aan met het wachtwoord alleen.")
    return 0


def _list(db: Session, _args: argparse.Namespace, _settings: Settings) -> int:
    for user in db.scalars(select(User).order_by(func.lower(User.name))):
        print(f"{user.role:<14} {user.name}")
    return 0


def _ask(args: argparse.Namespace) -> str:
    """The password: the first line of the input, or typed twice on the terminal without showing."""
    if args.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UserProblem("Er is geen terminal om het wachtwoord te vragen. Geef het met --password-stdin.")
    password = getpass.getpass("Wachtwoord: ")
    if getpass.getpass("Nog eens: ") != password:
        raise UserProblem("Dat waren twee verschillende wachtwoorden. Probeer het nog eens.")
    return password


def _complain(line: str) -> None:
    print(line, file=sys.stderr)
