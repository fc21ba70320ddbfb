"""Which curated answer may be shown now."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from referral_db.answers import find_answer
from referral_db.database import make_session_factory
from referral_db.models import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    factory = make_session_factory(sqlite_url)
    with factory() as session:
        yield session
    factory.kw["bind"].dispose()


def add(session: Session, text: str, code: str = "conflict", **changes: object) -> None:
    values = {
        "code": code,
        "kind": "eerste",
        "moment": "altijd",
        "text": text,
        "source": "proef",
        "owner": "proef",
        "reviewed_on": TODAY - dt.timedelta(days=30),
        "expires_on": TODAY + dt.timedelta(days=30),
        "state": "published",
    }
    session.add(Answer(**values | changes))
    session.flush()


def found(session: Session, *, night: bool = False, rather: tuple[str, ...] = ()) -> str | None:
    return find_answer(session, "conflict", "eerste", night=night, today=TODAY, rather=rather)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_on": TODAY},
        {"expires_on": TODAY - dt.timedelta(days=1)},
        {"state": "draft"},
        {"state": "archived"},
        {"kind": "tips"},
        {"code": "ontrouw"},
    ],
    ids=str,
)
def test_what_is_too_old_or_not_published_is_not_shown(session: Session, changes: dict[str, object]) -> None:
    add(session, "Te oud.", **changes)
    assert found(session) is None
    add(session, "Een goed antwoord.", **({"moment": "nacht"} if not changes.keys() & {"kind", "code"} else {}))
    assert found(session, night=True) == "Een goed antwoord."


def test_on_its_last_day_it_is_shown(session: Session) -> None:
    add(session, "Nog één dag.", expires_on=TODAY + dt.timedelta(days=1))
    assert found(session) == "Nog één dag."


def test_at_night_the_one_for_the_night_comes_first(session: Session) -> None:
    add(session, "Overdag.")
    assert found(session, night=True) == "Overdag."
    add(session, "Vannacht.", moment="nacht")
    assert (found(session, night=True), found(session)) == ("Vannacht.", "Overdag.")


def test_the_one_for_the_situation_comes_first_unless_it_is_too_old(session: Session) -> None:
    add(session, "Voor iedereen.")
    add(session, "Met kinderen.", "conflict_kinderen")
    add(session, "Alleen.", "conflict_alleen", expires_on=TODAY)
    rather = ("conflict_alleen", "conflict_kinderen")
    assert found(session, rather=rather) == "Met kinderen."
    assert found(session) == "Voor iedereen."
