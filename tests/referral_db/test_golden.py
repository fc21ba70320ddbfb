"""Situations that a social worker would recognise, over the services that come with the product. See golden.yml."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.orm import Session

from referral_db.cards import Card
from referral_db.price import LAST_YOUNG_AGE, Situation
from referral_db.search import MAX_LIMIT, Query, Result, search
from referral_db.seeding import seed
from referral_db.taxonomy import JOINT_PROVIDERS, NO_JOINT_HELP
from tests.referral_db.invented_services import BRUSSELS, DAY, GEOGRAPHY, NIGHT, empty_database, place

GOLDEN: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "golden.yml").read_text(encoding="utf-8"))
MOMENTS = {
    "nacht": NIGHT,
    "dag": DAY,
    "avond": dt.datetime(2026, 11, 24, 19, 30, tzinfo=BRUSSELS),
    "zondag": dt.datetime(2026, 11, 29, 15, 0, tzinfo=BRUSSELS),
    "kerst": dt.datetime(2026, 12, 25, 21, 0, tzinfo=BRUSSELS),
}
WIDENED = {
    "streek": r"^In (?!het (Nederlands|Frans|Engels)).* uit een andere streek",
    "woonplaats": r"^Ik weet niet waar je woont",
    "kanaal": r"^Ik vond nu weinig hulp (waar je kan|zonder praten)",
    "prijs": r"hulp die meer kost",
    "taal": r"hulp in een andere taal",
    "nood": r"hulp voor allerlei vragen",
}
DIALS = ("telefoon", "sms")


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with empty_database() as session:
        seed(session)
        yield session


def _look(session: Session, row: dict[str, Any], limit: int = 3) -> Result:
    asked = row["vraag"]
    query = Query(
        needs=tuple(asked["nood"]),
        place=place(asked["plaats"]) if "plaats" in asked else None,
        at=MOMENTS[row["wanneer"]],
        max_price=asked.get("hoogstens"),
        channel=asked.get("kanaal"),
        limit=limit,
        risk=asked.get("risico"),
        silent=asked.get("zwijgen") == "ja",
        situation=Situation(age=asked.get("leeftijd")),
        language=asked.get("taal", "nl"),
    )
    return search(session, GEOGRAPHY, query)


def _answers_now(card: Card) -> bool:
    return card["open"]["state"] == "open" and card["open"]["text"] != "altijd te lezen"


def test_there_are_enough_and_each_is_written_out() -> None:
    assert len(GOLDEN) >= 60
    assert len({row["wie"] for row in GOLDEN}) == len(GOLDEN)
    for row in GOLDEN:
        assert row.keys() <= {"wie", "vraag", "wanneer", "kaarten", "nu", "verruimd"}, row["wie"]
        assert row["kaarten"].keys() <= {"eerst", "drie", "niet_drie", "nooit"}, row["wie"]
        assert row["kaarten"].keys() & {"eerst", "drie"}, row["wie"]
        assert row["vraag"].keys() <= {
            *("nood", "plaats", "hoogstens", "kanaal", "leeftijd", "taal", "zwijgen", "risico")
        }, row["wie"]


@pytest.mark.parametrize("row", GOLDEN, ids=[row["wie"] for row in GOLDEN])
def test_as_a_social_worker_would_refer(session: Session, row: dict[str, Any]) -> None:
    wanted, found = row["kaarten"], _look(session, row)
    three = [card["id"] for card in found.cards]
    if "eerst" in wanted:
        assert three[0] == wanted["eerst"]
    assert set(wanted.get("drie", [])) <= set(three), three
    assert not set(wanted.get("niet_drie", [])) & set(three), three
    everything = _look(session, row, MAX_LIMIT)
    assert not {card["provider_type"] for card in everything.cards} & set(wanted.get("nooit", []))
    assert any(map(_answers_now, found.cards)) == (row["nu"] == "ja")
    said = [name for sentence in found.widened for name, words in WIDENED.items() if re.search(words, sentence)]
    assert len(said) == len(found.widened)
    assert said == row.get("verruimd", [])


@pytest.mark.parametrize("row", GOLDEN, ids=[row["wie"] for row in GOLDEN])
def test_what_holds_for_all_of_them(session: Session, row: dict[str, Any]) -> None:
    found = _look(session, row)
    numbers = [{c["href"] for c in card["contacts"] if c["channel"] in DIALS} for card in found.cards]
    assert len(found.cards) >= 2
    assert sum(map(len, numbers)) == len(set().union(*numbers)), "two cards with one number"
    foreign = ["helpt in het" in " ".join(card["not_matching"]) for card in found.cards]
    assert foreign == sorted(foreign), "another language comes last"
    if "plaats" not in row["vraag"]:
        assert not any("werkt in een andere streek" in card["not_matching"] for card in found.cards)
    if {*row["vraag"]["nood"], row["vraag"].get("risico")} & NO_JOINT_HELP:
        assert not {card["provider_type"] for card in _look(session, row, MAX_LIMIT).cards} & JOINT_PROVIDERS


def test_a_budget_between_free_and_dear_always_shows_something_paid(session: Session) -> None:
    asked = [row["vraag"] | row for row in GOLDEN if row["vraag"].get("leeftijd", 99) > LAST_YOUNG_AGE]
    couples = [row for row in asked if row.get("hoogstens", 0) >= 15 and "risico" not in row]
    assert len(couples) >= 10
    for row in couples:
        assert any(card["price"]["kind"] != "gratis" for card in _look(session, row).cards), row["wie"]
