"""A table of texts as an XLSX workbook and back, for the sheet of `referral_db.sheet`.

Every cell is text, so that a spreadsheet keeps "0800 13 500", "2026-11-22" and "+32 9 123 45 67" as they are typed.
Formulas are never worked out: they are not written, and one in a file is a problem of that cell.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_UNPACKED = 400_000_000
"""Bytes that a workbook may hold when it is unpacked; a small file can hold far more."""
MAX_CELL = 32_767
"""Characters that a spreadsheet keeps of one cell."""
MAX_COLUMNS = 200

_WIDE = {"code": 28, "naam": 32, "omschrijving": 60, "toelating": 40, "telefoon": 34, "uren": 44, "bedragen": 40}
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")


class WorkbookError(ValueError):
    """Why a file cannot be read or written as a workbook, in Dutch."""


class CellProblem(str):
    """In the place of a cell that holds no text: what is wrong with it, in Dutch."""


def write_workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """Gives an XLSX with one sheet, the first row frozen. Control characters, which XML cannot hold, are left out.

    Raises WorkbookError for a cell that a spreadsheet would cut.
    """
    # Openpyxl is for imports and exports only; a process that serves people does not pay for it.
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]
    from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    rows = list(rows)
    for number, row in enumerate(rows, start=1):
        if any(len(text) > MAX_CELL for text in row):
            raise WorkbookError(f"rij {number} heeft een cel van meer dan {MAX_CELL} tekens: neem CSV")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Gids")
    sheet.freeze_panes = "A2"
    top, bold = Alignment(vertical="top", wrap_text=True), Font(bold=True)
    for number, row in enumerate(rows):
        if number == 0:
            for column, name in enumerate(row, start=1):
                sheet.column_dimensions[get_column_letter(column)].width = _WIDE.get(name, 20)
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=None)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", text) or None
            cell.number_format = "@"
            cell.alignment = top
            if text.startswith(_FORMULA_START):
                cell.data_type = "s"
                cell.quotePrefix = True
            if number == 0:
                cell.font = bold
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_workbook(data: bytes, max_rows: int) -> list[tuple[int, list[str]]]:
    """Gives the rows that are not empty, with their number from 1; a cell that is no text is a `CellProblem`.

    Stops after `max_rows` rows. Raises WorkbookError for a file that is no workbook with one sheet.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise WorkbookError("is te groot als het uitgepakt is")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # about looks that are lost, which nobody asked for
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            if len(book.sheetnames) != 1 or len(book.worksheets) != 1:
                raise WorkbookError("moet één blad hebben: verwijder de andere bladen")
            return list(_rows(book.worksheets[0], max_rows))
    except WorkbookError:
        raise
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, OSError) as error:
        raise WorkbookError("is geen leesbaar XLSX-bestand: bewaar het opnieuw als Excel-werkmap (.xlsx)") from error


def _rows(sheet: Any, max_rows: int) -> Iterator[tuple[int, list[str]]]:
    found = 0
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            found += 1
            yield number, cells
            if found >= max_rows:
                return


def _text(cell: Any) -> str:
    value = cell.value
    if cell.data_type == "f":
        return CellProblem("is een formule: typ de waarde zelf")
    if cell.data_type == "e":
        return CellProblem(f"geeft een fout ({value}): typ de waarde zelf")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
