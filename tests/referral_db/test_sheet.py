from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_db.records import canonical
from referral_db.seeding import read_seed
from referral_db.sheet import CHECKED_FIELDS, COLUMNS, codes_of, column_of, read_table, rows_of, write_sheet
from referral_db.sheet_cells import escape, unescape
from referral_db.validation import complete
from tests.referral_db.record_strategies import raw_records

TODAY = dt.date(2026, 11, 23)
RECORDS, _ = read_seed()
KNOWN = {record["slug"]: record for record in RECORDS}


def _sheet(*rows: dict[str, str], delimiter: str = ";") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _change(slug: str, **cells: str) -> dict[str, Any]:
    found, problems = read_table(rows_of(_sheet({"code": slug} | cells)), KNOWN, TODAY)
    assert problems == []
    record, wrong = complete(found[0][1])
    assert wrong == []
    return record


@given(raw_records())
@settings(max_examples=80, deadline=None)
def test_an_untouched_sheet_changes_nothing(raw: dict[str, Any]) -> None:
    record, _ = complete(raw)
    found, problems = read_table(rows_of(write_sheet([record])), {record["slug"]: record}, TODAY)
    assert problems == []
    back, wrong = complete(found[0][1])
    assert wrong == []
    assert canonical(back) == canonical(record)
    assert back["id"] == record["id"]


@given(raw_records())
@settings(max_examples=80, deadline=None)
def test_a_sheet_makes_the_same_service_in_an_empty_database(raw: dict[str, Any]) -> None:
    record, _ = complete(raw)
    found, problems = read_table(rows_of(write_sheet([record])), {}, TODAY)
    assert problems == []
    back, wrong = complete(found[0][1])
    assert wrong == []
    unseen = ("field_checks", "locations")  # a sheet shows who checked what, and a place's name, only in part
    assert canonical({key: value for key, value in back.items() if key not in unseen}) == canonical(
        {key: value for key, value in record.items() if key not in unseen}
    )
    shown = ("address_1", "postal_code", "city")
    assert [[place[key] for key in shown] for place in back["locations"]] == [
        [place[key] for key in shown] for place in record["locations"]
    ]


def test_a_cell_that_changed_changes_its_field_only() -> None:
    record = _change("tele-onthaal-106", omschrijving="Er luistert iemand.")
    assert record["description"] == "Er luistert iemand."
    before = KNOWN["tele-onthaal-106"]
    assert canonical(record | {"description": before["description"]}) == canonical(before)


def test_a_new_number_renews_its_field_check() -> None:
    record = _change("tele-onthaal-106", telefoon="107 | nieuw nummer | spoor: staat op de rekening")
    assert record["phones"] == [
        {"number": "107", "type": "voice", "description": "nieuw nummer", "trace": "staat op de rekening"}
    ]
    check = next(check for check in record["field_checks"] if check["field"] == "phone")
    assert (check["checked_on"], check["source"]) == (TODAY, record["source"])
    hours = next(check for check in record["field_checks"] if check["field"] == "hours")
    assert hours["checked_on"] == dt.date(2026, 10, 1)


def test_a_day_that_the_maintainer_fills_in_counts_for_what_changed() -> None:
    record = _change("tele-onthaal-106", telefoon="107", nagekeken_op="2026-11-20")
    assert next(check for check in record["field_checks"] if check["field"] == "phone")["checked_on"] == dt.date(
        2026, 11, 20
    )


@pytest.mark.parametrize(
    ("cell", "byday", "opens_at", "closes_at"),
    [
        ("telefoon ma-vr 09:00-17:00", "MO,TU,WE,TH,FR", "09:00", "17:00"),
        ("telefoon elke dag 00:00-24:00", "MO,TU,WE,TH,FR,SA,SU", "00:00", "24:00"),
        ("chat ma,wo,za 22:00-02:00", "MO,WE,SA", "22:00", "02:00"),
        ("ter_plaatse di", "TU", None, None),
    ],
)
def test_hours_as_a_maintainer_writes_them(cell: str, byday: str, opens_at: str | None, closes_at: str | None) -> None:
    schedule = _change("tele-onthaal-106", uren=cell)["schedules"][0]
    assert (schedule["byday"], schedule["opens_at"], schedule["closes_at"]) == (byday, opens_at, closes_at)


def test_an_exception_as_a_maintainer_writes_it() -> None:
    cell = "telefoon elke dag | gesloten | van 2026-12-24 | tot 2026-12-26 | niet op feestdagen | uitleg: kerst"
    schedule = _change("tele-onthaal-106", uren=cell)["schedules"][0]
    assert schedule["closed"] is True
    assert (schedule["valid_from"], schedule["valid_to"]) == (dt.date(2026, 12, 24), dt.date(2026, 12, 26))
    assert (schedule["on_public_holidays"], schedule["description"]) == (False, "kerst")


@pytest.mark.parametrize(
    ("cell", "amount", "amount_max"),
    [
        ("standaard 11", 11.0, None),
        ("standaard 2,50", 2.5, None),
        ("standaard 60-120", 60.0, 120.0),
        ("groep ?", None, None),
    ],
)
def test_amounts_as_a_maintainer_writes_them(cell: str, amount: float | None, amount_max: float | None) -> None:
    cost = _change("cgg", bedragen=cell)["cost_options"][0]
    assert (cost["amount"], cost["amount_max"]) == (amount, amount_max)


def test_a_new_place_gets_the_coordinates_of_its_postal_code() -> None:
    place = _change("overkop", plaatsen="Voorstraat 51 | 8500 | Kortrijk")["locations"][0]
    assert place["slug"] == "overkop-voorstraat-51-8500-kortrijk"
    assert place["latitude"] == pytest.approx(50.83, abs=0.1)


def test_a_place_that_was_there_keeps_its_name() -> None:
    rows = "Diestseweg 144 | 2440 | Geel\n | 2200 | Herentals"
    record = _change("caw-de-kempen", plaatsen=rows)
    assert {place["slug"]: place["name"] for place in record["locations"]} == {
        "caw-kempen-geel": "Welzijnscampus Geel",
        "caw-de-kempen": None,
    }


def test_a_new_service_of_a_known_organization_needs_only_its_code() -> None:
    cells = {"naam": "Nieuw", "organisatie_code": "caw", "soort": "CAW", "stand": "concept"}
    record = _change("caw-nieuw", **cells, bron="eigen", zekerheid="hoog", nagekeken_op="2026-11-23")
    assert record["organization"] == KNOWN["caw-onthaal"]["organization"]


def test_another_organization_is_not_renamed_when_a_service_moves() -> None:
    record = _change("lumi", organisatie_code="sensoa", organisatie="çavaria")
    assert record["organization"] == KNOWN["allesoverseks"]["organization"]


def test_what_it_takes_and_leaves_behind_is_read() -> None:
    record = _change(
        "lumi", verwijzing="nee", allebei="ja", brief_thuis="", wachtband="tot_6_weken", wachttijd_hoe="gebeld",
        documenten="pas | web: https://pas.be", toegankelijk="rolstoel | uitleg: lift\nringleiding",
    )  # fmt: skip
    assert (record["referral_needed"], record["both_partners"], record["letter_home"]) == (False, True, None)
    assert (record["wait_band"], record["wait_known_by"]) == ("tot_6_weken", "gebeld")
    assert record["required_documents"] == [{"document": "pas", "uri": "https://pas.be"}]
    assert [row["description"] for row in record["accessibilities"]] == ["rolstoel", "ringleiding"]
    assert record["accessibilities"][0]["details"] == "lift"


@pytest.mark.parametrize("delimiter", [";", ","])
def test_both_delimiters_are_read(delimiter: str) -> None:
    text = "\ufeff" + _sheet({"code": "lumi", "naam": "Lumi; en meer, hoor"}, delimiter=delimiter)
    found, problems = read_table(rows_of(text), KNOWN, TODAY)
    assert problems == []
    assert found[0][1]["name"] == "Lumi; en meer, hoor"


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"uren": "telefoon maandag 9u"}, "uren", "lijkt niet op"),
        ({"uren": "telefoon mi 09:00-10:00"}, "uren", "is geen dag"),
        ({"uren": "telefoon ma 09:00-10:00 | soms"}, "uren", "begrijpen we niet"),
        ({"bedragen": "elf euro"}, "bedragen", "lijkt niet op"),
        ({"bedragen": "standaard 1.2.3"}, "bedragen", "is geen bedrag"),
        ({"plaatsen": "Voorstraat 51, Kortrijk"}, "plaatsen", "drie delen"),
        ({"stand": "klaar"}, "stand", "is niet een van"),
        ({"stand": ""}, "stand", "mag niet leeg zijn"),
        ({"documenten": "pas | morgen"}, "documenten", "begrijpen we niet; begin met web:"),
        ({"toegankelijk": "rolstoel | lift"}, "toegankelijk", "begin met web: of uitleg:"),
        ({"brief_thuis": "soms"}, "brief_thuis", "is niet een van"),
        ({"anoniem": "misschien"}, "anoniem", "is niet een van"),
        ({"leeftijd_van": "twaalf"}, "leeftijd_van", "is geen getal"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(cells: dict[str, str], column: str, reason: str) -> None:
    _, problems = read_table(rows_of(_sheet({"code": "cgg"} | cells)), KNOWN, TODAY)
    assert [(problem.row, problem.column) for problem in problems] == [(2, column)]
    assert reason in problems[0].reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("naam\nLumi\n", "deze kolom ontbreekt"),
        ("code;kleur\nlumi;blauw\n", "is geen kolom die we kennen"),
        ("code;naam;naam\nlumi;a;b\n", "een kolom staat er twee keer"),
        ("code;naam\nlumi;a;b\n", "heeft meer cellen"),
        ("", "deze kolom ontbreekt"),
    ],
)
def test_a_wrong_sheet_is_refused(text: str, reason: str) -> None:
    found, problems = read_table(rows_of(text), KNOWN, TODAY)
    assert found == []
    assert any(reason in problem.reason for problem in problems)


def test_a_csv_that_never_ends_a_cell_is_refused() -> None:
    with pytest.raises(csv.Error):
        rows_of('code;naam\n"lumi;a\n' + "x" * 140_000)


def test_a_cell_never_becomes_a_formula() -> None:
    record = KNOWN["lumi"] | {"name": "=1+1", "phones": [KNOWN["lumi"]["phones"][0] | {"number": "+32 9 000"}]}
    row = next(csv.DictReader(io.StringIO(write_sheet([record])), delimiter=";"))
    assert (row["naam"], row["telefoon"]) == ("'=1+1", "'+32 9 000")


@given(st.text())
def test_escaping_goes_both_ways(text: str) -> None:
    assert unescape(escape(text)) == text
    assert "|" not in escape(text)
    assert "\n" not in escape(text)


def test_every_column_is_explained() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "sheet.md").read_text(encoding="utf-8")
    assert [column for column in COLUMNS if f"`{column}`" not in guide] == []


@pytest.mark.parametrize(
    ("place", "column"),
    [
        ("name", "naam"),
        ("slug", "code"),
        ("phones.1.number", "telefoon"),
        ("schedules.2.opens_at", "uren"),
        ("organization.slug", "organisatie_code"),
        ("organization.website", "organisatie_website"),
        ("state", "stand"),
        ("online_contacts.1.value", "website"),
    ],
)
def test_a_field_is_found_in_its_column(place: str, column: str) -> None:
    assert column_of(place) == column
    assert column in COLUMNS
    assert set(CHECKED_FIELDS) <= set(COLUMNS)


def test_the_codes_of_a_sheet_are_known_before_it_is_read() -> None:
    assert codes_of(rows_of("naam;code\nx; lumi\ny;cgg;te veel\nz\n")) == {"lumi", "cgg"}
    assert codes_of(rows_of("naam\nx\n")) == set()
    assert codes_of(rows_of("")) == set()
