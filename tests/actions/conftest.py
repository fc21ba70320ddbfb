"""Actions against the real seed, at a fixed time, without Rasa."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import SafeAction, resources
from referral_db.database import make_session_factory, upgrade
from referral_db.seeding import seed

Outcome = tuple[list[dict[str, Any]], list[dict[str, Any]]]
Run = Callable[..., Outcome]


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("actions") / "nachtlicht.db"
    url = f"sqlite:///{path}"
    upgrade(url)
    with make_session_factory(url)() as session:
        seed(session)
        session.commit()
    return url


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return a function that runs an action and gives its messages and its events."""
    monkeypatch.setenv("NACHTLICHT_DATABASE_URL", database_url)

    def one(action: SafeAction, intent: str, clock: str = "2026-11-23T03:10", **context: Any) -> Outcome:
        monkeypatch.setenv("NACHTLICHT_CLOCK", clock)
        resources.cache_clear()
        dispatcher = CollectingDispatcher()
        events = asyncio.run(action.run(dispatcher, tracker(intent, **context), {}))
        return dispatcher.messages, events

    yield one
    resources.cache_clear()


def tracker(
    intent: str,
    *,
    slots: dict[str, Any] | None = None,
    entities: list[dict[str, Any]] | None = None,
    needs: list[dict[str, Any]] | None = None,
    confidence: float = 0.9,
    loop: str | None = None,
    near: str | None = None,
    sign: str | None = None,
) -> Tracker:
    """Return a tracker as Rasa sends it: codes, and an empty text. `near`: a danger that is possible."""
    message = {
        "text": "",
        "intent": {"name": intent, "confidence": confidence},
        "entities": entities or [],
        "needs": needs or [],
        "risk": {"code": None} if near is None else {"code": None, "near": near},
        "signs": [sign] if sign else [],
    }
    return Tracker(
        sender_id="sender",
        slots=slots or {},
        latest_message=message,
        events=[],
        paused=False,
        followup_action=None,
        active_loop={"name": loop} if loop else {},
        latest_action_name="action_listen",
    )


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the events set."""
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}
