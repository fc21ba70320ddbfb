"""A service becomes a form and comes back the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_db.curation.forms import Form
from referral_db.curation.service_form import _time, form_of, place_in_form, raw_record
from referral_db.records import differences
from referral_db.seeding import read_seed
from referral_db.validation import complete
from tests.referral_db.curation.conftest import service

if TYPE_CHECKING:
    from referral_db.records import Record

RECORD = complete(service("lamp"))[0]
SOMETHING = st.text(max_size=30) | st.sampled_from(["inf", "nan", "1e999", "-0", "٣", "²", "24:00", "2026-02-30", "9u"])


def there_and_back(record: Record) -> Record:
    raw, problems = raw_record(form_of(record), record)
    again, wrong = complete(raw)
    assert not problems + wrong
    return again


def test_every_record_of_the_seed_survives_the_form() -> None:
    records, _ = read_seed()
    assert len(records) > 100
    for record in records:
        assert differences(record, there_and_back(record)) == [], record["slug"]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([name for name, _ in form_of(RECORD).pairs]), SOMETHING, max_size=4))
def test_whatever_is_typed_is_refused_or_taken_but_never_fails(typed: dict[str, str]) -> None:
    pairs = [(name, typed.get(name, value)) for name, value in form_of(RECORD).pairs]
    raw, _ = raw_record(Form(pairs), RECORD)
    for problem in complete(raw)[1]:
        assert place_in_form(problem.column)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("9", "09:00"), ("9u", "09:00"), ("9u30", "09:30"), ("17.30", "17:30"), ("24:00", "24:00"), ("9 u", "09:00"),
     ("", ""), ("straks", "strak"), ("9:5", "9:5")],
)  # fmt: skip
def test_times_as_people_write_them(typed: str, read: str) -> None:
    assert _time(typed) == read
