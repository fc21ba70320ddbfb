"""The index in memory gives what the plain statements give: the same candidates, the same cards."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, object_session, sessionmaker

from referral_db import candidates, search_index
from referral_db.candidates import Filter, find_candidates, read_candidates
from referral_db.card_details import read_details
from referral_db.current_index import current_index
from referral_db.database import make_session_factory, upgrade
from referral_db.generate import generate
from referral_db.geography import PROVINCES, Place
from referral_db.models import FieldCheck, Service, ServiceArea, ServiceChannel, ServiceNeed
from referral_db.price import Situation
from referral_db.ranking import area_ranks
from referral_db.search import Query, search
from referral_db.search_index import SearchIndex
from referral_db.seeding import seed
from referral_db.taxonomy import CHANNELS, NEEDS, RISKS
from tests.referral_db.invented_services import DAY, GEOGRAPHY, add, empty_database, place

PLACES = [found for province in (*PROVINCES, "Brussel") for found in GEOGRAPHY.municipalities(province)]
WIDE = [GEOGRAPHY.find(name)[0] for name in ("Limburg", "West-Vlaanderen", "Brussel", "Antwerpen")]


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, sessionmaker[Session]]]:
    """The real records, and generated ones of which some are drafts, old, for an age, or work with couples."""
    folder: Path = tmp_path_factory.mktemp("index")
    made = {}
    for name in ("real", "generated"):
        upgrade(f"sqlite:///{folder / name}.db")
        made[name] = make_session_factory(f"sqlite:///{folder / name}.db")
    with made["real"].begin() as session:
        seed(session)
    draw = random.Random(3)
    with made["generated"]() as session:
        generate(session, GEOGRAPHY, 1200, on=DAY.date())
        changes: list[dict[str, object]] = [
            {"state": "draft"},
            {"state": "archived"},
            {"minimum_age": 12, "maximum_age": 25},
            {"minimum_age": 18},
            {"checked_on": DAY.date() - dt.timedelta(days=729)},
            {"checked_on": DAY.date() - dt.timedelta(days=731)},
            {"provider_type": "relatietherapeut"},
        ]
        for service_id in session.scalars(Service.__table__.select().with_only_columns(Service.id)).all():
            if draw.random() < 0.3:
                session.execute(update(Service).where(Service.id == service_id).values(**draw.choice(changes)))
            for field in draw.sample(["phone", "hours", "price", "address"], draw.choice([0, 0, 2])):
                on = DAY.date() - dt.timedelta(days=draw.randrange(400))
                session.add(FieldCheck(service_id=service_id, field=field, checked_on=on, method="x", confidence="low"))
        session.commit()
    yield made
    for factory in made.values():
        factory.kw["bind"].dispose()


def _somewhere(draw: random.Random) -> Place | None:
    return draw.choice([draw.choice(PLACES), draw.choice(PLACES), draw.choice(WIDE), None])


def _filter(draw: random.Random) -> Filter:
    needs = tuple(draw.sample([*NEEDS, *RISKS], draw.choice([0, 1, 1, 1, 2, 3])))
    areas = area_ranks(_somewhere(draw), GEOGRAPHY)
    if draw.random() < 0.4:  # as the search does for the region around
        around = GEOGRAPHY.municipalities(draw.choice(PROVINCES))
        areas = {part.nis: 0 for part in around if part.nis} | areas
    return Filter(
        needs=needs,
        areas=areas,
        channels=frozenset(draw.sample(sorted(CHANNELS), draw.choice([0, 0, 1, 2]))),
        on=DAY.date(),
        age=draw.choice([None, None, 15, 30]),
        joint_help=draw.random() < 0.7,
        everywhere=draw.random() < 0.4,
        general_from=draw.choice([None, 2, 6]) if needs else 6,
    )


def _query(draw: random.Random) -> Query:
    return Query(
        needs=tuple(draw.sample([*NEEDS, *RISKS], draw.choice([0, 1, 1, 1, 2, 3]))),
        place=_somewhere(draw),
        at=DAY + dt.timedelta(minutes=draw.randrange(7 * 24 * 60)),
        max_price=draw.choice([None, None, 0.0, 15.0, 60.0]),
        channel=draw.choice([None, None, *CHANNELS]),
        limit=draw.choice([1, 3, 10]),
        offset=draw.choice([0, 0, 3]),
        silent=draw.random() < 0.2,
        situation=Situation(age=draw.choice([None, 16, 40]), together=draw.choice([None, True])),
        language=draw.choice(["nl", "nl", "fr"]),
    )


@pytest.mark.parametrize("name", ["real", "generated"])
@pytest.mark.parametrize("bound", [2000, 37])
def test_the_candidates_are_those_of_the_statement(
    databases: dict[str, sessionmaker[Session]], name: str, bound: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the pairs elsewhere are cut off, which takes far more services than there are today."""
    for module in (candidates, search_index):
        monkeypatch.setattr(module, "MAX_LOOSE", bound)
    candidates._statement.cache_clear()
    draw = random.Random(bound)
    some = 0
    with databases[name]() as session:
        index = SearchIndex(session.connection())
        for _ in range(80):
            wanted = _filter(draw)
            plain = {one.id: one for one in find_candidates(session, wanted)}
            fast = {one.id: one for one in index.find(session, wanted)}
            assert fast == plain, wanted
            some += bool(plain)
    candidates._statement.cache_clear()
    assert some > 40


@pytest.mark.parametrize("name", ["real", "generated"])
def test_a_search_with_and_without_the_index_gives_the_same(
    databases: dict[str, sessionmaker[Session]], name: str
) -> None:
    draw = random.Random(name)
    for number in range(80):
        query = _query(draw)
        with databases[name]() as session:
            assert current_index(session) is not None
            fast = search(session, GEOGRAPHY, query)
        with databases[name]() as session:
            plain = search(session, GEOGRAPHY, query, once=True)
        assert fast == plain, (number, query)


@pytest.mark.parametrize("name", ["real", "generated"])
def test_the_index_follows_one_change_that_is_not_committed(
    databases: dict[str, sessionmaker[Session]], name: str
) -> None:
    draw = random.Random(f"change {name}")
    met = 0
    for _ in range(10):
        with databases[name]() as session:
            index = SearchIndex(session.connection())
            ids = session.scalars(select(Service.id).order_by(Service.slug)).all()
            service, other = (session.get_one(Service, one) for one in draw.sample(ids, 2))
            for part in draw.sample(["needs", "channels", "service_areas", "state", "age", "payer", "couples"], 3):
                _change(service, other, part)
            session.flush()
            index.find(session, _filter(draw))  # rows of before in memory
            changed = index.with_changed(session, service.id)
            areas = {area.code: 10 for area in service.service_areas[:2]}
            near = [Filter((need.code,), areas, frozenset(), DAY.date()) for need in service.needs[:4]]
            for wanted in [*near, *(_filter(draw) for _ in range(6))]:
                plain = {one.id: one for one in find_candidates(session, wanted)}
                assert {one.id: one for one in changed.find(session, wanted)} == plain
                met += service.id in plain
            session.rollback()
    assert met


def _change(service: Service, other: Service, part: str) -> None:
    """Makes one thing of a service as it is with another one."""
    rows: dict[str, Callable[[], list[Any]]] = {
        "needs": lambda: [ServiceNeed(code=need.code) for need in other.needs],
        "channels": lambda: [ServiceChannel(channel=one.channel) for one in other.channels],
        "service_areas": lambda: [ServiceArea(extent_type=a.extent_type, code=a.code) for a in other.service_areas],
    }
    columns = {
        "state": {"state": "published" if service.state != "published" else "archived"},
        "age": {"minimum_age": 12, "maximum_age": 25},
        "payer": {"who_pays": other.who_pays, "price_kind": other.price_kind},
        "couples": {"couple_work": not service.couple_work},
    }
    if part in rows:
        new = rows[part]()
        getattr(service, part).clear()
        object_session(service).flush()  # the new rows may have the same key
        getattr(service, part).extend(new)
    for column, value in columns.get(part, {}).items():
        setattr(service, column, value)


def test_a_change_to_a_new_service_or_code_makes_the_index_anew() -> None:
    with empty_database() as session:
        add(session, "een", needs=["ontrouw"])
        index = SearchIndex(session.connection())
        wanted = Filter(("conflict",), {"vlaanderen_brussel": 6}, frozenset(), DAY.date())
        add(session, "twee", needs=["conflict"])
        with_two = index.with_changed(session, "id-twee")
        assert [one.id for one in with_two.find(session, wanted)] == ["id-twee"]
        session.add(ServiceNeed(service_id="id-een", code="conflict"))
        session.flush()
        assert {one.id for one in index.with_changed(session, "id-een").find(session, wanted)} == {"id-een", "id-twee"}


def test_codes_that_no_service_has_are_no_error() -> None:
    with empty_database() as session:
        index = SearchIndex(session.connection())
        wanted = Filter(("ontrouw",), area_ranks(place("9000"), GEOGRAPHY), frozenset({"chat"}), DAY.date())
        assert index.find(session, wanted) == []


def test_rows_are_read_once(databases: dict[str, sessionmaker[Session]]) -> None:
    with databases["generated"]() as session:
        index = SearchIndex(session.connection())
        ids = list(session.scalars(Service.__table__.select().with_only_columns(Service.id).limit(5)))
        index.preload(session)
        with pytest.MonkeyPatch.context() as patch:
            for name in ("read_candidates", "read_details"):
                patch.setattr(search_index, name, lambda _session, missing: pytest.fail(f"read {missing}"))
            assert set(index.details(session, ids)) == set(ids)


def test_what_is_kept_in_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "MAX_ROWS", 3)
    with empty_database() as session:
        for number in range(6):
            add(session, f"dienst-{number}")
        index = SearchIndex(session.connection())
        index.preload(session)  # they do not all fit: nothing is read beforehand
        assert not index._details._kept
        for number in range(6):
            assert index.details(session, [f"id-dienst-{number}"]).keys() == {f"id-dienst-{number}"}
        assert list(index._details._kept) == ["id-dienst-3", "id-dienst-4", "id-dienst-5"]
        index.details(session, ["id-dienst-3"])
        index.details(session, ["id-dienst-0"])
        assert list(index._details._kept) == ["id-dienst-5", "id-dienst-3", "id-dienst-0"]


def test_what_is_gone_is_left_out() -> None:
    with empty_database() as session:
        add(session, "een")
        index = SearchIndex(session.connection())
        session.delete(session.get(Service, "id-een"))
        session.flush()
        wanted = Filter(("ontrouw",), {"vlaanderen_brussel": 6}, frozenset(), DAY.date())
        assert index.find(session, wanted) == []
        assert not read_candidates(session, ["id-een"])
        assert not read_details(session, ["id-een"])
