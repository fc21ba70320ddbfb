"""What a service costs one person."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_db.codes import COST_CONDITIONS, PRICE_KINDS
from referral_db.price import Cost, Price, Situation, euros, price_for, within_budget

TODAY = dt.date(2026, 11, 23)
FIXED = [Cost(amount=11), Cost("verhoogde_tegemoetkoming", 4), Cost("tot_en_met_23", 0), Cost("eerste_gesprek", 0)]


@pytest.mark.parametrize(
    ("kind", "options", "situation", "expected"),
    [
        pytest.param("gratis", [], Situation(), Price("gratis", 0, 0, "gratis", 0), id="free"),
        pytest.param(
            "gratis",
            [Cost(amount=0, amount_description="Bellen kost wel iets.")],
            Situation(),
            Price("gratis", 0, 0, "gratis", 0, "Bellen kost wel iets."),
            id="free with a note",
        ),
        pytest.param("vast", [Cost(amount=11)], Situation(), Price("vast", 11, 11, "€ 11 per gesprek", 11), id="fixed"),
        pytest.param(
            "vast", [Cost(amount=2.5)], Situation(), Price("vast", 2.5, 2.5, "€ 2,50 per gesprek", 2.5), id="cents"
        ),
        pytest.param(
            "vast",
            FIXED,
            Situation(),
            Price("vast", 0, 11, "€ 11 per gesprek, € 4 met verhoogde tegemoetkoming", None),
            id="nothing said",
        ),
        pytest.param(
            "vast",
            FIXED,
            Situation(increased_allowance=True, age=40),
            Price("vast", 4, 4, "€ 4 per gesprek", 4),
            id="increased allowance",
        ),
        pytest.param(
            "vast",
            FIXED,
            Situation(increased_allowance=False, age=24),
            Price("vast", 11, 11, "€ 11 per gesprek", 11),
            id="no condition met",
        ),
        pytest.param("vast", FIXED, Situation(age=23), Price("gratis", 0, 0, "gratis", 0), id="young"),
        pytest.param(
            "vast",
            FIXED,
            Situation(increased_allowance=False),
            Price("vast", 0, 11, "€ 11 per gesprek, gratis tot en met 23 jaar", None),
            id="age not said",
        ),
        pytest.param(
            "vast",
            FIXED,
            Situation(increased_allowance=False, age=40, first_conversation=True),
            Price("vast", 0, 11, "eerste gesprek gratis, daarna € 11 per gesprek", 0),
            id="first conversation",
        ),
        pytest.param(
            "vast",
            [Cost(amount=11), Cost("eerste_gesprek", 0, amount_description="Na verwijzing.")],
            Situation(first_conversation=True),
            Price("vast", 11, 11, "€ 11 per gesprek", 11),
            id="first conversation on a condition is not promised",
        ),
        pytest.param(
            "vast",
            FIXED,
            Situation(increased_allowance=True, age=20, together=True),
            Price("onbekend", None, None, "prijs voor samen niet bekend: vraag het vooraf", None),
            id="together no rate is promised",
        ),
        pytest.param(
            "vast",
            [Cost(amount=30), Cost("student", 10)],
            Situation(),
            Price("vast", 10, 30, "€ 30 per gesprek, € 10 voor studenten", None),
            id="perhaps a student",
        ),
        pytest.param(
            "vast",
            [Cost(amount=30), Cost("student", 10)],
            Situation(student=True),
            Price("vast", 10, 10, "€ 10 per gesprek", 10),
            id="student",
        ),
        pytest.param(
            "vast",
            [Cost(amount=30), Cost("student", 10)],
            Situation(student=False),
            Price("vast", 30, 30, "€ 30 per gesprek", 30),
            id="no student",
        ),
        pytest.param(
            "vast",
            [*FIXED, Cost("groep", 2.5)],
            Situation(group=True, age=40),
            Price("vast", 2.5, 2.5, "€ 2,50 per keer in groep", 2.5),
            id="group",
        ),
        pytest.param(
            "vast",
            [*FIXED, Cost("groep", 2.5, amount_description="Per persoon.")],
            Situation(group=True),
            Price("vast", 0, 2.5, "€ 2,50 per keer in groep, gratis tot en met 23 jaar", None, "Per persoon."),
            id="group, age not said",
        ),
        pytest.param(
            "vast",
            [*FIXED, Cost("groep", 2.5)],
            Situation(increased_allowance=False, age=40),
            Price("vast", 11, 11, "€ 11 per gesprek", 11),
            id="the price of a group is not that of a conversation",
        ),
        pytest.param(
            "vast",
            [Cost(amount=30)],
            Situation(group=True),
            Price("vast", 30, 30, "€ 30 per gesprek", 30),
            id="no price for a group",
        ),
        pytest.param(
            "vork",
            [Cost(amount=60, amount_max=120)],
            Situation(together=True),
            Price("vork", 60, 120, "€ 60 tot € 120 per gesprek", None),
            id="range",
        ),
        pytest.param(
            "inkomensgerelateerd",
            [],
            Situation(),
            Price("inkomensgerelateerd", None, None, "volgens je inkomen", None),
            id="by income",
        ),
        pytest.param(
            "inkomensgerelateerd",
            [Cost(amount=5, amount_max=60)],
            Situation(),
            Price("inkomensgerelateerd", 5, 60, "volgens je inkomen, € 5 tot € 60 per gesprek", None),
            id="by income with amounts",
        ),
        pytest.param(
            "onbekend",
            [],
            Situation(),
            Price("onbekend", None, None, "prijs niet bekend: vraag het vooraf", None),
            id="unknown",
        ),
        pytest.param(
            "onbekend",
            [Cost(amount_description="Zoeken is gratis. De hulp zelf niet.")],
            Situation(),
            Price("onbekend", None, None, "prijs niet zeker", None, "Zoeken is gratis. De hulp zelf niet."),
            id="unknown with a note",
        ),
        pytest.param(
            "vast",
            [Cost("verhoogde_tegemoetkoming", 4)],
            Situation(),
            Price("onbekend", None, None, "prijs niet bekend: vraag het vooraf", None),
            id="only a condition",
        ),
        pytest.param(
            "vast",
            [Cost(amount=9, valid_to=dt.date(2025, 12, 31)), Cost(amount=11, valid_from=dt.date(2026, 1, 1))],
            Situation(),
            Price("vast", 11, 11, "€ 11 per gesprek", 11),
            id="the amount of today",
        ),
        pytest.param(
            "vast",
            [Cost(amount=9, valid_to=dt.date(2025, 12, 31))],
            Situation(),
            Price("onbekend", None, None, "prijs niet bekend: vraag het vooraf", None),
            id="only an old amount",
        ),
    ],
)
def test_the_price_for_a_situation(kind: str, options: list[Cost], situation: Situation, expected: Price) -> None:
    assert price_for(kind, options, situation, TODAY) == expected


@pytest.mark.parametrize(
    ("kind", "options", "budget", "expected"),
    [
        pytest.param("gratis", [], 0, True, id="free in nothing"),
        pytest.param("onbekend", [], 0, None, id="unknown is not free"),
        pytest.param("onbekend", [], 100, None, id="unknown is not cheap"),
        pytest.param("vast", [Cost(amount=11)], 10, False, id="too much"),
        pytest.param("vast", [Cost(amount=11)], 11, True, id="just enough"),
        pytest.param("vork", [Cost(amount=60, amount_max=120)], 80, None, id="only partly"),
        pytest.param("vork", [Cost(amount=60, amount_max=120)], 120, True, id="the whole range"),
        pytest.param("vork", [Cost(amount=60, amount_max=120)], 59, False, id="below the range"),
        pytest.param("inkomensgerelateerd", [], 20, None, id="by income may fit"),
    ],
)
def test_within_a_budget(kind: str, options: list[Cost], budget: float, expected: bool | None) -> None:
    assert within_budget(price_for(kind, options, Situation(), TODAY), budget) is expected


def test_amounts_are_written_as_in_belgium() -> None:
    assert [euros(0), euros(11), euros(2.5), euros(1526)] == ["€ 0", "€ 11", "€ 2,50", "€ 1526"]


amounts = st.none() | st.floats(0, 500).map(lambda amount: round(amount, 2))
costs = st.builds(Cost, option=st.sampled_from(COST_CONDITIONS), amount=amounts, amount_max=amounts)
situations = st.builds(
    Situation,
    increased_allowance=st.none() | st.booleans(),
    age=st.none() | st.integers(0, 120),
    first_conversation=st.booleans(),
    together=st.none() | st.booleans(),
    student=st.none() | st.booleans(),
    group=st.booleans(),
)


@given(st.sampled_from(PRICE_KINDS), st.lists(costs, max_size=6), situations)
def test_a_price_is_never_free_by_accident(kind: str, options: list[Cost], situation: Situation) -> None:
    price = price_for(kind, options, situation, TODAY)
    assert price.text
    assert (price.min is None) == (price.max is None)
    if price.kind == "gratis":
        assert kind == "gratis" or any(cost.amount == 0 for cost in options)
        assert price.own_share == 0
    if price.kind == "onbekend":
        assert within_budget(price, 1e6) is None
    if price.own_share is not None and price.min is not None and price.max is not None:
        assert price.min <= price.own_share <= price.max
