"""The page for readers who do not code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.reader import MOMENTS, Journey, JourneyError, Step, read_all
from tests.journeys.walk import Walked
from tests.transcript_page import Conversation, chosen, page

CARD: dict[str, Any] = {
    "name": "Hulplijn 1712",
    "open": {"text": "open tot 18u"},
    "price": {"text": "gratis"},
    "contacts": [{"value": "1712"}],
}
REPLY: dict[str, Any] = {
    "messages": [
        {"text": "Ik geloof je. <b>Echt</b>.", "cards": [CARD], "buttons": [{"title": "Nee", "payload": "/x"}]}
    ],
    "help_bar": True,
}
JOURNEY = Journey(
    file="x.yml",
    title="Een titel & een zin",
    who="Iemand",
    moment=MOMENTS[0],
    steps=(Step(says="help"),),
    never=("schuld",),
)


def test_thirty_conversations_are_chosen_and_every_danger_is_among_them() -> None:
    journeys = chosen(read_all())
    assert len(journeys) == len({journey.title for journey in journeys}) == 30
    assert {journey.moment for journey in journeys} == set(MOMENTS)
    files = {journey.file.removeprefix("risico_").removesuffix(".yml") for journey in journeys}
    assert files >= {"acuut_gevaar", "zelfdoding", "partnergeweld", "seksueel_geweld", "eigen_agressie"}
    understood = {step.understood for journey in journeys for step in journey.steps}
    assert "kind_in_gevaar" in understood


def test_a_title_that_no_journey_has_is_named(tmp_path: Path) -> None:
    choice = tmp_path / "leesgroep.txt"
    choice.write_text("Een titel & een zin\n\nIets anders\n", "utf-8")
    with pytest.raises(JourneyError, match="geen tocht heet “Iets anders”"):
        chosen([JOURNEY], choice)


def test_the_page_shows_what_is_on_the_screen_and_what_is_wrong() -> None:
    walked = [Walked(Step(says="help <ik>"), REPLY, []), Walked(Step(picks="Nee"), REPLY, ["er zijn geen kaarten"])]
    html = page([Conversation(JOURNEY, walked, [b"picture"])])
    for shown in (
        "Een titel &amp; een zin",
        "Maandag, 03.10 uur",
        '<p class="person">help &lt;ik&gt;</p>',
        '<p class="person button">Nee</p>',
        "&lt;b&gt;Echt&lt;/b&gt;",
        "Hulplijn 1712",
        "open tot 18u · gratis · 1712",
        "<span>Nee</span>",
        "De hulpbalk",
        "Klopt niet: er zijn geen kaarten",
        "Mag hier nooit staan: schuld.",
        "akkoord: ja / nee",
    ):
        assert shown in html
    assert html.count('<img src="data:image/jpeg;base64,cGljdHVyZQ=="') == 1
    assert 'lang="nl"' in html
    assert "http" not in html
