from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from referral_db.database import make_session_factory, upgrade
from referral_db.models import Location, Organization, Phone, Service
from referral_db.records import (
    _CAME_LATER,
    LISTS,
    PARTS,
    all_services,
    canonical,
    columns,
    differences,
    store,
    to_record,
)
from referral_db.seeding import read_seed
from referral_db.validation import complete
from tests.referral_db.record_strategies import raw_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session, sessionmaker

RECORDS, _ = read_seed()
LUMI = next(record for record in RECORDS if record["slug"] == "lumi")
CAW = next(record for record in RECORDS if record["slug"] == "caw-de-kempen")


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sessionmaker[Session]]:
    url = f"sqlite:///{tmp_path_factory.mktemp('records')}/nachtlicht.db"
    upgrade(url)
    factory = make_session_factory(url)
    yield factory
    factory.kw["bind"].dispose()


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session  # rolled back


def _only(session: Session) -> Service:
    session.flush()
    session.expire_all()
    return all_services(session)[0]


@given(raw_records())
@settings(max_examples=5, deadline=None)
def test_what_the_property_tests_draw_has_every_field(raw: dict[str, Any]) -> None:
    assert set(raw) - {"organization"} == {*columns(Service), *LISTS}
    for name, model in PARTS.items():
        for row in raw[name]:
            assert {*columns(model)} - set(row) <= {"freq", "currency"}


@pytest.mark.parametrize("name", sorted(_CAME_LATER))
def test_a_field_that_came_later_leaves_the_fingerprints_of_earlier_seeds_alone(name: str) -> None:
    empty = [] if name in LISTS else None
    before = {key: value for key, value in LUMI.items() if key not in _CAME_LATER}
    assert canonical(before | {name: empty}) == canonical(before)
    assert canonical(before | {name: [{"x": 1}] if name in LISTS else False}) != canonical(before)


def test_a_record_is_stored_whole(session: Session) -> None:
    assert store(session, CAW) == "new"
    service = _only(session)
    assert canonical(to_record(service)) == canonical(CAW)
    assert service.id == CAW["id"]
    assert service.version == 1


def test_the_same_again_changes_nothing(session: Session) -> None:
    store(session, LUMI)
    assert store(session, LUMI) == "same"
    assert _only(session).version == 1


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Lumi+"},
        {"phones": []},
        {"needs": ["lhbti", "jongeren"]},
        {"channels": ["telefoon"]},
        {"field_checks": [LUMI["field_checks"][0] | {"method": "gebeld"}]},
        {"service_areas": [{"extent_type": "land", "code": "BE"}]},
        {"languages": [{"code": "nl", "note": "ook gebarentaal"}]},
    ],
    ids=lambda change: str(next(iter(change))),
)
def test_every_change_counts_as_a_version(session: Session, change: dict[str, Any]) -> None:
    store(session, LUMI)
    after, problems = complete(LUMI | change)
    assert problems == []
    assert differences(LUMI, after) == list(change)
    assert store(session, after) == "changed"
    service = _only(session)
    assert service.version == 2
    assert canonical(to_record(service)) == canonical(after)


def test_a_service_may_move_to_another_organization(session: Session) -> None:
    store(session, LUMI)
    moved, _ = complete(LUMI | {"organization": {"slug": "elders", "name": "Elders"}})
    assert store(session, moved) == "changed"
    assert _only(session).organization.name == "Elders"


def test_an_organization_can_be_left_as_it_is(session: Session) -> None:
    store(session, LUMI)
    renamed, _ = complete(LUMI | {"organization": LUMI["organization"] | {"name": "Anders"}})
    store(session, renamed, update_organization=False)
    assert session.scalars(select(Organization.name)).all() == ["çavaria"]
    assert store(session, renamed) == "changed"
    assert session.scalars(select(Organization.name)).all() == ["Anders"]


def test_a_place_that_nobody_uses_any_more_goes(session: Session) -> None:
    store(session, CAW)
    fewer, _ = complete(CAW | {"locations": CAW["locations"][:1]})
    store(session, fewer)
    assert session.scalars(select(Location.slug)).all() == [CAW["locations"][0]["slug"]]


def test_a_place_that_another_service_uses_stays(session: Session) -> None:
    store(session, CAW)
    other, _ = complete(LUMI | {"locations": CAW["locations"][:1]})
    store(session, other)
    nowhere, _ = complete(CAW | {"locations": []})
    store(session, nowhere)
    assert session.scalars(select(Location.slug)).all() == [CAW["locations"][0]["slug"]]


def test_a_service_with_a_new_slug_is_known_by_its_id(session: Session) -> None:
    store(session, LUMI)
    assert store(session, LUMI | {"slug": "lumi-nieuw"}) == "changed"
    assert session.scalars(select(Service.slug)).all() == ["lumi-nieuw"]


def test_nothing_of_a_removed_service_stays(session: Session) -> None:
    store(session, LUMI)
    session.delete(_only(session).organization)
    session.flush()
    assert session.scalar(select(func.count()).select_from(Phone)) == 0


def test_reading_all_services_takes_a_fixed_number_of_queries(session: Session) -> None:
    from sqlalchemy import event

    for record in RECORDS[:30]:
        store(session, record)
    session.expire_all()
    statements: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert len([to_record(service) for service in all_services(session)]) == 30
    assert len(statements) <= 16


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_any_record_can_follow_any_other(sessions: sessionmaker[Session], data: st.DataObject) -> None:
    with sessions() as session:
        for _ in range(2):
            record, problems = complete(data.draw(raw_records(slug=st.just("dienst"))))
            assert problems == []
            store(session, record)
            assert canonical(to_record(_only(session))) == canonical(record)
        session.rollback()


@pytest.mark.postgresql
def test_a_changed_record_is_stored_on_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    upgrade(postgresql_url)
    factory = make_session_factory(postgresql_url)
    with factory() as session:
        store(session, CAW)
        changed, _ = complete(CAW | {"locations": CAW["locations"][1:], "service_areas": CAW["service_areas"][1:]})
        assert store(session, changed) == "changed"
        assert canonical(to_record(_only(session))) == canonical(changed)
    factory.kw["bind"].dispose()


def test_an_empty_list_that_came_later_leaves_the_fingerprint_as_it_was() -> None:
    record = LUMI
    earlier = {name: value for name, value in record.items() if name != "capacities"}
    assert canonical(record) == canonical(earlier)
    room = {"unit": "plaats", "available": 3, "updated": "2026-11-23T10:00:00"}
    assert canonical(complete(LUMI | {"capacities": [room]})[0]) != canonical(record)
