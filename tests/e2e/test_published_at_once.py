"""What a second maintainer approves is in the chat within five seconds, on the running stack and without a restart."""

from __future__ import annotations

import subprocess
import time

import pytest

from tests.referral_db.curation.site_client import PASSWORD, SiteClient, publish
from tests.stack import HOME, Stack, Talk, cards_of

pytestmark = pytest.mark.stack

SECONDS = 5
WORDS = " (nieuwe naam)"


def maintainer(stack: Stack, role: str) -> SiteClient:
    """A new user of this role, made on the command line and signed in."""
    name = f"{role} {time.monotonic_ns()}"
    subprocess.run(
        [HOME / ".venv/bin/nachtlicht", "user", "add", "--role", role, "--password-stdin", name],
        env=stack.environment, input=PASSWORD + "\n", text=True, check=True, capture_output=True, cwd=HOME,
    )  # fmt: skip
    client = SiteClient(None, base=stack.curation_url)
    assert client.sign_in(name=name).status_code == 303
    return client


def names_in_the_chat(stack: Stack) -> dict[str, str]:
    """The cards that a new conversation gets, by their identifier."""
    talk = Talk(stack)
    for words in ("hij is vreemdgegaan", "waar kan ik terecht", "9000"):
        talk.say(words)
    found = cards_of(talk.say("liefst gratis"))
    assert talk.end() == 204
    return {card["id"]: card["name"] for card in found}


def test_an_approved_name_is_in_the_chat_within_five_seconds(stack: Stack) -> None:
    editor, publisher = maintainer(stack, "editor"), maintainer(stack, "publisher")
    slug, name = next(iter(names_in_the_chat(stack).items()))
    path = f"/diensten/{slug}"

    proposal = editor.change(path, name=name + WORDS, waarom="proef").headers["location"]
    assert names_in_the_chat(stack)[slug] == name, "nothing shows before the approval"

    assert publisher.press(proposal, f"{proposal}/goedkeuren").status_code == 303
    approved = time.monotonic()
    shown = names_in_the_chat(stack)[slug]
    assert shown == name + WORDS
    assert time.monotonic() - approved < SECONDS

    assert publish(editor, publisher, path, name=name).status_code == 303
    assert names_in_the_chat(stack)[slug] == name, "as it was, for the tests that come after"
