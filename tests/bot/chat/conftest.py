"""Fixtures of the chat process: the application with the stand-in channel behind it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest
from starlette.exceptions import StarletteDeprecationWarning

from bot.chat.app import create_app
from nachtlicht.settings import Settings
from tests.bot.chat.channel import FakeChannel

with warnings.catch_warnings():
    # Starlette would rather have httpx2 under its test client; the product itself uses httpx.
    warnings.simplefilter("ignore", StarletteDeprecationWarning)
    from starlette.testclient import TestClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path / 'nachtlicht.db'}", rate=30.0, var=tmp_path)


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def client(settings: Settings, channel: FakeChannel) -> Iterator[TestClient]:
    with TestClient(create_app(settings, http=channel.client())) as client:
        yield client


@pytest.fixture
def session(client: TestClient) -> str:
    response = client.post("/api/v1/sessions", json={"tenant": "demo"})
    assert response.status_code == 201
    return str(response.json()["session"])
