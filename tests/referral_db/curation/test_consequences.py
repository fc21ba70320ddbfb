"""What a proposal would change: fixed questions, side by side, in time, and nothing is stored."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from referral_db.areas import PLACES
from referral_db.curation import consequences as module
from referral_db.curation import proposals, subjects
from referral_db.curation.consequences import consequences, questions
from referral_db.curation.people import Person
from referral_db.database import make_session_factory, upgrade
from referral_db.geography import Geography
from referral_db.models import Answer, AuditEntry, Service
from referral_db.records import Record, all_services, to_record
from referral_db.search import search
from referral_db.seeding import seed
from referral_db.taxonomy import CHANNELS, CODES
from referral_db.workflow import Proposal
from tests.referral_db.curation.conftest import NOW, TODAY
from tests.referral_db.curation.site_client import SiteClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session, sessionmaker

GEOGRAPHY = Geography.load(PLACES)
AN = Person(1, "An", "editor")


@pytest.fixture(scope="module")
def real_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real records, once."""
    path = tmp_path_factory.mktemp("consequences") / "seeded.db"
    upgrade(f"sqlite:///{path}")
    factory = make_session_factory(f"sqlite:///{path}")
    with factory() as db:
        seed(db)
        db.commit()
    factory.kw["bind"].dispose()
    return path


@pytest.fixture
def real(real_file: Path) -> Iterator[sessionmaker[Session]]:
    factory = make_session_factory(f"sqlite:///{real_file}")
    yield factory
    with factory() as db:
        db.query(Proposal).delete()
        db.query(AuditEntry).delete()
        db.commit()
    factory.kw["bind"].dispose()


def proposed(db: Session, slug: str, **changes: Any) -> tuple[Proposal, proposals.Waiting]:
    found = subjects.of_service(db.scalars(select(Service).where(Service.slug == slug)).one())
    record, problems = subjects.merged(found, changes)
    assert not problems
    made = proposals.propose(db, AN, found, record, NOW, why="proef")
    assert made is not None
    waiting = proposals.waiting(db, made)
    assert waiting is not None
    return made, waiting


def test_the_questions_are_fixed_and_cover_the_taxonomy() -> None:
    asked = questions(GEOGRAPHY, TODAY)
    assert len(asked) >= 200
    assert asked == questions(GEOGRAPHY, TODAY + dt.timedelta(days=3))  # the same all week
    assert len(set(asked)) >= 200
    assert set(Counter(one.code for one in asked)) == set(CODES)
    assert len({one.place.province for one in asked if one.place}) == 6
    assert {one.max_price for one in asked} == {None, 0.0, 15.0, 60.0}
    assert {one.channel for one in asked} == {None, "telefoon", "chat", "ter_plaatse"}
    assert {one.at.hour for one in asked} == {3, 14}
    assert all(one.at.weekday() == 1 for one in asked)
    prices_of = {code: {one.max_price for one in asked if one.code == code} for code in CODES}
    assert min(map(len, prices_of.values())) >= 3
    assert all(CODES[one.code].label in one.in_words for one in asked)
    assert any(CHANNELS["chat"] in one.in_words and "tot € 15" in one.in_words for one in asked)


def everything_asked(db: Session) -> list[list[str]]:
    return [[card["id"] for card in search(db, GEOGRAPHY, one.query).cards] for one in questions(GEOGRAPHY, TODAY)]


def test_what_is_shown_is_what_happens_on_the_real_records(real: sessionmaker[Session]) -> None:
    """The busiest service goes: the preview names as many questions as change once it is really approved."""
    with real() as db:
        before = everything_asked(db)
        shown = Counter(key for row in before for key in row)
        candidates = [to_record(one) for one in all_services(db) if one.state == "published"]
        busiest = max((one for one in candidates if len(one["needs"]) < 6), key=lambda one: shown[one["slug"]])
        assert shown[busiest["slug"]] > 5
        proposal, waiting = proposed(db, busiest["slug"], state="archived")
        start = time.monotonic()
        found = consequences(real, proposal, waiting, GEOGRAPHY, TODAY, clock=lambda: 0.0)
        seconds = time.monotonic() - start
        assert everything_asked(db) == before  # nothing was stored
        proposals.put(db, proposal, waiting, by="An")
        db.flush()
        after = everything_asked(db)
        db.rollback()
    changed = [number for number, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    assert changed
    asked = questions(GEOGRAPHY, TODAY)
    assert sorted(one.question for one in found.found) == sorted(asked[number].in_words for number in changed)
    direct = [any(CODES[code].label in one.question for code in busiest["needs"]) for one in found.found]
    assert direct == sorted(direct, reverse=True)  # what the service is for comes first
    assert (found.asked, found.total) == (len(asked), len(asked))
    assert all(busiest["name"] in one.before and busiest["name"] not in one.after for one in found.found)
    assert seconds < 10  # without its own limit: that is the next test


def test_it_stops_in_time_and_says_so(real: sessionmaker[Session]) -> None:
    ticks = iter(range(10_000))
    with real() as db:
        record: Record = next(to_record(one) for one in all_services(db) if len(one.needs) >= 6)
        proposal, waiting = proposed(db, record["slug"], name="Andere naam")
        slow = consequences(real, proposal, waiting, GEOGRAPHY, TODAY, clock=lambda: next(ticks) / 10)
    assert slow.asked < slow.total


def test_a_check_or_a_name_changes_no_order(real: sessionmaker[Session]) -> None:
    with real() as db:
        record = next(to_record(one) for one in all_services(db) if one.state == "published" and len(one.needs) == 2)
        proposal, waiting = proposed(db, record["slug"], description="Andere woorden.")
        assert consequences(real, proposal, waiting, GEOGRAPHY, TODAY).found == []


def test_the_page_shows_both_side_by_side(editor: SiteClient, publisher: SiteClient) -> None:
    path = editor.change("/diensten/lamp", state="archived", waarom="stopt ermee").headers["location"]
    page = publisher.get(path).text
    assert "Wat het gesprek anders zal tonen" in page
    assert '<li class="gone">Dienst lamp</li>' in page
    assert "Vertrouwen geschonden · Gent" in page
    assert "208 proefvragen" in page


def test_publishing_a_draft_shows_where_it_comes_up(editor: SiteClient, publisher: SiteClient) -> None:
    changes = {"state": "published", "phones__0__number": "0470 00 00 77", "waarom": "nagekeken"}
    path = editor.change("/diensten/schets", **changes).headers["location"]
    assert '<li class="new">Dienst schets</li>' in publisher.get(path).text


def test_an_answer_shows_what_is_said_by_day_and_by_night(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    with database() as db:
        number = db.scalars(select(Answer.id).where(Answer.code == "ontrouw", Answer.moment == "altijd")).one()
    path = editor.change(f"/antwoorden/{number}", text="Dat komt hard aan.", waarom="korter").headers["location"]
    page = publisher.get(path).text.split('id="gevolgen"')[1]
    assert "overdag" in page
    assert "nachts</th>" not in page  # the night has a text of its own, which stays
    assert "Dat komt hard aan." in page


def test_a_search_that_breaks_leaves_nothing_behind(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = editor.change("/diensten/lamp", name="Half", waarom="proef").headers["location"]
    found = module.search

    def fail_after_the_change(db: Session, *arguments: Any, **options: Any) -> Any:
        if db.scalars(select(Service.name).where(Service.slug == "lamp")).one() == "Half":
            raise RuntimeError
        return found(db, *arguments, **options)

    monkeypatch.setattr(module, "search", fail_after_the_change)
    assert publisher.get(path).status_code == 500
    with database() as db:
        assert db.scalars(select(Service.name).where(Service.slug == "lamp")).one() == "Dienst lamp"
