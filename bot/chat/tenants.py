"""The websites as they are set now: the file, with over it what administrators set in the curation app."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from nachtlicht.tenants import Tenant, tenant_of

REFRESH_SECONDS = 2.0
"""How long a change may wait before the chat knows it."""

_STORED = text("SELECT code, settings FROM tenant_settings")  # without the models, which cost this process 10 MB
log = logging.getLogger("nachtlicht.chat")


class CurrentTenants(Mapping[str, Tenant]):
    """The tenants by code; only `refresh` asks the database, so that no conversation waits for it."""

    def __init__(self, defaults: Mapping[str, Tenant], database: sessionmaker[Session]) -> None:
        self._defaults = dict(defaults)
        self._database = database
        self._now = self._defaults

    def refresh(self) -> None:
        """Takes over what is set now; without a database that answers, what was known stays. Blocks."""
        try:
            with self._database() as db:
                rows = db.execute(_STORED).all()
        except SQLAlchemyError:
            return
        found = dict(self._defaults)
        for code, settings in rows:
            try:
                found[code] = tenant_of(code, json.loads(settings), "database")
            except ValueError:
                log.warning("settings of a website cannot be used: the file holds")
        self._now = found

    def __getitem__(self, code: str) -> Tenant:
        return self._now[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)
