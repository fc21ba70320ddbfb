from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from referral_db.card_details import Details, RoomFacts, read_details
from referral_db.database import make_session_factory, upgrade
from referral_db.records import store
from referral_db.validation import complete
from tests.referral_db.test_validation import GOOD

if TYPE_CHECKING:
    from referral_db.records import Record

SEEN = dt.datetime(2026, 11, 23, 2, 10, 5)
RECORD, _ = complete(
    GOOD
    | {
        "required_documents": [{"document": "pas; of, attest"}, {"document": "attest"}],
        "accessibilities": [{"description": "rolstoel", "details": "lift"}, {"description": "app"}],
        "capacities": [
            {"unit": "plaats", "available": 3, "maximum": 12, "updated": SEEN},
            {"unit": "bed", "available": 0, "updated": SEEN.replace(microsecond=7)},
        ],
    }
)


def _read(url: str, record: Record) -> Details:
    upgrade(url)
    factory = make_session_factory(url)
    with factory() as session:
        store(session, record)
        session.flush()
        details = read_details(session, [record["id"]])[record["id"]]
    factory.kw["bind"].dispose()
    return details


def test_what_few_services_have_comes_in_the_order_of_its_texts(sqlite_url: str) -> None:
    details = _read(sqlite_url, RECORD)
    assert details.documents == ["attest", "pas; of, attest"]
    assert details.accessibilities == ["app", "rolstoel – lift"]
    assert details.rooms == [
        RoomFacts("bed", 0, None, SEEN.replace(microsecond=7)),
        RoomFacts("plaats", 3, 12, SEEN),
    ]


def test_what_a_service_has_not_is_empty(sqlite_url: str) -> None:
    details = _read(sqlite_url, complete(GOOD)[0])
    assert (details.documents, details.accessibilities, details.rooms) == ([], [], [])


@pytest.mark.postgresql
def test_postgresql_gives_the_same(sqlite_url: str, postgresql_url: str) -> None:
    assert _read(postgresql_url, RECORD) == _read(sqlite_url, RECORD)
