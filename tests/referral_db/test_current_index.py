"""An index is used only while it is what the database holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from referral_db import current_index as module
from referral_db.current_index import current_index
from referral_db.database import make_session_factory, upgrade
from referral_db.models import Service
from referral_db.search import Query, search
from tests.referral_db.invented_services import DAY, GEOGRAPHY, add, empty_database

ASKED = Query(("ontrouw",), None, DAY)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    upgrade(found)
    return found


@pytest.fixture
def sessions(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[sessionmaker[Session]]:
    monkeypatch.setattr(module, "REST", 0.0)
    factory = make_session_factory(url)
    with factory.begin() as session:
        add(session, "een")
    yield factory
    _wait_until(lambda: not any(thread.name == "search index" for thread in threading.enumerate()))
    factory.kw["bind"].dispose()


def _wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 5  # what a maintainer changes is seen within 5 seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def _found(factory: sessionmaker[Session]) -> list[str]:
    with factory() as session:
        return [card["id"] for card in search(session, GEOGRAPHY, ASKED).cards]


def _has_index(factory: sessionmaker[Session]) -> bool:
    with factory() as session:
        return current_index(session) is not None


def test_a_change_by_another_process_is_seen_at_once(url: str, sessions: sessionmaker[Session]) -> None:
    assert _found(sessions) == ["een"]
    assert _has_index(sessions)
    other = make_session_factory(url)
    with other.begin() as session:
        add(session, "twee")
    assert _found(sessions) == ["een", "twee"]  # the plain search, while a new index is made
    _wait_until(lambda: _has_index(sessions))
    assert _found(sessions) == ["een", "twee"]
    with other.begin() as session:
        session.get_one(Service, "id-een").state = "draft"
    assert _found(sessions) == ["twee"]
    other.kw["bind"].dispose()


def test_nothing_is_made_anew_while_nothing_changes(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        first = current_index(session)
    _found(sessions)
    with sessions() as session:
        assert current_index(session) is first


def test_a_session_that_wrote_something_sees_its_own(sessions: sessionmaker[Session]) -> None:
    assert _has_index(sessions)
    with sessions() as session:
        session.execute(text("SELECT 1"))
        assert current_index(session) is not None
        add(session, "twee")  # flushes
        assert current_index(session) is None
        assert [card["id"] for card in search(session, GEOGRAPHY, ASKED).cards] == ["een", "twee"]
        session.rollback()
        _wait_until(lambda: current_index(session) is not None)
        session.get_one(Service, "id-een").name = "Anders"  # not yet flushed
        assert search(session, GEOGRAPHY, ASKED).cards[0]["name"] == "Anders"


def test_after_a_change_the_next_index_waits_its_turn(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REST", 1e6)
    assert _has_index(sessions)
    with sessions.begin() as session:
        add(session, "twee")
    assert not _has_index(sessions)
    assert not any(thread.name == "search index" for thread in threading.enumerate())
    assert _found(sessions) == ["een", "twee"]


def test_a_search_once_makes_no_index(sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("referral_db.search.current_index", lambda _session: pytest.fail("an index"))
    with sessions() as session:
        assert search(session, GEOGRAPHY, ASKED, once=True).total == 1


def test_a_database_in_memory_has_none() -> None:
    with empty_database() as session:
        add(session, "een")
        assert current_index(session) is None


def test_a_disposed_engine_keeps_nothing_open(sessions: sessionmaker[Session]) -> None:
    assert _has_index(sessions)
    engine = sessions.kw["bind"]
    keeper = module._keepers[engine]
    engine.dispose()
    assert keeper._watcher is None
    assert engine not in module._keepers
    assert _has_index(sessions)  # and it can be used again


def test_a_lost_connection_is_made_anew(sessions: sessionmaker[Session]) -> None:
    assert _has_index(sessions)
    watcher = module._keepers[sessions.kw["bind"]]._watcher
    assert watcher is not None
    watcher.close()
    assert not _has_index(sessions)
    _wait_until(lambda: _has_index(sessions))
