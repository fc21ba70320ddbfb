"""What people type in one field becomes a value."""

from __future__ import annotations

import pytest

from referral_db.curation.typed import time_of


@pytest.mark.parametrize(
    ("typed", "read"),
    [("9", "09:00"), ("9u", "09:00"), ("9u30", "09:30"), ("17.30", "17:30"), ("24:00", "24:00"), ("9 u", "09:00"),
     ("", ""), ("straks", "strak"), ("9:5", "9:5")],
)  # fmt: skip
def test_times_as_people_write_them(typed: str, read: str) -> None:
    assert time_of(typed) == read
