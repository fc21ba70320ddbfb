"""Sentences that people gave: bounded, for 180 days, and out as a proposal."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import yaml

from referral_db import given
from referral_db.database import make_session_factory, upgrade
from referral_db.given import BLANK, KEPT_DAYS, MOST_A_WEEK, given_sentences, keep, let_go, proposal
from referral_db.workflow import GivenSentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


@pytest.fixture(params=["sqlite_url", "postgresql_url"])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    url = request.getfixturevalue(request.param)
    upgrade(url)
    factory = make_session_factory(url)
    with factory() as session:
        yield session
    factory.kw["bind"].dispose()


THURSDAY = dt.date(2026, 11, 26)


def test_a_sentence_has_a_week_and_a_website_and_nothing_else(session: Session) -> None:
    assert keep(session, f"mijn man {BLANK} niet meer", "demo", THURSDAY)
    session.commit()
    (one,) = given_sentences(session)
    assert set(GivenSentence.__table__.columns.keys()) == {"id", "week", "tenant", "text", "label", "version"}
    assert (one.week, one.tenant, one.label) == (dt.date(2026, 11, 23), "demo", None)


def test_the_keys_do_not_tell_the_order(session: Session) -> None:
    for number in range(40):
        keep(session, f"zin {'x' * number}", "demo", THURSDAY)
    session.commit()
    lengths = [len(one.text) for one in given_sentences(session)]
    assert lengths != sorted(lengths)


def test_a_week_of_one_website_has_a_bound(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "MOST_A_WEEK", 3)
    assert MOST_A_WEEK == 200
    kept = [keep(session, "een zin die niet begrepen was", "demo", THURSDAY) for _ in range(5)]
    assert kept == [True, True, True, False, False]
    assert keep(session, "een zin", "ander", THURSDAY)
    assert keep(session, "een zin", "demo", THURSDAY + dt.timedelta(weeks=1))
    assert not keep(session, "x" * 301, "derde", THURSDAY)
    assert not keep(session, "  ", "derde", THURSDAY)


def test_after_180_days_it_is_gone(session: Session) -> None:
    keep(session, "een zin", "demo", THURSDAY)
    monday = dt.date(2026, 11, 23)
    assert let_go(session, monday + dt.timedelta(days=KEPT_DAYS - 1)) == 0
    assert let_go(session, monday + dt.timedelta(days=KEPT_DAYS)) == 1
    assert given_sentences(session) == []


def test_the_proposal_is_a_file_of_examples_and_holds_only_what_has_a_label(session: Session) -> None:
    for text, label in (
        (f"mijn man {BLANK} ’s nachts weg", "ontrouw"),
        ("we zwijgen elkaar dood", "communicatie"),
        ("dit begrijp ik niet", None),
    ):
        keep(session, text, "demo", THURSDAY)
        session.flush()
        for one in given_sentences(session):
            if one.text == text:
                one.label = label
        session.flush()
    text = proposal(given_sentences(session))
    assert text.startswith("# Proposal")
    assert "examples: |" in text
    assert yaml.safe_load(text) == {
        "version": "3.1",
        "nlu": [
            {"intent": "communicatie", "examples": "- we zwijgen elkaar dood\n"},
            {"intent": "ontrouw", "examples": "- mijn man … ’s nachts weg\n"},
        ],
    }
    assert yaml.safe_load(proposal([])) == {"version": "3.1", "nlu": []}
