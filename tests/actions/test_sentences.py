"""Every sentence of the bot may be read by a person at three at night."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from actions.sentences import sentences
from referral_db.text_check import check_text

DOMAIN = yaml.safe_load((Path(__file__).parents[2] / "domain.yml").read_text("utf-8"))
TEXTS = {name: str(sentence["text"]) for name, sentence in sentences().items()} | {
    name: response["text"] for name, responses in DOMAIN["responses"].items() for response in responses
}


@pytest.mark.parametrize("name", TEXTS)
def test_it_passes_the_text_check(name: str) -> None:
    assert check_text(TEXTS[name]) == []


@pytest.mark.parametrize("name", [name for name, sentence in sentences().items() if "danger" in sentence])
def test_a_gentle_question_has_three_buttons_and_one_that_refuses(name: str) -> None:
    payloads = [button["payload"] for button in sentences()[name]["buttons"]]
    assert len(payloads) == 3
    assert "/liever_niet" in payloads
