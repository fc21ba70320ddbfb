"""When a person wants help."""

import pytest

from bot.nlu.normalise import normalise
from bot.nlu.wished_time import DAYS, is_only_a_time, time_of

WISHES = [
    ("nu", "nu"),
    ("nu meteen", "nu"),
    ("waar kan ik nu terecht", "nu"),
    ("heel de nacht liggen piekeren en ik zoek nu hulp", "nu"),
    ("is er op dit uur nog iemand", "nu"),
    ("vanavond", "vandaag 17-23"),
    ("tenavond", "vandaag 17-23"),
    ("deze namiddag", "vandaag 13-18"),
    ("vannacht", "vandaag 22-7"),
    ("morgenvoormiddag", "morgen 8-12"),
    ("mergenvroeg", "morgen 8-12"),
    ("morgen om 10u30", "morgen 10-11"),
    ("overmorgen na school", "overmorgen 16-20"),
    ("dinsdagavond", "dinsdag 17-23"),
    ("dinsdag tussen 2 en 4", "dinsdag 14-16"),
    ("woensdagnamiddag want dan zijn de kinderen bij hun papa", "woensdag 13-18"),
    ("enkel op woensdag kan ik weg", "woensdag 8-22"),
    ("in het weekend", "weekend 8-22"),
    ("'t weekend", "weekend 8-22"),
    ("in de week kan ik niet", "weekend 8-22"),
    ("in het weekend kan ik niet", "werkdag 8-22"),
    ("na het werk", "elke 17-22"),
    ("achter mijn uren", "elke 17-22"),
    ("overdag kan ik niet", "elke 17-22"),
    ("kan ni overdag", "elke 17-22"),
    ("overdag werk ik", "elke 17-22"),
    ("'s avonds kan ik niet", "elke 8-17"),
    ("ik werk overdag dus liefst savonds", "elke 17-23"),
    ("kvind overdag geen tijd, savends wel", "elke 17-23"),
    ("ik zoek iemand die 's avonds gesprekken doet", "elke 17-23"),
    ("als de kinderen slapen", "elke 20-23"),
    ("als de kinderen op school zijn", "elke 9-15"),
    ("over de middag", "elke 12-14"),
    ("'s morgens vroeg", "elke 8-12"),
    ("tijdens de kantooruren", "elke 9-17"),
    ("tussen 9 en 11", "elke 9-11"),
    ("van 9 tot 12u", "elke 9-12"),
    ("ik kan alleen als hij werkt, tussen 8 en 16u", "elke 8-16"),
    ("na 18u", "elke 18-22"),
    ("iemand voor koppels die na zessen nog werkt", "elke 18-22"),
    ("voor 10 uur", "elke 8-10"),
    ("om 3 uur 's nachts", "elke 3-4"),
    ("morgen kan wel maar vandaag niet", "morgen 8-22"),
    ("maandag werk ik, dinsdag kan wel", "dinsdag 8-22"),
    ("maakt niet uit wanneer", "altijd"),
]
STORIES = [
    "we maken elke avond ruzie, waar kunnen we terecht",
    "hij was gisterenavond weer dronken, wie kan ons helpen",
    "sinds maandag slaapt hij in de zetel, bij wie kan ik terecht",
    "hij komt elk weekend pas laat thuis en we zoeken hulp",
    "ik zoek hulp voor mijn vrouw die 's nachts niet slaapt",
    "we gingen vroeger in het weekend altijd wandelen",
    "morgen is het onze trouwdag en we praten niet meer",
    "we zijn nu drie jaar samen",
    "we zijn 9 en 11 jaar samen geweest",
    "ik weet nu niet waar ik terecht kan",
    "goeiemorgen",
    "alles behalve maandag",
    "tussen 30 en 50 euro",
    "tussen 10 en 20",
    "om 27 uur",
    "",
]


@pytest.mark.parametrize(("text", "expected"), WISHES, ids=[text for text, _ in WISHES])
def test_a_wish_becomes_a_code(text: str, expected: str) -> None:
    assert time_of(normalise(text)) == expected


@pytest.mark.parametrize("text", STORIES)
def test_when_something_happens_is_no_wish(text: str) -> None:
    assert time_of(normalise(text)) is None


def test_a_code_is_a_day_and_hours_that_exist() -> None:
    for _, code in WISHES:
        if code in ("nu", "altijd"):
            continue
        day, hours = code.split(" ")
        first, last = map(int, hours.split("-"))
        assert day in DAYS
        assert 0 <= first < 24
        assert 0 < last <= 24


@pytest.mark.parametrize("text", ["vanavond", "liefst na het werk", "overdag kan ik niet", "zaterdagvoormiddag of zo"])
def test_a_message_that_is_only_a_time(text: str) -> None:
    assert is_only_a_time(normalise(text))


@pytest.mark.parametrize(
    "text",
    ["goedenavond", "tot morgen", "fijne avond nog", "ik ben alleen in het weekend", "nu", "maakt niet uit wanneer"],
)
def test_a_message_that_says_something_else(text: str) -> None:
    assert not is_only_a_time(normalise(text))
