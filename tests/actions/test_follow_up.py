"""What follows on an answer or a remark that is no need and no question."""

from __future__ import annotations

import pytest

from actions.follow_up import FollowUp
from actions.sentences import sentences
from tests.actions.conftest import Run, slots_of


@pytest.mark.parametrize("loop", [None, "referral_form"])
def test_an_insult_gets_kind_words_and_people(run: Run, loop: str | None) -> None:
    slots = {"requested_slot": "place"} if loop else {}
    messages, events = run(FollowUp(), "niet_wat_ik_bedoelde", sign="boos", slots=slots, loop=loop)
    assert [message["text"] for message in messages] == [str(sentences()["bot_again"]["text"])]
    assert "106" in messages[0]["text"]
    assert "/vraag_mens" in [button["payload"] for button in messages[0]["buttons"]]
    assert slots_of(events)["waiting_for"] is None
    if loop:
        assert slots_of(events)["requested_slot"] is None


def test_without_an_insult_the_menu_is_shown(run: Run) -> None:
    messages, _ = run(FollowUp(), "niet_wat_ik_bedoelde")
    assert messages[0]["text"] != str(sentences()["bot_again"]["text"])


def test_an_insult_while_the_safety_question_is_open_does_not_close_it(run: Run) -> None:
    slots = {"risk": "partnergeweld", "waiting_for": "safety"}
    messages, events = run(FollowUp(), "niet_wat_ik_bedoelde", sign="boos", slots=slots)
    assert messages[0]["text"].endswith("?")
    assert slots_of(events)["waiting_for"] == "recheck"
