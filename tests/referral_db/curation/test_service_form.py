"""A service becomes a form and comes back the same."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from referral_db.curation.forms import Form
from referral_db.curation.service_form import TICKS, form_of, place_in_form, raw_record
from referral_db.models import Service
from referral_db.records import LISTS, columns, differences
from referral_db.seeding import read_seed
from referral_db.validation import complete
from tests.referral_db.curation.conftest import NOW, service
from tests.referral_db.record_strategies import accessibilities, capacities, documents, raw_records

if TYPE_CHECKING:
    from referral_db.records import Record
    from tests.referral_db.curation.site_client import SiteClient

RECORD = complete(service("lamp"))[0]
SOMETHING = st.text(max_size=30) | st.sampled_from(["inf", "nan", "1e999", "-0", "٣", "²", "24:00", "2026-02-30", "9u"])


def there_and_back(record: Record) -> Record:
    raw, problems = raw_record(form_of(record), record, NOW)
    again, wrong = complete(raw)
    assert not problems + wrong
    return again


def test_every_record_of_the_seed_survives_the_form() -> None:
    records, _ = read_seed()
    assert len(records) > 100
    for record in records:
        assert differences(record, there_and_back(record)) == [], record["slug"]


NOT_TYPED = {"slug", "checked_on", "field_checks"}
"""Made by the application itself."""
NEW = (
    *("referral_needed", "both_partners", "group_talk", "philosophy", "on_phone_bill", "calls_back", "letter_home"),
    *("account_needed", "wait_band", "wait_known_by", "anonymous", "minimum_age", "maximum_age", "wait_observed_on"),
)


def test_every_field_of_a_service_can_be_changed(editor: SiteClient) -> None:
    shown = {name for name, _ in form_of(RECORD).pairs} | {"service_areas", *TICKS}
    rows = {name.removesuffix("-aantal") for name in shown}
    assert {*columns(Service), *LISTS} - shown - rows == NOT_TYPED
    page = editor.get("/diensten/lamp").text
    assert [name for name in shown - {"service_areas", "slug"} if f'name="{name}"' not in page] == []


@settings(deadline=None, max_examples=60)
@given(
    raw_records(),
    st.lists(accessibilities, max_size=2),
    st.lists(documents, max_size=2),
    st.lists(capacities, max_size=2, unique_by=lambda row: row["unit"]),
)
def test_what_it_takes_and_leaves_behind_survives_the_form(
    any_record: Record, access: list[Record], bring: list[Record], room: list[Record]
) -> None:
    lists = {"accessibilities": access, "required_documents": bring, "capacities": room}
    record, problems = complete(RECORD | {name: any_record[name] for name in NEW} | lists)
    assert not problems
    assert differences(record, there_and_back(record)) == []


def test_room_counts_from_now_where_it_changed() -> None:
    then = dt.datetime(2026, 11, 1, 12, 0)
    rooms = [{"unit": unit, "available": 3, "maximum": None, "updated": then} for unit in ("bed", "plaats")]
    record, _ = complete(RECORD | {"capacities": rooms})
    typed = [(name, "2" if name == "capacities-1-available" else value) for name, value in form_of(record).pairs]
    raw, _ = raw_record(Form(typed), record, NOW)
    assert [(row["available"], row["updated"]) for row in raw["capacities"]] == [
        (3, then),
        (2, dt.datetime(2026, 11, 23, 2, 10)),
    ]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([name for name, _ in form_of(RECORD).pairs]), SOMETHING, max_size=4))
def test_whatever_is_typed_is_refused_or_taken_but_never_fails(typed: dict[str, str]) -> None:
    pairs = [(name, typed.get(name, value)) for name, value in form_of(RECORD).pairs]
    raw, _ = raw_record(Form(pairs), RECORD, NOW)
    for problem in complete(raw)[1]:
        assert place_in_form(problem.column)
