"""What people may pay."""

from pathlib import Path

import pytest
import yaml

from bot.nlu.normalise import normalise
from bot.nlu.wished_price import FREE, LITTLE, NO_LIMIT, budget_of


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


ROWS = [
    pytest.param(text, code, id=text)
    for part in yaml.safe_load(Path(__file__).with_name("wishes.yml").read_text("utf-8"))["budget"].values()
    for text, code in part
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_what_people_say(text: str, expected: str | None) -> None:
    assert budget_of(normalise(text)) == expected
