from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from referral_db.database import CONNECT_TIMEOUT, make_engine, make_session_factory, upgrade
from referral_db.models import Base, Phone, Service

if TYPE_CHECKING:
    from pathlib import Path


def _differences(url: str) -> list[object]:
    engine = make_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    return list(differences)


def test_the_migrations_make_the_models_on_sqlite(sqlite_url: str) -> None:
    assert _differences(sqlite_url) == []


@pytest.mark.postgresql
def test_the_migrations_make_the_models_on_postgresql(postgresql_url: str) -> None:
    upgrade(postgresql_url)
    assert _differences(postgresql_url) == []


def test_a_second_upgrade_changes_nothing(sqlite_url: str) -> None:
    upgrade(sqlite_url)
    assert _differences(sqlite_url) == []


def test_services_that_are_there_get_their_place_in_the_list(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nachtlicht.db'}"
    upgrade(url, "0006")
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO organization (id, slug, name, description) VALUES ('o', 'o', 'O', '')"))
        connection.execute(
            text(
                "INSERT INTO service (id, slug, organization_id, name, description, state, provider_type, who_pays,"
                " price_kind, couple_work, hidden_address, source, confidence, checked_on, version) VALUES"
                " ('s', 's', 'o', 'Élan – één', '', 'draft', 'CAW', 'vzw', 'vast', 0, 0, 'x', 'high', '2026-01-01', 1)"
            )
        )
    engine.dispose()
    upgrade(url)
    with make_session_factory(url)() as session:
        assert session.scalars(select(Service.sort_name)).all() == ["elan een"]
        session.get_bind().dispose()


def test_upgrade_creates_the_folder(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path}/new/folder/nachtlicht.db")
    assert (tmp_path / "new/folder/nachtlicht.db").exists()


def test_sqlite_is_set_for_readers_beside_a_writer_and_for_real_deletion(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.connect() as connection:
        values = {
            pragma: connection.execute(text(f"PRAGMA {pragma}")).scalar()
            for pragma in ("journal_mode", "foreign_keys", "secure_delete", "busy_timeout")
        }
    engine.dispose()
    assert values == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 5000}


def test_a_phone_without_its_service_is_refused(sqlite_url: str) -> None:
    sessions = make_session_factory(sqlite_url)
    with sessions() as session:
        session.add(Phone(service_id="nobody", number="106"))
        with pytest.raises(IntegrityError):
            session.commit()
    sessions.kw["bind"].dispose()


@pytest.mark.parametrize("url", ["", "nachtlicht.db", "mysql://root@localhost/x", "postgresql+nothing://x/y"])
def test_a_bad_address_names_the_setting(url: str) -> None:
    with pytest.raises(ValueError, match="NACHTLICHT_DATABASE_URL: not a database address"):
        make_engine(url)


def test_a_bad_address_does_not_show_its_password() -> None:
    with pytest.raises(ValueError, match="NACHTLICHT_DATABASE_URL") as error:
        make_engine("mysql://root:geheim@localhost/x")
    assert "geheim" not in str(error.value)


def test_a_postgresql_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = make_engine(f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing")
        began = time.monotonic()
        with pytest.raises(OperationalError):
            engine.connect()
        assert time.monotonic() - began < CONNECT_TIMEOUT + 2
        engine.dispose()
