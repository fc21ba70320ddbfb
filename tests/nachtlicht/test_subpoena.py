"""The drill hides nothing: what is there is in it, row by row or as a fingerprint."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from nachtlicht import cli
from nachtlicht.settings import Settings
from nachtlicht.subpoena import ABOUT_PEOPLE, held
from referral_db.database import make_engine, upgrade
from tests.services import free_port, private_redis


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    url = f"sqlite:///{tmp_path / 'nachtlicht.db'}"
    upgrade(url)
    return Settings(database_url=url, var=tmp_path)


def change(settings: Settings, statement: str) -> None:
    engine = make_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_what_conversations_write_is_shown_row_by_row(settings: Settings) -> None:
    change(settings, "INSERT INTO counted VALUES ('2026-11-16', 'vraag', 'ontrouw', 'Limburg', 15)")
    database = held(settings, 1)["database"]
    assert database["counted"] == [
        {"week": "2026-11-16", "what": "vraag", "row": "ontrouw", "column": "Limburg", "count": 15}
    ]
    assert {name for name, rows in database.items() if isinstance(rows, list)} == set(ABOUT_PEOPLE)


def test_one_letter_in_any_other_table_changes_its_fingerprint(settings: Settings) -> None:
    before = held(settings, 1)["database"]
    change(settings, "INSERT INTO seeded VALUES ('service/a', 'x')")
    between = held(settings, 1)["database"]
    change(settings, "UPDATE seeded SET fingerprint = 'y'")
    after = held(settings, 1)["database"]
    assert [one["seeded"]["rows"] for one in (before, between, after)] == [0, 1, 1]
    assert len({one["seeded"]["fingerprint"] for one in (before, between, after)}) == 3
    for one in (before, between, after):
        del one["seeded"]
    assert before == between == after


def test_a_table_that_nobody_knows_is_in_it_too(settings: Settings) -> None:
    change(settings, "CREATE TABLE stiekem (woord TEXT)")
    assert held(settings, 1)["database"]["stiekem"]["rows"] == 0


def test_files_of_the_last_hours_are_read_out(settings: Settings) -> None:
    (settings.var / "deep").mkdir()
    (settings.var / "deep/new.log").write_text("een regel\n")
    (settings.var / "old.log").write_text("lang geleden\n")
    old = time.time() - 7200
    os.utime(settings.var / "old.log", (old, old))
    files = held(settings, 1)["files"]
    assert files["deep/new.log"] == {"bytes": 10, "text": "een regel\n"}
    assert "old.log" not in files
    assert "old.log" in held(settings, 3)["files"]
    assert files["nachtlicht.db"]["text"] is None


@pytest.mark.redis
def test_every_key_of_redis_is_read_out(settings: Settings, tmp_path: Path) -> None:
    from redis import Redis

    with private_redis(tmp_path) as url:
        with Redis.from_url(url) as redis:
            redis.set("een", "woord", ex=100)
            redis.lpush("twee", "woord")
        found: dict[str, Any] = held(Settings(settings.database_url, redis_url=url, var=settings.var), 1)["redis"]
    assert found["een"]["value"] == "woord"
    assert 0 < found["een"]["seconds_left"] <= 100
    assert found["twee"]["value"] == "list"


def test_the_command_prints_json(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NACHTLICHT_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("NACHTLICHT_VAR", str(settings.var))
    monkeypatch.delenv("NACHTLICHT_REDIS_URL", raising=False)
    assert cli.main(["subpoena"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["redis"] is None
    assert printed["database"]["counted"] == []
    assert "30 idle minutes" in printed["in_memory"]


@pytest.mark.parametrize("name", ["NACHTLICHT_DATABASE_URL", "NACHTLICHT_REDIS_URL"])
def test_a_part_that_cannot_be_read_is_one_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    away = {
        "NACHTLICHT_DATABASE_URL": f"sqlite:///{settings.var / 'no/such/folder.db'}",
        "NACHTLICHT_REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
    }
    monkeypatch.setenv("NACHTLICHT_VAR", str(settings.var))
    monkeypatch.setenv("NACHTLICHT_DATABASE_URL", settings.database_url)
    monkeypatch.setenv(name, away[name])
    assert cli.main(["subpoena"]) == 1
    printed = capsys.readouterr()
    assert name in printed.err
    assert printed.out == ""
