from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from openpyxl import Workbook, load_workbook

from referral_db import workbook
from referral_db.records import canonical
from referral_db.seeding import read_seed
from referral_db.sheet import COLUMNS, read_table, table
from referral_db.validation import complete
from referral_db.workbook import CellProblem, WorkbookError, read_workbook, write_workbook
from tests.referral_db.record_strategies import raw_records

TODAY = dt.date(2026, 11, 23)
KNOWN = {record["slug"]: record for record in read_seed()[0]}
STARTS = ["=1+1", "+32 9 123", "-5", "@SUM(A1)", '=HYPERLINK("https://x.example")']


def _book(*rows: list[Any], sheets: int = 1) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for number in range(1, sheets):
        book.create_sheet(f"Blad{number}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _problems(data: bytes) -> list[tuple[int, str, str]]:
    found, problems = read_table(read_workbook(data, 100), KNOWN, TODAY)
    assert found == []
    return [(problem.row, problem.column, problem.reason) for problem in problems]


@given(raw_records())
@settings(max_examples=30, deadline=None)
def test_an_untouched_workbook_changes_nothing(raw: dict[str, Any]) -> None:
    record, _ = complete(raw)
    rows = read_workbook(write_workbook(table([record])), 10)
    found, problems = read_table(rows, {record["slug"]: record}, TODAY)
    assert problems == []
    back, wrong = complete(found[0][1])
    assert wrong == []
    assert canonical(back) == canonical(record)


def test_one_sheet_with_the_same_columns_and_the_first_row_frozen() -> None:
    book = load_workbook(io.BytesIO(write_workbook(table(KNOWN.values()))))
    [sheet] = book.worksheets
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert sheet.max_row == len(KNOWN) + 1


def test_what_looks_like_a_formula_is_text() -> None:
    data = write_workbook([["code", *STARTS], ["lumi", *STARTS]])
    sheet = load_workbook(io.BytesIO(data)).active
    for row in sheet.iter_rows(min_col=2):
        assert [(cell.value, cell.data_type) for cell in row] == [(text, "s") for text in STARTS]
        assert all(cell.quotePrefix and cell.number_format == "@" for cell in row)
    assert b"<f>" not in b"".join(zipfile.ZipFile(io.BytesIO(data)).read(name) for name in ["xl/worksheets/sheet1.xml"])
    assert read_workbook(data, 10)[1] == (2, ["lumi", *STARTS])


def test_a_formula_in_a_file_is_a_problem_of_its_cell() -> None:
    data = _book(["code", "naam"], ["lumi", "Lumi"], ["cgg", "=1+1"])
    assert _problems(data) == [(3, "naam", "is een formule: typ de waarde zelf")]


def test_rows_and_columns_are_named_also_after_an_empty_row() -> None:
    data = _book(["code", "stand"], [], ["lumi", "klaar"], ["cgg", "concept", None, "te veel"])
    assert _problems(data) == [(4, "", "heeft meer cellen dan er kolommen zijn")]
    rows, problems = read_table(read_workbook(_book(["code", "stand"], [], ["lumi", "klaar"]), 100), KNOWN, TODAY)
    assert [(number, record["slug"]) for number, record in rows] == [(3, "lumi")]
    assert (problems[0].row, problems[0].column) == (3, "stand")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (5.0, "5"),
        (2.5, "2.5"),
        (True, "ja"),
        (False, "nee"),
        (dt.date(2026, 11, 22), "2026-11-22"),
        (dt.time(9, 0), "09:00"),
        (None, ""),
    ],
)
def test_what_a_spreadsheet_made_of_a_cell(value: Any, text: str) -> None:
    [(_, cells)] = read_workbook(_book(["code", value, "x"]), 10)
    assert cells == ["code", text, "x"]


def test_an_error_of_the_spreadsheet_is_a_problem() -> None:
    [(_, [cell])] = read_workbook(_book(["#REF!"]), 10)
    assert isinstance(cell, CellProblem)
    assert "#REF!" in cell


def test_control_characters_are_left_out_and_no_cell_is_cut() -> None:
    assert read_workbook(write_workbook([["a\x07b"]]), 10) == [(1, ["ab"])]
    with pytest.raises(WorkbookError, match="rij 2 heeft een cel van meer dan"):
        write_workbook([["code"], ["x" * 32_768]])


def test_reading_stops_after_enough_rows() -> None:
    assert len(read_workbook(_book(*[["a"]] * 9), 4)) == 4


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"code;naam\n", "is geen leesbaar XLSX-bestand"),
        (b"", "is geen leesbaar XLSX-bestand"),
        (_book(["code"])[:-300], "is geen leesbaar XLSX-bestand"),
        (_book(["code"], sheets=2), "moet één blad hebben"),
    ],
)
def test_what_is_no_workbook_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(WorkbookError, match=reason):
        read_workbook(data, 10)


def test_a_zip_of_something_else_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x.txt", "x")
    with pytest.raises(WorkbookError, match="is geen leesbaar"):
        read_workbook(out.getvalue(), 10)


def test_a_file_that_is_far_larger_unpacked_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1000)
    with pytest.raises(WorkbookError, match="te groot"):
        read_workbook(_book(["code"]), 10)
