"""The answers that come with the product: complete, dated, and fit to be read at three at night."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from referral_db.answers import VARIANTS
from referral_db.codes import NEEDS
from referral_db.text_check import check_text

FOLDER = Path(__file__).parents[2] / "referral_db" / "seed" / "answers"

QUESTIONS = (
    "vraag_kost",
    "vraag_wachttijd",
    "vraag_anonimiteit",
    "vraag_hoe_werkt_therapie",
    "partner_wil_niet_mee",
    "is_dit_normaal",
    "vraag_mens",
    "vraag_bot",
    "vraag_open_nu",
    "zoek_cursus",
    "zoek_zelfhulp",
)


def _rows() -> list[dict[str, Any]]:
    return [row for path in sorted(FOLDER.glob("*.yml")) for row in yaml.safe_load(path.read_text(encoding="utf-8"))]


def _row_id(row: dict[str, Any]) -> str:
    return f"{row['code']} {row['kind']} {row['moment']}"


ROWS = [pytest.param(row, id=_row_id(row)) for row in _rows()]


def _is_variant(code: str) -> bool:
    need, _, variant = code.rpartition("_")
    return need in NEEDS and variant in VARIANTS


def test_every_need_and_question_has_its_answers_once() -> None:
    found = Counter((row["code"], row["kind"], row["moment"]) for row in _rows() if not _is_variant(row["code"]))
    by_day = ("eerste", "tips", "waarom", "vroeg", "hulp", "keuze_1", "keuze_2")
    kinds = (("eerste", "nacht"), *((kind, "altijd") for kind in by_day))
    expected = {(need, *kind) for need in NEEDS for kind in kinds} | {(code, "vraag", "altijd") for code in QUESTIONS}
    assert set(found) == expected
    assert set(found.values()) == {1}


def test_a_variant_stands_once_next_to_an_answer_by_day_that_it_replaces() -> None:
    rows = [row for row in _rows() if _is_variant(row["code"])]
    found = Counter((row["code"], row["kind"], row["moment"]) for row in rows)
    assert set(found.values()) == {1}
    assert {code.rpartition("_")[2] for code, _, _ in found} == set(VARIANTS)
    nights = {code for code, kind, moment in found if (kind, moment) == ("eerste", "nacht")}
    assert nights <= {code for code, kind, moment in found if (kind, moment) == ("eerste", "altijd")}
    assert not [row for row in rows if len(row["code"]) > 40], "the column holds 40 characters"


@pytest.mark.parametrize("code", sorted({row["code"] for row in _rows() if row["moment"] == "nacht"}))
def test_the_answer_at_night_is_shorter_than_the_one_by_day(code: str) -> None:
    words = {
        row["moment"]: len(row["text"].split()) for row in _rows() if (row["code"], row["kind"]) == (code, "eerste")
    }
    assert words["nacht"] < words["altijd"]


@pytest.mark.parametrize("row", ROWS)
def test_the_answer_passes_the_text_check(row: dict[str, Any]) -> None:
    assert check_text(row["text"], kind=row["kind"]) == []


@pytest.mark.parametrize("row", ROWS)
def test_the_answer_has_source_owner_and_dates(row: dict[str, Any]) -> None:
    assert row["source"].strip()
    assert row["owner"] == "redactie Nachtlicht"
    assert row["reviewed_on"] == dt.date(2026, 11, 23)
    assert row["reviewed_on"] < row["expires_on"] <= dt.date(2027, 11, 23)


@pytest.mark.parametrize("row", [row for row in ROWS if "euro" in row.values[0]["text"]])
def test_a_price_says_its_date_and_expires_within_half_a_year(row: dict[str, Any]) -> None:
    assert "november 2026" in row["text"]
    assert row["expires_on"] <= dt.date(2027, 5, 23)


def test_is_this_normal_names_no_line_for_violence() -> None:
    """Most people ask it about sleeping apart or about seldom making love: danger has its own words."""
    texts = [row["text"] for row in _rows() if row["code"] == "is_dit_normaal"]
    assert texts
    assert not [text for text in texts if "1712" in text or "112" in text]


def test_no_two_answers_are_the_same() -> None:
    texts = Counter(row["text"] for row in _rows())
    assert max(texts.values()) == 1
    openings = Counter(row["text"].split(".")[0] for row in _rows())
    assert max(openings.values()) == 1, "each answer opens in its own words"


def test_the_reason_for_a_tip_names_a_study_or_an_organisation() -> None:
    own = [row["code"] for row in _rows() if row["kind"] == "waarom" and row["source"].startswith("Eigen tekst")]
    assert own == []
