"""The websites as an administrator set them, taken over while the chat runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from bot.chat import app as chat_app
from bot.chat.app import create_app
from bot.chat.tenants import REFRESH_SECONDS, CurrentTenants
from nachtlicht.settings import Settings
from nachtlicht.tenants import Tenant
from referral_db.database import make_session_factory, upgrade
from tests.bot.chat.channel import FakeChannel

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session, sessionmaker

FILE = {"demo": Tenant("demo", "Nachtlicht")}
SCHOOL = {"name": "Vraag maar", "origins": ["https://school.example"], "greeting": "Welkom."}


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'nachtlicht.db'}"
    upgrade(address)
    return address


@pytest.fixture
def database(url: str) -> Iterator[sessionmaker[Session]]:
    factory = make_session_factory(url)
    yield factory
    factory.kw["bind"].dispose()


def put(database: sessionmaker[Session], code: str, settings: object) -> None:
    with database() as db:
        db.execute(text("DELETE FROM tenant_settings WHERE code = :code"), {"code": code})
        db.execute(
            text("INSERT INTO tenant_settings (code, settings, version) VALUES (:code, :settings, 1)"),
            {"code": code, "settings": settings if isinstance(settings, str) else json.dumps(settings)},
        )
        db.commit()


def test_what_is_set_goes_over_the_file_and_can_be_taken_back(database: sessionmaker[Session]) -> None:
    current = CurrentTenants(FILE, database)
    put(database, "school", SCHOOL)
    put(database, "demo", {"name": "Anders"})
    assert dict(current) == FILE  # nothing is asked before a refresh
    current.refresh()
    assert current["school"] == Tenant("school", "Vraag maar", ("https://school.example",), "Welkom.")
    assert current["demo"].name == "Anders"
    with database() as db:
        db.execute(text("DELETE FROM tenant_settings"))
        db.commit()
    current.refresh()
    assert dict(current) == FILE


@pytest.mark.parametrize("settings", ["geen json", "1", {"name": ""}, {"name": "a", "origins": ["*"]}])
def test_settings_that_cannot_be_used_leave_the_file(database: sessionmaker[Session], settings: object) -> None:
    put(database, "demo", settings)
    put(database, "school", SCHOOL)
    current = CurrentTenants(FILE, database)
    current.refresh()
    assert current["demo"] == FILE["demo"]
    assert "school" in current


def test_without_a_database_what_was_known_stays(tmp_path: Path) -> None:
    factory = make_session_factory(f"sqlite:///{tmp_path / 'empty.db'}")
    current = CurrentTenants(FILE, factory)
    current.refresh()
    assert dict(current) == FILE
    factory.kw["bind"].dispose()


def test_the_running_chat_takes_a_change_over_within_five_seconds(
    url: str, database: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert REFRESH_SECONDS <= 4
    monkeypatch.setattr(chat_app, "REFRESH_SECONDS", 0.05)
    app = create_app(Settings(database_url=url, rate=None, var=tmp_path), http=FakeChannel().client())
    origin = {"origin": "https://school.example"}
    with TestClient(app) as client:
        assert client.post("/api/v1/sessions", json={"tenant": "school"}, headers=origin).status_code == 422
        put(database, "school", SCHOOL)
        for _ in range(100):
            started = client.post("/api/v1/sessions", json={"tenant": "school"}, headers=origin)
            if started.status_code == 201:
                break
        assert started.json()["window"]["name"] == "Vraag maar"
        assert started.json()["messages"][0]["text"] == "Welkom."
        assert started.headers["access-control-allow-origin"] == "https://school.example"
        page = client.get("/venster?tenant=school")
        assert "https://school.example" in page.headers["content-security-policy"]
        asked = client.options("/api/v1/sessions", headers={**origin, "access-control-request-method": "POST"})
        assert asked.headers["access-control-allow-origin"] == "https://school.example"
        other = client.options(
            "/api/v1/sessions",
            headers={"origin": "https://elders.example", "access-control-request-method": "POST"},
        )
        assert "access-control-allow-origin" not in other.headers
