"""The chat API, every status of the contract, against the stand-in channel."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from bot.chat import rasa_client, sessions
from bot.chat.app import create_app
from nachtlicht.tenants import Tenant
from tests.bot.chat.channel import CARD, said

if TYPE_CHECKING:
    from nachtlicht.settings import Settings
    from tests.bot.chat.channel import FakeChannel

JSON = {"content-type": "application/json"}
CANARY = "kanarie-7f3a9c"


def send(client: TestClient, session: str, **body: Any) -> Any:
    return client.post("/api/v1/messages", json={"session": session, **body})


def assert_problem(response: Any, status: int) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == status
    assert document["title"].endswith(".")


def test_a_session_starts_with_the_greeting(client: TestClient, channel: FakeChannel) -> None:
    response = client.post("/api/v1/sessions", json={"tenant": "demo"})
    assert response.status_code == 201
    body = response.json()
    assert set(body) == {"session", "expires_in", "messages", "window"}
    assert body["window"] == {"name": "Nachtlicht", "line": None}
    assert len(body["session"]) >= 43
    assert body["expires_in"] == 1800
    assert "chatbot" in body["messages"][0]["text"]
    assert [turn["payload"] for turn in channel.turns] == ["/groet"]
    assert "location" not in response.headers


def test_the_sender_that_rasa_sees_is_not_the_session(client: TestClient, session: str, channel: FakeChannel) -> None:
    send(client, session, text="hallo")
    sender = channel.turns[-1]["sender"]
    assert sender == channel.turns[0]["sender"]
    assert sender != session
    assert session not in json.dumps(channel.turns)


def test_a_message_gets_the_reply_of_the_contract(client: TestClient, session: str) -> None:
    response = send(client, session, text="waar kan ik terecht")
    assert response.status_code == 200
    reply = response.json()
    assert set(reply) == {"messages", "understood", "help_bar", "degraded"}
    assert reply["degraded"] is False
    assert reply["messages"][0]["cards"][0] == CARD
    assert reply["understood"]["intent"] == "ontrouw"


def test_a_fixed_clock_goes_along_with_each_turn(settings: Settings, channel: FakeChannel) -> None:
    from dataclasses import replace

    from nachtlicht.settings import Settings as Reader

    clock = Reader.from_environment({"NACHTLICHT_CLOCK": "2026-11-23T03:10"}).clock
    with TestClient(create_app(replace(settings, clock=clock), http=channel.client())) as client:
        client.post("/api/v1/sessions", json={"tenant": "demo"})
    assert channel.turns[0]["clock"] == "2026-11-23T03:10:00+01:00"


def test_text_that_begins_with_a_slash_stays_text(client: TestClient, session: str, channel: FakeChannel) -> None:
    assert send(client, session, text="/restart").status_code == 200
    assert channel.turns[-1]["text"] == "/restart"
    assert "payload" not in channel.turns[-1]


def test_a_button_that_was_shown_may_be_pressed(client: TestClient, session: str, channel: FakeChannel) -> None:
    assert send(client, session, payload="/conflict").status_code == 200
    assert channel.turns[-1]["payload"] == "/conflict"
    # Also one of an earlier message: it still stands on the screen.
    assert send(client, session, payload="/uit_elkaar_gegroeid").status_code == 200


@pytest.mark.parametrize("payload", ["/nooit_aangeboden", "/conflict ", "conflict", "/restart", ""])
def test_a_button_that_was_not_shown_is_refused(
    client: TestClient, session: str, channel: FakeChannel, payload: str
) -> None:
    assert_problem(send(client, session, payload=payload), 422)
    assert len(channel.turns) == 1


def test_a_button_of_another_session_is_refused(client: TestClient, session: str) -> None:
    send(client, session, text="waar kan ik terecht")
    other = client.post("/api/v1/sessions", json={"tenant": "demo"}).json()["session"]
    assert_problem(send(client, other, payload="/meer_resultaten"), 422)


def test_an_unknown_session_is_gone(client: TestClient) -> None:
    assert_problem(send(client, "bestaat-niet", text="hallo"), 410)
    raw = json.dumps({"session": "\ud800", "text": "hallo"}).encode()
    assert_problem(client.post("/api/v1/messages", content=raw, headers=JSON), 410)


def test_1000_characters_pass_and_1001_do_not(client: TestClient, session: str, channel: FakeChannel) -> None:
    assert send(client, session, text="a" * 1000).status_code == 200
    assert_problem(send(client, session, text="a" * 1001), 413)
    assert len(channel.turns) == 2


def test_a_body_over_16_kilobytes_is_refused_while_reading(client: TestClient) -> None:
    assert_problem(client.post("/api/v1/messages", content=b"x" * 20_000, headers=JSON), 413)
    chunks = (b"x" * 1000 for _ in range(20))
    assert_problem(client.post("/api/v1/messages", content=chunks, headers=JSON), 413)


@pytest.mark.parametrize("path", ["/api/v1/sessions", "/api/v1/messages", "/api/v1/sessions/end"])
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"1", b"null", b'"x"', b"{", b"\xff\xfe", b"[" * 5000, b'{"session": 1, "tenant": []}']
)
def test_what_is_no_request_is_refused_kindly(client: TestClient, path: str, body: bytes) -> None:
    assert_problem(client.post(path, content=body, headers=JSON), 400)


@pytest.mark.parametrize(
    "message",
    [
        {}, {"text": 1}, {"text": []}, {"text": None}, {"text": {}}, {"text": ""}, {"text": " \n "}, {"text": "\0"},
        {"payload": 1}, {"payload": {}}, {"text": "a", "payload": "/conflict"},
        {"text": "a", "id": 1}, {"text": "a", "id": "x" * 65},
    ],
    ids=repr,
)  # fmt: skip
def test_a_message_of_a_wrong_kind_is_refused(client: TestClient, session: str, message: dict[str, Any]) -> None:
    assert_problem(send(client, session, **message), 400)


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken(client: TestClient, media_type: str) -> None:
    headers = {"content-type": media_type}
    for path in ("/api/v1/sessions", "/api/v1/messages"):
        assert_problem(client.post(path, content=b'{"tenant": "demo"}', headers=headers), 415)


def test_half_a_character_pair_does_no_harm(client: TestClient, session: str) -> None:
    raw = json.dumps({"session": session, "text": "hallo \ud83d"}).encode()
    assert client.post("/api/v1/messages", content=raw, headers=JSON).status_code == 200


def test_an_unknown_tenant_is_refused(client: TestClient) -> None:
    assert_problem(client.post("/api/v1/sessions", json={"tenant": "iemand"}), 422)


def test_too_many_turns_are_slowed_down(client: TestClient, session: str, channel: FakeChannel) -> None:
    statuses = [send(client, session, text="hallo").status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    response = send(client, session, text="hallo")
    assert_problem(response, 429)
    assert 1 <= int(response.headers["retry-after"]) <= 2
    assert len(channel.turns) == 31


def test_a_session_has_an_end_in_turns_too(
    client: TestClient, session: str, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.conversation.MAX_TURNS", 3)
    for _ in range(3):
        assert send(client, session, text="hallo").status_code == 200
    assert_problem(send(client, session, text="hallo"), 410)
    assert len(channel.turns) == 4, "the greeting and three"


def test_the_rate_may_be_off(settings: Settings, channel: FakeChannel) -> None:
    from dataclasses import replace

    with TestClient(create_app(replace(settings, rate=None), http=channel.client())) as client:
        session = client.post("/api/v1/sessions", json={"tenant": "demo"}).json()["session"]
        assert {send(client, session, text="hallo").status_code for _ in range(60)} == {200}


def test_new_sessions_of_one_network_are_limited(settings: Settings, channel: FakeChannel) -> None:
    with TestClient(create_app(settings, http=channel.client()), client=("192.0.2.7", 1)) as client:
        responses = [client.post("/api/v1/sessions", json={"tenant": "demo"}) for _ in range(31)]
    assert [response.status_code for response in responses] == [201] * 30 + [429]
    assert_problem(responses[-1], 429)
    assert int(responses[-1].headers["retry-after"]) >= 1


def test_ending_is_confirmed_by_rasa_and_twice_is_fine(client: TestClient, session: str, channel: FakeChannel) -> None:
    for _ in range(2):
        response = client.post("/api/v1/sessions/end", json={"session": session})
        assert (response.status_code, response.content) == (204, b"")
    assert channel.forgotten == [channel.turns[0]["sender"]]
    assert_problem(send(client, session, text="hallo"), 410)


def test_a_beacon_may_end_a_session(client: TestClient, session: str, channel: FakeChannel) -> None:
    headers = {"content-type": "text/plain;charset=UTF-8"}
    body = json.dumps({"session": session})
    assert client.post("/api/v1/sessions/end", content=body, headers=headers).status_code == 204
    assert channel.forgotten


def test_an_end_that_rasa_does_not_confirm_is_not_called_done(
    client: TestClient, session: str, channel: FakeChannel
) -> None:
    channel.down = True
    response = client.post("/api/v1/sessions/end", json={"session": session})
    assert_problem(response, 503)
    assert "retry-after" in response.headers
    assert_problem(send(client, session, text="hallo"), 410)
    channel.down = False
    assert client.post("/api/v1/sessions/end", json={"session": session}).status_code == 204
    assert channel.forgotten == [channel.turns[0]["sender"]]


def test_wis_alles_ends_the_session_after_its_reply(client: TestClient, session: str) -> None:
    reply = send(client, session, text="wis alles")
    assert reply.json()["messages"][0]["text"] == "Alles is gewist."
    assert reply.json()["ended"] is True
    assert_problem(send(client, session, text="hallo"), 410)


def test_the_same_id_is_not_a_second_turn(client: TestClient, session: str, channel: FakeChannel) -> None:
    first = send(client, session, text="hallo", id="a")
    send(client, session, text="iets anders", id="b")
    again = send(client, session, text="hallo", id="a")
    assert again.json() == first.json()
    assert len(channel.turns) == 3


def test_the_same_id_while_the_first_still_runs(client: TestClient, session: str, channel: FakeChannel) -> None:
    channel.delay = 0.2
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda _: send(client, session, text="hallo", id="a").json(), range(2)))
    assert replies[0] == replies[1]
    assert len(channel.turns) == 2


def test_turns_of_one_session_come_one_after_the_other(client: TestClient, session: str, channel: FakeChannel) -> None:
    channel.delay = 0.05
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda n: send(client, session, text=f"bericht {n}").status_code, range(4)))
    assert statuses == [200] * 4
    assert channel.most_running == 1


def test_a_session_that_ends_during_a_turn_stays_ended(client: TestClient, session: str, channel: FakeChannel) -> None:
    channel.delay = 0.3
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(lambda: send(client, session, text="hallo"))
        while not channel.running:
            pass
        assert client.post("/api/v1/sessions/end", json={"session": session}).status_code == 204
        assert len(channel.turns) == 2, "Rasa forgets after the running turn, not before"
        assert running.result().status_code == 200
    assert_problem(send(client, session, text="hallo"), 410)


def test_the_help_bar_stays(client: TestClient, session: str) -> None:
    assert send(client, session, text="hij heeft me weer geslagen").json()["help_bar"] is True
    assert send(client, session, text="laat maar").json()["help_bar"] is True


ANSWERS: list[Any] = [
    {}, [], None, {"messages": []}, {"messages": None}, {"messages": [1]}, {"messages": [{}]}, {"messages": [said("")]},
]  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
def test_an_answer_with_nothing_to_say_becomes_the_safe_reply(
    client: TestClient, session: str, channel: FakeChannel, answer: Any
) -> None:
    channel.next = JSONResponse(answer)
    assert_safe(send(client, session, text="hallo"))


def assert_safe(response: Any) -> None:
    assert response.status_code == 200
    reply = response.json()
    assert reply["degraded"] is True
    assert reply["help_bar"] is True
    text = " ".join(message["text"] for message in reply["messages"])
    assert all(number in text for number in ("112", "106", "1712", "1813"))


def test_when_rasa_is_down_the_safe_reply_comes(client: TestClient, session: str, channel: FakeChannel) -> None:
    channel.down = True
    assert_safe(send(client, session, text="hallo"))
    channel.down = False
    assert send(client, session, text="hallo").json()["degraded"] is False


def test_when_rasa_hangs_the_safe_reply_comes_in_time(
    client: TestClient, session: str, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasa_client, "TIME_OUT", 0.1)
    channel.delay = 1.0
    assert_safe(send(client, session, text="hallo"))


def test_when_rasa_is_down_a_session_still_starts(client: TestClient, channel: FakeChannel) -> None:
    channel.down = True
    response = client.post("/api/v1/sessions", json={"tenant": "demo"})
    assert response.status_code == 201
    assert "112" in response.json()["messages"][0]["text"]


def test_when_the_session_store_fails_the_safe_reply_comes(settings: Settings, channel: FakeChannel) -> None:
    class Broken(sessions.MemorySessionStore):
        def turn(self, token: str) -> Any:
            raise ConnectionError(CANARY)

    with TestClient(create_app(settings, http=channel.client(), store=Broken())) as client:
        assert_safe(send(client, "x", text="hallo"))


def test_a_card_with_a_link_that_could_run_code_loses_it(
    client: TestClient, session: str, channel: FakeChannel
) -> None:
    contacts = [{**CARD["contacts"][0], "href": href} for href in ("javascript:alert(1)", "JAVASCRIPT:x", "tel:106")]
    bad = {**CARD, "contacts": contacts, "source": "javascript:alert(1)"}
    channel.next = {"messages": [said("Kijk:", cards=[bad, {"id": "half"}])]}
    cards = send(client, session, text="waar").json()["messages"][0]["cards"]
    assert [[contact["href"] for contact in card["contacts"]] for card in cards] == [["tel:106"]]
    assert cards[0]["source"] == ""


def test_the_greeting_of_a_tenant_comes_first_and_ours_stays(settings: Settings, channel: FakeChannel) -> None:
    tenants = {"demo": Tenant("demo", "Hulp", ("https://www.example.be",), "Welkom bij ons.")}
    with TestClient(create_app(settings, http=channel.client(), tenants=tenants)) as client:
        messages = client.post("/api/v1/sessions", json={"tenant": "demo"}).json()["messages"]
    assert messages[0]["text"] == "Welkom bij ons."
    assert "chatbot" in messages[1]["text"]


def test_only_listed_origins_may_read_and_start(settings: Settings, channel: FakeChannel) -> None:
    tenants = {"demo": Tenant("demo", "Hulp", ("https://www.example.be",))}
    with TestClient(create_app(settings, http=channel.client(), tenants=tenants)) as client:
        for origin, status in (
            ("https://www.example.be", 201), ("http://testserver", 201), ("http://www.example.be", 403),
            ("https://example.be", 403), ("https://www.example.be.evil.test", 403), ("null", 403),
        ):  # fmt: skip
            response = client.post("/api/v1/sessions", json={"tenant": "demo"}, headers={"origin": origin})
            assert response.status_code == status, origin
            allowed = origin if origin == "https://www.example.be" else None
            assert response.headers.get("access-control-allow-origin") == allowed
            assert "access-control-allow-credentials" not in response.headers
        ask = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
        allowed_ask = client.options("/api/v1/messages", headers={"origin": "https://www.example.be", **ask})
        assert allowed_ask.status_code == 200
        refused = client.options("/api/v1/messages", headers={"origin": "https://evil.test", **ask})
        assert "access-control-allow-origin" not in refused.headers


def test_an_error_nobody_foresaw_says_nothing_in_the_log(
    client: TestClient, session: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("bot.chat.api.read_turn", fail)
    assert_problem(send(client, session, text=CANARY), 500)
    assert [record.getMessage() for record in caplog.records if record.name == "nachtlicht.chat"] == [
        "request failed: RuntimeError"
    ]
    assert CANARY not in caplog.text


def test_nothing_that_was_sent_reaches_a_log(
    client: TestClient, session: str, channel: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    canaries = [CANARY, session]
    headers = {"user-agent": CANARY, "referer": f"https://example.be/{CANARY}", "content-type": "application/json"}
    for content in (
        json.dumps({"session": session, "text": CANARY}).encode(),
        json.dumps({"session": session, "payload": CANARY}).encode(),
        json.dumps({"session": session, "text": [CANARY]}).encode(),
        json.dumps({"session": session, "text": CANARY * 100}).encode(),
        CANARY.encode() + b"\xff",
    ):
        client.post("/api/v1/messages", content=content, headers=headers)
    channel.down = True
    send(client, session, text=CANARY)
    client.post("/api/v1/sessions/end", json={"session": session})
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("asyncio"))
    assert "part behind the chat is down: status 500" in ours
    assert not [canary for canary in canaries if canary in ours]


@pytest.mark.parametrize(
    ("tenant", "origin", "status"),
    [
        ("school", "https://school.example", 204),
        ("school", "http://testserver", 204),
        ("school", "https://school.example.evil.test", 403),
        ("demo", "https://school.example", 403),
        ("x", "https://school.example", 422),
        ("school", None, 400),
    ],
)
def test_a_webmaster_can_ask_whether_a_site_is_known(
    settings: Settings, channel: FakeChannel, tenant: str, origin: str | None, status: int
) -> None:
    tenants = {"demo": Tenant("demo", "Nachtlicht"), "school": Tenant("school", "Vraag", ("https://school.example",))}
    with TestClient(create_app(settings, http=channel.client(), tenants=tenants)) as client:
        answer = client.post("/api/v1/embedding", json={"tenant": tenant, "origin": origin})
    assert answer.status_code == status
    assert channel.turns == []


# "Dit klopt niet meer".


def report(client: TestClient, session: str, card: str) -> Any:
    return client.post("/api/v1/reports", json={"session": session, "card": card})


def test_a_card_that_was_shown_is_reported_once_and_without_a_session(
    client: TestClient, session: str, channel: FakeChannel
) -> None:
    send(client, session, text="waar kan ik terecht")
    send(client, session, text="en verder")
    assert [report(client, session, CARD["id"]).status_code for _ in range(2)] == [204, 204]
    assert channel.reports == [{"service": CARD["id"]}], "a second tap adds nothing, and nothing tells who"


def test_a_card_that_was_not_shown_in_this_session_is_refused(
    client: TestClient, session: str, channel: FakeChannel
) -> None:
    other = str(client.post("/api/v1/sessions", json={"tenant": "demo"}).json()["session"])
    send(client, other, text="waar kan ik terecht")
    assert_problem(report(client, session, CARD["id"]), 422)
    channel.next = {"messages": [said("Bel 112.", cards=[{**CARD, "id": "crisis-112"}])]}
    send(client, session, text="help")
    assert_problem(report(client, session, "crisis-112"), 422)
    assert_problem(report(client, "x", CARD["id"]), 410)
    assert_problem(client.post("/api/v1/reports", json={"session": session}), 400)
    assert channel.reports == []


def test_reports_are_bounded(client: TestClient, session: str, channel: FakeChannel) -> None:
    cards = [{**CARD, "id": f"dienst-{number}"} for number in range(7)]
    channel.next = {"messages": [said("Kijk.", cards=cards)]}
    send(client, session, text="waar")
    answers = [report(client, session, card["id"]) for card in cards]
    assert [answer.status_code for answer in answers] == [204] * 5 + [429] * 2
    assert len(channel.reports) == 5


def test_reports_of_all_sessions_together_are_bounded(
    client: TestClient, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.conversation.REPORTS_A_MINUTE", 2.0)
    statuses = []
    for _ in range(4):
        session = str(client.post("/api/v1/sessions", json={"tenant": "demo"}).json()["session"])
        send(client, session, text="waar")
        statuses.append(report(client, session, CARD["id"]))
    assert [answer.status_code for answer in statuses] == [204, 204, 429, 429]
    assert int(statuses[-1].headers["retry-after"]) >= 1


def test_a_report_that_was_not_kept_is_said_and_can_be_sent_again(
    client: TestClient, session: str, channel: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    send(client, session, text="waar kan ik terecht")
    channel.actions_down = True
    assert_problem(report(client, session, CARD["id"]), 503)
    assert session not in caplog.text
    channel.actions_down = False
    assert report(client, session, CARD["id"]).status_code == 204
    assert len(channel.reports) == 1
