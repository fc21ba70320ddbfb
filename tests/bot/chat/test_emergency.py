"""The emergency block and the safe reply are made out of the crisis constants, everywhere the same."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from bot.chat.emergency import ONE_TAP, emergency_lines
from bot.chat.safe_reply import safe_reply
from referral_db.crisis import load_crisis

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def test_the_block_holds_the_four_numbers() -> None:
    lines = emergency_lines(load_crisis())
    assert [line.number for line in lines] == ["112", "106", "1712", "1813"]
    assert all(line.href == f"tel:{line.number}" for line in lines)
    assert all(len(line.what_for) <= 25 and line.hours for line in lines)
    assert "112" in ONE_TAP


def test_every_door_shows_the_same_numbers(client: TestClient) -> None:
    wanted = [line.href for line in emergency_lines(load_crisis())]
    for path in ("/", "/gesprek"):
        assert re.findall(r'href="(tel:\d+)"', client.get(path).text) == wanted
    loader = client.get("/widget.js").text
    assert re.findall(r'"(tel:\d+)"', loader) == wanted


def test_the_text_on_reading_safely_is_the_same_too(client: TestClient) -> None:
    text = load_crisis().digital_safety
    assert text in client.get("/gesprek").text
    version = re.findall(r"/w/([0-9a-f]{16})/", client.get("/").text)[0]
    assert json.dumps(text, ensure_ascii=False) in client.get(f"/w/{version}/chat.js").text


def test_the_safe_reply_is_the_fixed_one() -> None:
    crisis = load_crisis()
    reply = safe_reply(crisis)
    assert [message["text"] for message in reply["messages"]] == [crisis.safe_reply]
    assert reply["degraded"]
