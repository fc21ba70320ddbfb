"""Keeps the `SearchIndex` of each database that is searched, and knows whether it still is what the database holds.

Each search compares a stamp that the database gives for next to nothing and that differs after every commit, whoever
made it: `PRAGMA data_version` of SQLite, the snapshot of PostgreSQL. While they differ there is no index: the search
asks the database itself, so that a change is seen at once, and a new index is made beside it.
"""

from __future__ import annotations

import contextlib
import threading
import time
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlalchemy import Engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from referral_db.search_index import SearchIndex

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

REST = 10.0
"""A new index waits this many times as long as the last one took: changes without end cost a tenth of the time."""

_STAMP = {"sqlite": "PRAGMA data_version", "postgresql": "SELECT CAST(pg_current_snapshot() AS text)"}
"""Two equal snapshots see the same transactions."""
_ONE_STATE = {"sqlite": "BEGIN", "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"}


def current_index(session: Session) -> SearchIndex | None:
    """The index of what `session` would read now, made at the first call for a database.

    None while there is none: the database changed since, or this session changed something itself; and always for a
    database in memory.
    """
    engine = session.get_bind()
    if not isinstance(engine, Engine) or _is_in_memory(engine) or _has_written(session, engine):
        return None
    with _lock:
        keeper = _keepers.get(engine)
        if keeper is None:
            keeper = _keepers[engine] = _Keeper()
            event.listen(engine, "engine_disposed", _forget)
    return keeper.index(engine)


_keepers: weakref.WeakKeyDictionary[Engine, _Keeper] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def _is_in_memory(engine: Engine) -> bool:
    return engine.name == "sqlite" and engine.url.database in (None, "", ":memory:")


def _has_written(session: Session, engine: Engine) -> bool:
    """Whether the session reads something that nobody else does yet."""
    if session.new or session.dirty or session.deleted:
        return True
    if not session.in_transaction():
        return False
    if engine.name == "sqlite":  # the driver begins a transaction when something is written
        return bool(getattr(session.connection().connection.dbapi_connection, "in_transaction", True))
    return session.scalar(text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")) is not False


def _forget(engine: Engine) -> None:
    with _lock:
        keeper = _keepers.pop(engine, None)
    if keeper is not None:
        keeper.close()


@dataclass(frozen=True, slots=True)
class _Kept:
    """An index, the stamp of what it was made of, and when the next may be made, in seconds of `time.monotonic`."""

    index: SearchIndex
    stamp: object
    rests_until: float


class _Keeper:
    """The index of one database. Holds no engine, so that it goes when the engine goes."""

    def __init__(self) -> None:
        self._kept: _Kept | None = None
        self._building = threading.Lock()
        self._watcher: DBAPIConnection | None = None
        self._asking = threading.Lock()

    def index(self, engine: Engine) -> SearchIndex | None:
        try:
            stamp = self._stamp(engine)
        except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error):
            return None  # the search meets the same error, and says so in its own way
        if self._kept is None:
            with self._building:
                if self._kept is None:
                    self._build(engine)
        kept = self._kept
        if kept is not None and kept.stamp == stamp:
            return kept.index
        if kept is not None and time.monotonic() >= kept.rests_until and self._building.acquire(blocking=False):
            threading.Thread(target=self._rebuild, args=[engine], name="search index", daemon=True).start()
        return None

    def close(self) -> None:
        with self._asking:
            if self._watcher is not None:
                self._watcher.close()
            self._watcher = None

    def _rebuild(self, engine: Engine) -> None:
        try:
            with contextlib.suppress(SQLAlchemyError, engine.dialect.loaded_dbapi.Error):
                self._build(engine)
        finally:
            self._building.release()

    def _build(self, engine: Engine) -> None:
        began = time.monotonic()
        with engine.connect() as connection:
            stamp = self._stamp(engine)  # before the reading begins, so that no change is missed
            connection.exec_driver_sql(_ONE_STATE[engine.name])
            index = SearchIndex(connection)
            with Session(connection) as session:
                index.preload(session)
        ended = time.monotonic()
        self._kept = _Kept(index, stamp, ended + REST * (ended - began))

    def _stamp(self, engine: Engine) -> object:
        """What differs after every commit. Asked on a connection of its own, which holds no transaction open."""
        with self._asking:
            if self._watcher is None:
                self._watcher = _connection_of_its_own(engine)
            try:
                cursor = self._watcher.cursor()
                cursor.execute(_STAMP[engine.name])
                stamp = cursor.fetchone()
                cursor.close()
            except engine.dialect.loaded_dbapi.Error:
                self._watcher.close()
                self._watcher = None  # the next call connects anew
                raise
            return stamp


def _connection_of_its_own(engine: Engine) -> DBAPIConnection:
    """A connection that is not one of those that sessions wait for, and that never holds a transaction open."""
    pooled = engine.raw_connection()
    connection = cast("DBAPIConnection", pooled.dbapi_connection)
    pooled.detach()
    if engine.name == "postgresql":
        connection.autocommit = True
    return connection
