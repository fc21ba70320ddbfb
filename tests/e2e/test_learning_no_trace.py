"""With the real processes: a sentence leaves nothing behind before the yes, and after it only what the preview said."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MODEL, missing
from tests.e2e import canary
from tests.e2e.canary import Canary
from tests.stack import Stack, Talk, running

pytestmark = pytest.mark.stack

SENTENCE = "ik weet niet meer wat {} ik moet doen"
WORDS = [
    "dag",
    "week",
    "huis",
    "werk",
    "auto",
    "weer",
    "morgen",
    "gisteren",
    "soms",
    "iets",
    "daar",
    "familie",
    "oud",
    "nieuw",
    "groot",
    "klein",
]
MOST_TRIES = 60


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The four processes, with learning on for the website demo."""
    if not MODEL.exists():
        missing("no trained model: run `make train`")
    with running(tmp_path_factory.mktemp("learning") / "state") as stack:
        settings = json.dumps({"name": "Nachtlicht", "origins": [], "learn": True})
        with closing(sqlite3.connect(stack.var / "nachtlicht.db")) as db, db:
            db.execute("INSERT INTO tenant_settings (code, settings, version) VALUES ('demo', ?, 1)", [settings])
        time.sleep(3)  # the chat takes over what is set within seconds
        yield stack


def held(stack: Stack) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(stack.var / "nachtlicht.db")) as db:
        return db.execute("SELECT week, tenant, text, label FROM given_sentence").fetchall()


def found(folder: Path, words: Canary) -> set[canary.Found]:
    canary.settle()
    return {one for path in folder.rglob("*") if path.is_file() for one in canary.search_file(path, [words])}


def missed(stack: Stack) -> Talk:
    """A conversation in which something was not understood. What that is, is for the model of the day to say."""
    chance = random.Random(7)
    for _ in range(MOST_TRIES):
        talk = Talk(stack)
        if talk.say(" ".join(chance.sample(WORDS, 4))).get("learn"):
            return talk
        talk.end()
    raise AssertionError(f"{MOST_TRIES} times something without a meaning, and all was understood")


def test_nothing_stays_of_a_preview_and_of_a_no(stack: Stack) -> None:
    words = canary.fresh("no: text")
    talk, text = missed(stack), SENTENCE.format(words.value)
    shown = talk.post("/api/v1/sentences", {"session": talk.session, "text": text})
    assert shown.json()["text"] == text.replace(words.value, "[…]")
    assert found(stack.var, words) == set()
    assert held(stack) == []
    talk.end()


def test_after_a_yes_only_what_the_preview_said_is_held(stack: Stack) -> None:
    words = canary.fresh("yes: text")
    talk = missed(stack)
    sentence = {"session": talk.session, "text": SENTENCE.format(words.value)}
    shown = talk.post("/api/v1/sentences", sentence).json()["text"]
    assert talk.post("/api/v1/sentences", sentence | {"keep": True}).status_code == 204
    ((week, tenant, text, label),) = held(stack)
    assert (tenant, text, label) == ("demo", shown, None)
    assert time.strptime(week, "%Y-%m-%d").tm_wday == 0
    assert found(stack.var, words) == set()
    assert found(stack.var, Canary("session", talk.session)) == set()
    talk.end()


def test_after_danger_it_is_not_asked_and_not_taken(stack: Stack) -> None:
    before = held(stack)
    talk = Talk(stack)
    assert talk.say("hij heeft me weer geslagen")["understood"]["risk"] == "partnergeweld"
    assert "learn" not in talk.say(" ".join(WORDS[:4]))
    refused = talk.post("/api/v1/sentences", {"session": talk.session, "text": "een zin van mij hier", "keep": True})
    assert refused.status_code == 422
    assert held(stack) == before
    talk.end()
