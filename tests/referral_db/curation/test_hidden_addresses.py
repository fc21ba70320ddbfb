"""An address that is to stay hidden leaves by no way out, also when it was stored against the rules."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import delete

from nachtlicht.settings import BRUSSELS
from referral_db.interchange import export_hsds, export_sheet, export_tables, export_workbook
from referral_db.models import Location, Organization, Service
from referral_db.records import stable_id, store
from referral_db.search import Query, search
from referral_db.validation import complete
from referral_db.workbook import read_workbook
from tests.referral_db.curation.test_hsds_api import LISTS, ask
from tests.referral_db.invented_services import GEOGRAPHY
from tests.referral_db.record_strategies import raw_records

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from tests.referral_db.curation.site_client import SiteClient

NOW = dt.datetime(2026, 11, 23, 3, 10, tzinfo=BRUSSELS)
SECRET: dict[str, Any] = {
    "slug": "verborgen-plek",
    "name": "Schuilhuis",
    "address_1": "Verborgenlaan 77",
    "postal_code": "9998",
    "city": "Schuiloord",
    "latitude": 50.123456,
    "longitude": 4.654321,
}
SECRETS = [*(str(value) for value in SECRET.values() if value != "9998"), stable_id("location", SECRET["slug"])]
"""The postal code may stand in any amount of money by chance."""
SEARCHABLE = {"needs": ["eenzaamheid"], "channels": ["telefoon", "ter_plaatse"], "checked_on": NOW.date()}


def _stored_against_the_rules(raw: dict[str, Any], *, hidden: bool) -> dict[str, Any]:
    everywhere = {"service_areas": [{"extent_type": "land", "code": "BE"}], "minimum_age": None, "maximum_age": None}
    record, problems = complete(raw | SEARCHABLE | everywhere | {"hidden_address": True, "locations": []})
    assert problems == []
    place = SECRET | {"id": stable_id("location", SECRET["slug"])}
    return record | {"state": "published", "hidden_address": hidden, "locations": [place]}


def _outputs(db: Session, client: SiteClient) -> dict[str, str]:
    ways = {f"/{name}": json.dumps(ask(client, f"/{name}?full=true&full_service=true")) for name in LISTS}
    [service] = ask(client, "/services")["contents"]
    [organization] = ask(client, "/organizations")["contents"]
    ways["one service"] = json.dumps(ask(client, f"/services/{service['id']}"))
    ways["one organization"] = json.dumps(ask(client, f"/organizations/{organization['id']}?full_service=true"))
    for everything in (True, False):
        ways[f"hsds {everything}"] = export_hsds(db, everything=everything)
        ways[f"csv {everything}"] = export_sheet(db, everything=everything)
        with zipfile.ZipFile(io.BytesIO(export_tables(db, everything=everything))) as archive:
            ways[f"zip {everything}"] = " ".join(archive.read(name).decode() for name in archive.namelist())
        rows = read_workbook(export_workbook(db, everything=everything), 10)
        ways[f"xlsx {everything}"] = json.dumps([cells for _, cells in rows])
    for where in (None, GEOGRAPHY.find("9000")[0]):
        found = search(db, GEOGRAPHY, Query(("eenzaamheid",), where, NOW, limit=50))
        ways[f"search {where}"] = json.dumps(found.cards)
        assert len(found.cards) == 1
    return ways


def _only(database: sessionmaker[Session], record: dict[str, Any]) -> None:
    with database.begin() as db:
        for model in (Service, Organization, Location):
            db.execute(delete(model))
        store(db, record)


@given(raw_records())
@settings(
    max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_hidden_address_leaves_by_no_way_out(
    client: SiteClient, database: sessionmaker[Session], raw: dict[str, Any]
) -> None:
    _only(database, _stored_against_the_rules(raw, hidden=True))
    with database() as db:
        leaks = [(way, secret) for way, text in _outputs(db, client).items() for secret in SECRETS if secret in text]
    assert leaks == []


@given(raw_records())
@settings(
    max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_address_that_is_not_hidden_would_have_been_found(
    client: SiteClient, database: sessionmaker[Session], raw: dict[str, Any]
) -> None:
    _only(database, _stored_against_the_rules(raw, hidden=False))
    with database() as db:
        shown = {way for way, text in _outputs(db, client).items() if SECRET["address_1"] in text}
    assert {
        "one service",
        "hsds True",
        "csv True",
        "xlsx False",
        "zip True",
        "/service_at_locations",
        "search None",
    } <= shown


@pytest.mark.parametrize("available", [0, 3])
def test_how_much_room_there_is_goes_out(client: SiteClient, database: sessionmaker[Session], available: int) -> None:
    room = {"unit": "bed", "available": available, "maximum": 12, "description": "na intake", "updated": NOW}
    with database.begin() as db:
        for model in (Service, Organization, Location):
            db.execute(delete(model))
        raw = {"slug": "huis", "name": "Huis", "provider_type": "CAW", "source": "https://x.be", "confidence": "high"}
        organization = {"organization": {"slug": "huis", "name": "Huis"}}
        record, problems = complete(raw | SEARCHABLE | organization | {"capacities": [room]})
        assert problems == []
        store(db, record | {"state": "published"})
    [listed] = ask(client, "/services?full=true")["contents"]
    for service in (listed, ask(client, f"/services/{listed['id']}")):
        [capacity] = service["capacities"]
        assert (capacity["unit"]["name"], capacity["available"], capacity["maximum"]) == ("bed", available, 12)
        assert capacity["service_id"] == listed["id"]
        assert dt.datetime.fromisoformat(capacity["updated"]) == NOW
    assert "capacities" not in ask(client, "/services")["contents"][0]
