"""How people want contact."""

from pathlib import Path

import pytest
import yaml

from bot.nlu.normalise import normalise
from bot.nlu.wished_channel import channel_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ik durf niet bellen", "chat", id="dares not call"),
        pytest.param("liever chatten", "chat", id="chat"),
        pytest.param("ik bel liever", "telefoon", id="phone"),
        pytest.param("liefst langsgaan", "ter_plaatse", id="in person"),
        pytest.param("via zoom", "videogesprek", id="video"),
        pytest.param("een praatgroep", "groep", id="group"),
        pytest.param("mailen kan ook", "mail", id="mail"),
        pytest.param("ik weet het niet", None, id="none"),
    ],
)
def test_channel(text, expected) -> None:
    assert channel_of(normalise(text)) == expected


ROWS = [
    pytest.param(text, code, id=text)
    for part in yaml.safe_load(Path(__file__).with_name("wishes.yml").read_text("utf-8"))["channel"].values()
    for text, code in part
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_what_people_say(text: str, expected: str | None) -> None:
    assert channel_of(normalise(text)) == expected
