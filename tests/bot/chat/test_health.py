"""`/healthz` and `/readyz`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.testclient import TestClient

from bot.chat.app import create_app
from referral_db.database import upgrade

if TYPE_CHECKING:
    from nachtlicht.settings import Settings
    from tests.bot.chat.channel import FakeChannel


def test_everything_answers(client: TestClient, settings: Settings) -> None:
    upgrade(settings.database_url)
    assert client.get("/healthz").json() == {"status": "ok"}
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "parts": {"database": "ok", "rasa": "ok", "actions": "ok", "sessions": "ok"},
    }


def test_a_missing_dutch_pipeline_is_said_and_is_no_reason_to_stop(
    client: TestClient, settings: Settings, channel: FakeChannel
) -> None:
    upgrade(settings.database_url)
    channel.dutch = "lookup"
    response = client.get("/readyz")
    assert response.status_code == 200
    assert "lookup lemmas" in response.json()["parts"]["rasa"]


def test_what_is_down_is_named(client: TestClient, settings: Settings, channel: FakeChannel) -> None:
    upgrade(settings.database_url)
    channel.actions_down = True
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"] == {"database": "ok", "rasa": "ok", "actions": "down", "sessions": "ok"}
    channel.down = True
    assert client.get("/readyz").json()["parts"]["rasa"] == "down"
    assert client.get("/healthz").status_code == 200


def test_a_database_without_tables_is_not_ready(settings: Settings, channel: FakeChannel) -> None:
    with TestClient(create_app(settings, http=channel.client())) as client:
        assert client.get("/readyz").json()["parts"]["database"] == "down"
