"""All that could be handed over about the last hours. As Signal answers a subpoena: hold nothing, and show that."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from nachtlicht.settings import Settings
from referral_db.database import make_engine

ABOUT_PEOPLE = ("counted", "given_sentence", "report")
"""The only tables that conversations write to; they are shown row by row. Of all others a fingerprint is shown: whoever
takes one before and one after a conversation sees that nothing of it went there."""
MAX_KEYS = 100_000
MAX_TEXT = 1_000_000
"""Bytes of one file that are shown: its end."""
_IN_MEMORY = (
    "Open conversations: codes, at most 30 idle minutes, in memory (in Redis where there is one). "
    "Counts of this week: in the memory of the actions process, without who or when."
)


def subpoena(settings: Settings, hours: float) -> int:
    """Print all that is held as JSON; 1 after a clear sentence when a part cannot be reached."""
    try:
        print(json.dumps(held(settings, hours), ensure_ascii=False, indent=2))
    except SQLAlchemyError as error:
        return _complain(f"The database cannot be read ({type(error).__name__}). Look at NACHTLICHT_DATABASE_URL.")
    except RedisError as error:
        return _complain(f"Redis cannot be read ({type(error).__name__}). Look at NACHTLICHT_REDIS_URL.")
    return 0


def held(settings: Settings, hours: float) -> dict[str, Any]:
    """Everything on disk, in the database and in Redis; of files and reports what is not older than `hours`."""
    engine = make_engine(settings.database_url)
    try:
        database = _database(engine)
    finally:
        engine.dispose()
    return {
        "database": database,
        "redis": _redis(settings.redis_url),
        "files": _files(settings.var, time.time() - hours * 3600),
        "in_memory": _IN_MEMORY,
    }


def _database(engine: Engine) -> dict[str, Any]:
    with engine.connect() as connection:
        tables = sorted(inspect(connection).get_table_names())
        found: dict[str, Any] = {}
        for table in tables:
            name = engine.dialect.identifier_preparer.quote(table)
            rows = connection.execute(text(f"SELECT * FROM {name}")).mappings()  # noqa: S608 – a name out of the database
            if table in ABOUT_PEOPLE:
                found[table] = [{column: _plain(value) for column, value in row.items()} for row in rows]
                continue
            number, fingerprint = 0, 0
            for row in rows:
                number += 1
                # A sum, so that the order of the rows does not matter.
                fingerprint += int.from_bytes(hashlib.sha256(repr(tuple(row.values())).encode()).digest(), "big")
            found[table] = {"rows": number, "fingerprint": f"{fingerprint % 2**256:064x}"}
    return found


def _redis(url: str | None) -> dict[str, Any] | None:
    if url is None:
        return None
    found: dict[str, Any] = {}
    with Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as redis:
        for key in redis.scan_iter(count=1000):
            if len(found) >= MAX_KEYS:
                break
            kind = redis.type(key)
            value = redis.get(key) if kind == b"string" else kind
            if value is not None:  # gone meanwhile
                found[_plain(key)] = {"seconds_left": redis.ttl(key), "value": _plain(value)}
    return found


def _files(folder: Path, since: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.stat().st_mtime < since:
            continue
        with path.open("rb") as file:
            # A database is shown table by table.
            binary = b"\0" in file.read(4096)
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - MAX_TEXT))
            shown = None if binary else file.read(MAX_TEXT).decode("utf-8", "replace")
        found[str(path.relative_to(folder))] = {"bytes": size, "text": shown}
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.isoformat() if isinstance(value, dt.date) else value


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
