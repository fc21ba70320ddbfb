"""The log as a file."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from referral_db.models import AuditEntry
from tests.referral_db.curation.site_client import PEOPLE, SiteClient

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=";"))


def test_the_log_goes_out_as_a_table_with_what_changed(
    administrator: SiteClient, editor: SiteClient, database: sessionmaker[Session]
) -> None:
    editor.change("/diensten/schets", name="=Schets\n2")
    administrator.change("/diensten/schets", name="Schets 3")
    response = administrator.get("/logboek.csv")
    assert response.headers["content-disposition"].endswith('nachtlicht-logboek-2026-11-23.csv"')
    found = rows(response.text)
    assert [one["wie"] for one in found] == [PEOPLE["editor"], PEOPLE["administrator"]]
    assert json.loads(found[0]["na"])["name"] == "=Schets\n2"
    assert found[0]["tijd_utc"].endswith("Z")
    assert [one["wie"] for one in rows(administrator.get(f"/logboek.csv?wie={PEOPLE['editor']}").text)] == [
        PEOPLE["editor"]
    ]
    with database() as db:
        assert db.query(AuditEntry).count() == len(found)


def test_a_spreadsheet_takes_no_cell_for_a_formula(administrator: SiteClient, database: sessionmaker[Session]) -> None:
    administrator.change("/websites/nieuw", code="x", name="x")
    with database() as db:
        db.query(AuditEntry).one().user_name = "=1+1"
        db.commit()
    assert rows(administrator.get("/logboek.csv").text)[0]["wie"] == "'=1+1"


def test_only_an_administrator_takes_the_log_along(publisher: SiteClient) -> None:
    assert publisher.get("/logboek.csv").status_code == 403
