"""Every journey of tests/journeys on the whole stack, and the reader that no expectation may slip through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import MODEL, missing
from tests.journeys.house_rules import LINE_OF
from tests.journeys.reader import MOMENTS, Journey, JourneyError, read, read_all
from tests.journeys.walk import couple_work, faults_of, transcript, walk
from tests.stack import Stack, Talk, running

JOURNEYS = read_all()

GOOD = """
- titel: "Een titel die een zin is"
  wie: "Iemand"
  wanneer: "2026-11-23T03:10"
  stappen:
    - zegt: "hallo"
"""


@pytest.fixture(scope="module")
def stack_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stack]]:
    """Give the stack whose clock stands still at a moment; each is started once and stays until the last journey."""
    if not MODEL.exists():
        missing("no trained model: run `make train`")
    stacks: dict[str, Stack] = {}
    with ExitStack() as open_stacks:

        def at(moment: str) -> Stack:
            if moment not in stacks:
                folder = tmp_path_factory.mktemp("stack")
                stacks[moment] = open_stacks.enter_context(running(folder, NACHTLICHT_CLOCK=moment))
            return stacks[moment]

        yield at


@pytest.mark.stack
@pytest.mark.parametrize("journey", [pytest.param(journey, id=journey.title) for journey in JOURNEYS])
def test_journey(stack_at: Callable[[str], Stack], journey: Journey) -> None:
    stack = stack_at(journey.moment)
    walked = walk(journey, Talk(stack), couple_work(stack.var / "nachtlicht.db"))
    faults = faults_of(walked)
    assert not faults, "\n".join([*faults, "", transcript(journey, walked)])


def test_there_are_journeys_for_every_risk_and_both_moments() -> None:
    understood = {step.understood for journey in JOURNEYS for step in journey.steps}
    assert understood >= {"acuut_gevaar", "zelfdoding", "partnergeweld", "seksueel_geweld", "kind_in_gevaar"}
    assert {journey.moment for journey in JOURNEYS} == set(MOMENTS)


def test_there_are_enough_journeys_of_each_kind() -> None:
    """The numbers of the product's goal: what nobody walks through, nobody knows to work."""
    by_file = Counter(journey.file.removesuffix(".yml") for journey in JOURNEYS)
    risks = [journey for journey in JOURNEYS if any(step.understood in LINE_OF for step in journey.steps)]
    assert len(JOURNEYS) >= 150
    assert len(risks) >= 60
    assert sum(journey.moment == MOMENTS[0] for journey in JOURNEYS) >= 20
    assert by_file["prijs"] >= 20
    assert by_file["herstel"] >= 15
    assert by_file["risico_talen"] + by_file["talen"] >= 10


def _read(folder: Path, text: str) -> list[Journey]:
    file = folder / "tocht.yml"
    file.write_text(text, "utf-8")
    return read(file)


def test_a_journey_needs_no_more_than_four_keys(tmp_path: Path) -> None:
    (journey,) = _read(tmp_path, GOOD)
    assert (journey.title, journey.moment, journey.steps[0].says) == (
        "Een titel die een zin is",
        "2026-11-23T03:10",
        "hallo",
    )


def test_times_and_numbers_without_quotes_are_text(tmp_path: Path) -> None:
    text = GOOD.replace('"2026-11-23T03:10"', "2026-11-23T03:10") + "      ziet: [1712]\n"
    (journey,) = _read(tmp_path, text)
    assert journey.moment == "2026-11-23T03:10"
    assert journey.steps[0].sees == ("1712",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(GOOD + "      lees: [x]\n", "“lees” ken ik niet", id="a key with a typing error"),
        pytest.param(GOOD + '      leest: "112"\n', "bij “leest” hoort een lijst", id="one phrase instead of a list"),
        pytest.param(GOOD + "      leest: []\n", "bij “leest” hoort een lijst", id="an empty list"),
        pytest.param(GOOD + "      leest: [' ']\n", "een lijst van teksten", id="an empty phrase"),
        pytest.param(GOOD + "      hulpbalk: ja hoor\n", "hoort true of false", id="not a yes or no"),
        pytest.param(GOOD + '      kiest: "Ja"\n', "“zegt” of “kiest”", id="says and picks"),
        pytest.param(GOOD + '      zegt: "nee"\n', "staat er twee keer", id="one key twice"),
        pytest.param(GOOD + '      kaarten: false\n      ziet: ["106"]\n', "past niet bij", id="cards and no cards"),
        pytest.param(GOOD.replace('"2026-11-23T03:10"', '"2026-11-23T04:10"'), "Kies 2026-11-23T03:10", id="moment"),
        pytest.param(GOOD.replace("Een titel die een zin is", "Geweld"), "de titel is geen zin", id="one word"),
        pytest.param(GOOD.replace('  wie: "Iemand"\n', ""), "“wie” ontbreekt", id="nobody"),
        pytest.param(GOOD.replace('  wie: "Iemand"', "  wie: [Iemand]"), "bij “wie” hoort een tekst", id="who: a list"),
        pytest.param(GOOD + "      begrepen: geweldig\n", "“geweldig” is geen code", id="a code that is none"),
        pytest.param("titel: x", "een lijst van tochten", id="not a list"),
        pytest.param("- hallo", "begint met “- titel: …”", id="a bare word"),
        pytest.param("- [", "geen geldige YAML", id="not YAML"),
    ],
)
def test_a_journey_that_is_wrong_is_refused_with_where_and_what(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(JourneyError, match=r"^tocht\.yml") as error:
        _read(tmp_path, text)
    assert says in str(error.value)


def test_two_journeys_may_not_have_one_title(tmp_path: Path) -> None:
    for name in ("een.yml", "twee.yml"):
        (tmp_path / name).write_text(GOOD, "utf-8")
    with pytest.raises(JourneyError, match=r"staat ook in een\.yml"):
        read_all(tmp_path)
