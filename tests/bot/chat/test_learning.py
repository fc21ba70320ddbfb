"""A sentence is kept only after a yes to that one sentence, redacted, once, and never when danger was said."""

from __future__ import annotations

import dataclasses
import gc
import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.chat.app import create_app
from bot.chat.conversation import GIVEN_A_MINUTE
from bot.chat.sessions import Session
from nachtlicht.tenants import Tenant
from tests.bot.chat.conftest import TestClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nachtlicht.settings import Settings
    from tests.bot.chat.channel import FakeChannel

SENTENCE = "mijn man Jan brabbelt in Genk en ik weet niet meer wat"
LEFT = "mijn man […] in […] en ik weet niet meer wat"


@pytest.fixture
def client(settings: Settings, channel: FakeChannel) -> Iterator[TestClient]:
    tenants = {"leert": Tenant("leert", "Leert", learn=True), "demo": Tenant("demo", "Nachtlicht")}
    with TestClient(create_app(settings, http=channel.client(), tenants=tenants)) as client:
        yield client


def begun(client: TestClient, tenant: str = "leert") -> str:
    return str(client.post("/api/v1/sessions", json={"tenant": tenant}).json()["session"])


def says(client: TestClient, session: str, text: str) -> dict[str, Any]:
    response = client.post("/api/v1/messages", json={"session": session, "text": text})
    assert response.status_code == 200
    return dict(response.json())


def gives(client: TestClient, session: str, text: str = SENTENCE, **more: Any) -> Any:
    return client.post("/api/v1/sentences", json={"session": session, "text": text, **more})


def test_a_yes_keeps_what_the_preview_said_with_the_website_alone(client: TestClient, channel: FakeChannel) -> None:
    session = begun(client)
    assert says(client, session, SENTENCE)["learn"] is True
    shown = gives(client, session)
    assert (shown.status_code, shown.json()) == (200, {"text": LEFT})
    assert channel.given == []  # a preview keeps nothing
    assert gives(client, session, LEFT, keep=True).status_code == 204
    assert channel.given == [{"text": LEFT, "tenant": "leert"}]
    assert session not in json.dumps(channel.given)


def test_a_window_that_skips_the_preview_gets_no_word_in(client: TestClient, channel: FakeChannel) -> None:
    session = begun(client)
    says(client, session, SENTENCE)
    assert gives(client, session, keep=True).status_code == 204
    assert channel.given == [{"text": LEFT, "tenant": "leert"}]


def test_a_no_keeps_nothing(client: TestClient, channel: FakeChannel) -> None:
    session = begun(client)
    says(client, session, SENTENCE)
    says(client, session, "iets anders")
    assert channel.given == []


def test_it_is_asked_and_kept_once_in_a_conversation(client: TestClient, channel: FakeChannel) -> None:
    session = begun(client)
    says(client, session, SENTENCE)
    assert "learn" not in says(client, session, SENTENCE)
    for _ in range(3):
        assert gives(client, session, keep=True).status_code == 204  # a yes that was sent again
    assert len(channel.given) == 1
    assert gives(client, session).status_code == 422


def test_a_website_where_it_is_off_never_asks(client: TestClient, channel: FakeChannel) -> None:
    session = begun(client, "demo")
    assert "learn" not in says(client, session, SENTENCE)
    for keep in (False, True):
        response = gives(client, session, keep=keep)
        assert (response.status_code, response.json()["type"]) == (422, "urn:nachtlicht:not-asked")
    assert channel.given == []


def test_without_a_miss_nothing_is_asked(client: TestClient, channel: FakeChannel) -> None:
    session = begun(client)
    assert "learn" not in says(client, session, "we hebben altijd ruzie")
    assert gives(client, session, keep=True).status_code == 422
    assert channel.given == []


@pytest.mark.parametrize("first", [True, False], ids=["danger before", "danger after it was asked"])
def test_never_after_danger(client: TestClient, channel: FakeChannel, first: bool) -> None:
    session = begun(client)
    danger = "hij heeft me geslagen"
    replies = [says(client, session, text) for text in ((danger, SENTENCE) if first else (SENTENCE, danger))]
    assert ["learn" in reply for reply in replies] == [not first, False]
    for keep in (False, True):
        assert gives(client, session, keep=keep).status_code == 422
    assert channel.given == []


@pytest.mark.parametrize("text", ["w" * 201, "woord " * 3000], ids=["longer than a sentence", "longer than a body"])
def test_more_than_a_sentence_is_refused(client: TestClient, channel: FakeChannel, text: str) -> None:
    session = begun(client)
    says(client, session, SENTENCE)
    assert gives(client, session, text, keep=True).status_code == 413
    assert channel.given == []


@pytest.mark.parametrize("text", [None, 3, ["x"]])
def test_a_malformed_one_is_refused(client: TestClient, text: Any) -> None:
    assert gives(client, begun(client), text, keep=True).status_code == 400


def test_of_nothing_but_names_nothing_is_kept(client: TestClient, channel: FakeChannel) -> None:
    session = begun(client)
    says(client, session, SENTENCE)
    assert gives(client, session, "Jan Peeters Genk").json() == {"text": ""}
    assert gives(client, session, "Jan Peeters Genk", keep=True).status_code == 204
    assert channel.given == []


def test_an_unknown_session_gives_nothing(client: TestClient, channel: FakeChannel) -> None:
    assert gives(client, "nobody", keep=True).status_code == 410
    assert channel.given == []


def test_when_it_cannot_be_kept_that_is_said_and_it_can_be_tried_again(
    client: TestClient, channel: FakeChannel
) -> None:
    session = begun(client)
    says(client, session, SENTENCE)
    channel.actions_down = True
    response = gives(client, session, keep=True)
    assert (response.status_code, response.json()["title"]) == (503, "Bewaren lukt nu niet. Er is niets bewaard.")
    channel.actions_down = False
    assert gives(client, session, keep=True).status_code == 204
    assert len(channel.given) == 1


def test_all_together_may_give_so_many_a_minute(client: TestClient, channel: FakeChannel) -> None:
    codes = []
    for _ in range(int(GIVEN_A_MINUTE) + 2):
        session = begun(client)
        says(client, session, SENTENCE)
        codes.append(gives(client, session, keep=True).status_code)
    assert codes == [204] * int(GIVEN_A_MINUTE) + [429, 429]
    assert len(channel.given) == GIVEN_A_MINUTE


def test_the_session_holds_no_word_of_it(client: TestClient) -> None:
    session = begun(client)
    says(client, session, SENTENCE)
    gives(client, session)
    entries = _sessions()
    assert entries
    assert not any("brabbel" in json.dumps(dataclasses.asdict(entry)) for entry in entries)


def _sessions() -> list[Any]:
    """Every session of this process, found in its memory."""
    return [one for one in gc.get_objects() if isinstance(one, Session)]
