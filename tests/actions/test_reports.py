""" "Dit klopt niet meer" at the door of the real actions process, as the chat process knocks on it."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select

from actions.base import resources
from actions.reports import _receive
from referral_db.database import make_session_factory
from referral_db.models import Report, Service
from tests.services import HOME, free_port


@pytest.fixture(scope="module")
def door(database_url: str) -> Iterator[str]:
    """`python -m actions` over the seeded database, at three in the night; gives its address."""
    port = free_port()
    settings = {
        "NACHTLICHT_DATABASE_URL": database_url,
        "NACHTLICHT_ACTIONS_PORT": str(port),
        "NACHTLICHT_CLOCK": "2026-11-23T03:10",
    }
    process = subprocess.Popen([sys.executable, "-m", "actions"], cwd=HOME, env=os.environ | settings)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            time.sleep(0.1)
            try:
                httpx.get(url + "/health")
                break
            except httpx.TransportError:
                assert process.poll() is None
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def kept(database_url: str) -> Iterator[Any]:
    """Gives what is stored: service, reason, day and count. Nothing of it is there after the test."""
    sessions = make_session_factory(database_url)

    def rows() -> list[tuple[Any, ...]]:
        with sessions() as session:
            found = session.execute(select(Service.slug, Report.reason, Report.day, Report.count).join(Service))
            return [tuple(row) for row in found]

    yield rows
    with sessions() as session:
        session.execute(delete(Report))
        session.commit()


def test_a_report_is_counted_on_its_day_and_says_nothing_else(door: str, kept: Any) -> None:
    assert [httpx.post(door + "/reports", json={"service": "tele-onthaal-106"}).status_code for _ in range(2)] == [
        204
    ] * 2
    assert kept() == [("tele-onthaal-106", "anders", dt.date(2026, 11, 23), 2)]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"service": "bestaat-niet"}', 204), (b"{}", 400), (b"[]", 400), (b'{"service": 1}', 400), (b"kapot", 400)],
)
def test_what_cannot_be_a_report_stores_nothing(door: str, kept: Any, body: bytes, status: int) -> None:
    assert httpx.post(door + "/reports", content=body).status_code == status
    assert kept() == []


def test_without_a_database_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NACHTLICHT_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    resources.cache_clear()
    request: Any = SimpleNamespace(json={"service": "tele-onthaal-106"})
    assert asyncio.run(_receive(request)).status == 503
    resources.cache_clear()
