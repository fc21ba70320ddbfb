"""Opens the referral database and brings its tables up to date. SQLite is the default, PostgreSQL the larger choice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

BUSY_TIMEOUT = 5
"""Seconds that a SQLite connection waits for another one that writes."""
CONNECT_TIMEOUT = 3
"""Seconds that a PostgreSQL server has to answer a new connection."""

_MIGRATIONS = Path(__file__).parent / "migrations"
# A server that went away without a word, as a machine that lost its power, is noticed within half a minute.
_POSTGRESQL_PATIENCE = {
    "connect_timeout": CONNECT_TIMEOUT,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_SQLITE_PRAGMAS = (
    "journal_mode = WAL",  # maintainers may write while people read
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is removed is overwritten, not only unlinked
)


def make_engine(url: str) -> Engine:
    """Gives an engine for `url`; connects only at first use. Raises ValueError when `url` is no usable address."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT})
        event.listen(engine, "connect", _set_pragmas)
        return engine
    return create_engine(parsed, pool_pre_ping=True, connect_args=_POSTGRESQL_PATIENCE)


def make_session_factory(url: str) -> sessionmaker[Session]:
    """Gives a factory of sessions on `url`. Objects stay readable after a commit. Errors as `make_engine`."""
    return sessionmaker(make_engine(url), expire_on_commit=False)


def upgrade(url: str, revision: str = "head") -> None:
    """Makes or changes the tables up to `revision`; creates the folder of a SQLite file. Twice changes nothing."""
    # Only a set-up needs Alembic; in the serving processes it would cost 15 MB each.
    from alembic import command
    from alembic.config import Config

    engine = make_engine(url)
    if engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:"):
        Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, ValueError) as error:
        raise _bad_address(url) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise _bad_address(url)
    if parsed.drivername == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _bad_address(url: str) -> ValueError:
    without_password = re.sub(r"//[^/]*@", "//***@", url)
    return ValueError(
        f"NACHTLICHT_DATABASE_URL: not a database address: {without_password!r}; "
        "use sqlite:///var/nachtlicht.db or postgresql://user:password@host/name"
    )


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
