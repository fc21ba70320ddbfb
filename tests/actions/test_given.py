"""The actions process keeps a redacted sentence with its website and the week, and nothing else."""

from __future__ import annotations

import asyncio
import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from actions.base import resources
from actions.given import _let_go, _receive
from referral_db.database import make_session_factory, upgrade
from referral_db.workflow import GivenSentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GIVEN = {"text": "ik weet niet meer wat […]", "tenant": "demo"}


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    url = f"sqlite:///{tmp_path / 'nachtlicht.db'}"
    monkeypatch.setenv("NACHTLICHT_DATABASE_URL", url)
    monkeypatch.setenv("NACHTLICHT_CLOCK", "2026-11-26T03:10")
    resources.cache_clear()
    yield url
    resources.cache_clear()


def received(body: Any) -> int:
    request: Any = SimpleNamespace(json=body)
    return asyncio.run(_receive(request)).status


def kept(url: str) -> list[tuple[Any, ...]]:
    with make_session_factory(url)() as session:
        columns = (GivenSentence.week, GivenSentence.tenant, GivenSentence.text, GivenSentence.label)
        return [tuple(row) for row in session.execute(select(*columns))]


def test_a_sentence_is_kept_in_its_week(url: str) -> None:
    upgrade(url)
    assert received(GIVEN) == 204
    assert kept(url) == [(dt.date(2026, 11, 23), "demo", "ik weet niet meer wat […]", None)]


@pytest.mark.parametrize("body", [None, [], {}, {"text": 1, "tenant": "demo"}, {"text": "een zin"}])
def test_what_is_malformed_stores_nothing(url: str, body: Any) -> None:
    upgrade(url)
    assert received(body) == 400
    assert kept(url) == []


def test_without_a_database_it_says_so(url: str) -> None:
    assert received(GIVEN) == 503


def test_what_is_too_old_goes_by_itself(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(url)
    assert received(GIVEN) == 204
    monkeypatch.setenv("NACHTLICHT_CLOCK", "2027-05-22T03:10")  # 180 days after the Monday of that week
    resources.cache_clear()
    _let_go(resources())
    assert kept(url) == []
