"""The end of a conversation, and the one tap that may follow."""

from __future__ import annotations

from typing import Any

import pytest

from actions.close import Close
from actions.follow_up import FollowUp
from tests.actions.conftest import Run, slots_of

SEEN = {"need": "ontrouw", "shown": 3}


@pytest.mark.parametrize("intent", ["dank", "afscheid"])
def test_after_cards_it_is_asked_whether_that_was_it(run: Run, intent: str) -> None:
    messages, events = run(Close(), intent, slots=SEEN)
    assert [message["text"] for message in messages][1:] == ["Was dit wat je zocht?"]
    assert slots_of(events) == {"feedback_asked": True, "waiting_for": "feedback"}


@pytest.mark.parametrize(
    "slots",
    [
        {"need": "ontrouw", "shown": 0},
        {**SEEN, "risk": "partnergeweld"},
        {**SEEN, "near_asked": ["zelfdoding"]},
        {**SEEN, "feedback_asked": True},
    ],
    ids=["no cards", "after a risk", "after the gentle question", "asked before"],
)
def test_else_nothing_is_asked_and_an_open_question_stays_open(run: Run, slots: dict[str, Any]) -> None:
    messages, events = run(Close(), "dank", slots=slots)
    assert len(messages) == 1
    assert "?" not in messages[0]["text"]
    assert events == []


def test_in_the_form_nothing_is_asked(run: Run) -> None:
    messages, _ = run(Close(), "dank", slots=SEEN, loop="referral_form")
    assert len(messages) == 1


def test_the_answer_is_thanked_for_and_a_no_offers_a_human(run: Run) -> None:
    slots = {**SEEN, "waiting_for": "feedback"}
    yes, events = run(FollowUp(), "bevestig", slots=slots)
    no, _ = run(FollowUp(), "ontken", slots=slots)
    assert slots_of(events) == {"waiting_for": None}
    assert "Fijn" in yes[0]["text"]
    assert "/vraag_mens" in [button["payload"] for button in no[0]["buttons"]]
    assert "?" not in yes[0]["text"] + no[0]["text"]
