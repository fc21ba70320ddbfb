"""Thousands of random conversations without HTTP: what must hold in every one of them, however it goes."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.base import resources
from referral_db.database import make_session_factory, upgrade
from referral_db.seeding import seed
from tests.conftest import MODEL, missing
from tests.e2e.in_process import Dialogue, QuickTalk, dialogue
from tests.e2e.random_walk import HOME, Said, codes, held_out, sentence, walk
from tests.journeys.walk import couple_work

CONVERSATIONS = 3000
TURNS = 7
SEED = 20261124
SECONDS = 150.0
"""No conversation begins after this long, so that a slow machine is not kept busy."""
AT_LEAST = 400
SENTENCES = 600
"""Different sentences that are understood for real; the rest of what is said are codes at random."""
LANES = 2


@pytest.fixture(scope="module")
def lanes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Dialogue], Path]]:
    """Two Rasa processes, and the actions of this one on a fresh database at ten past three at night."""
    if not MODEL.exists():
        missing("no trained model: run `make train`")
    database = tmp_path_factory.mktemp("walks") / "nachtlicht.db"
    url = f"sqlite:///{database}"
    upgrade(url)
    with make_session_factory(url)() as session:
        seed(session)
        session.commit()
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("NACHTLICHT_DATABASE_URL", url)
        patch.setenv("NACHTLICHT_CLOCK", "2026-11-23T03:10")
        resources.cache_clear()
        yield [stack.enter_context(dialogue()) for _ in range(LANES)], database
    resources.cache_clear()


@pytest.mark.stack
def test_thousands_of_conversations_keep_the_house_rules(lanes: tuple[list[Dialogue], Path]) -> None:
    dialogues, database = lanes
    couples, say = couple_work(database), _Chance()
    stop_at = time.monotonic() + SECONDS

    def some(lane: int) -> list[list[str]]:
        results = []
        for number in range(lane, CONVERSATIONS, LANES):
            if time.monotonic() > stop_at:
                break
            chance, talk = random.Random(SEED * 10_000 + number), QuickTalk(dialogues[lane])
            results.append(walk(talk, chance, say, couples, TURNS, dialogues[lane].parsed))
        return results

    with ThreadPoolExecutor(LANES) as pool:
        results = [result for lane in pool.map(some, range(LANES)) for result in lane]
    wrong = [result for result in results if result]
    print(f"{len(results)} conversations")  # noqa: T201
    assert len(results) >= AT_LEAST, f"only {len(results)} conversations in {SECONDS} s"
    assert not wrong, "\n\n".join([f"{len(wrong)} of {len(results)}:", *("\n".join(one) for one in wrong[:15])])


@pytest.mark.stack
def test_an_expired_answer_is_not_given_and_the_way_to_people_stays(
    lanes: tuple[list[Dialogue], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    today = QuickTalk(lanes[0][0]).say("we hebben altijd ruzie")
    monkeypatch.setenv("NACHTLICHT_CLOCK", "2028-01-11T14:10")
    resources.cache_clear()
    talk = QuickTalk(lanes[0][0])
    try:
        later = talk.say("we hebben altijd ruzie")
        assert later["messages"][0]["text"].startswith("Ik lees mee.")
        assert later["messages"][0]["text"] != today["messages"][0]["text"]
        assert "/zoek_hulp" in [button["payload"] for button in later["messages"][-1]["buttons"]]
        # Nor the tips, nor a differential question: those have a date too.
        more = talk.press("/zoek_zelfhulp")
        assert "?" not in "".join(message["text"] for message in more["messages"])
        assert "/vraag_mens" in [button["payload"] for button in more["messages"][-1]["buttons"]]
    finally:
        monkeypatch.undo()
        resources.cache_clear()


@pytest.mark.stack
def test_after_wiping_the_same_device_knows_nothing_of_who_wrote_before(lanes: tuple[list[Dialogue], Path]) -> None:
    talk = QuickTalk(lanes[0][0])
    assert talk.say("mijn man slaat mij")["help_bar"]
    assert "aandacht vraagt" in talk.press("/vraag_anonimiteit")["messages"][-1]["text"]
    assert talk.press("/wis_gesprek")["help_bar"] is False
    after = talk.press("/vraag_anonimiteit")
    assert after["messages"][-1]["text"] == "Ik onthoud nu niets over jou."
    assert after["help_bar"] is False


class _Chance:
    """Draws what to say: two of three times a sentence, else codes that no sentence may ever give together."""

    def __init__(self) -> None:
        chance = random.Random(SEED)
        self._sentences = {
            kind: chance.sample(all_of_kind, min(len(all_of_kind), SENTENCES // 6))
            for kind, all_of_kind in held_out().items()
        }
        domain: dict[str, Any] = yaml.safe_load((HOME / "domain.yml").read_text("utf-8"))
        self._intents = [intent for intent in domain["intents"] if intent != "nlu_fallback"]
        self._signs = sorted({row["id"] for row in yaml.safe_load((HOME / "data/signs.yml").read_text("utf-8"))})

    def __call__(self, chance: random.Random) -> Said:
        if chance.random() < 0.65:
            return sentence(chance, self._sentences)
        return codes(chance, self._intents, self._signs)
