"""What people may pay and how they want contact."""

import pytest

from bot.nlu.normalise import normalise
from bot.nlu.wish_extractor import FREE, LITTLE, NO_LIMIT, budget_of, channel_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("max 30 euro", "30", id="an amount"),
        pytest.param("hoogstens €25 per keer", "25", id="euro sign"),
        pytest.param("kan ni veel betalen", LITTLE, id="dialect, little"),
        pytest.param("heb verhoogde tegemoetkoming", LITTLE, id="increased allowance"),
        pytest.param("het moet gratis zijn", FREE, id="free"),
        pytest.param("ik kan dat niet betalen", FREE, id="cannot pay"),
        pytest.param("geld is geen probleem", NO_LIMIT, id="no limit"),
        pytest.param("maakt niet uit wat het kost", NO_LIMIT, id="whatever it costs"),
        pytest.param("50", "50", id="bare number"),
        pytest.param("we hebben ruzie over geld", None, id="money as a subject"),
    ],
)
def test_budget(text, expected) -> None:
    assert budget_of(normalise(text)) == expected


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
