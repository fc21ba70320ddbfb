"""What was changed before: entries of the audit log to read beside a record and in the log itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nachtlicht.settings import BRUSSELS
from referral_db.curation import words
from referral_db.models import AuditEntry

SHOWN = 8


def history_of(db: Session, entity: str, entity_id: str) -> Sequence[AuditEntry]:
    """The last changes of one record, the latest first."""
    own = AuditEntry.entity == entity, AuditEntry.entity_id == entity_id
    return db.scalars(select(AuditEntry).where(*own).order_by(AuditEntry.id.desc()).limit(SHOWN)).all()


def changes(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """What differs in one entry: the label of the field, before and after in words."""
    before: dict[str, Any] = json.loads(entry.before or "{}")
    after: dict[str, Any] = json.loads(entry.after or "{}")
    names = [name for name in after if name not in ("id", "slug", "version") and before.get(name) != after[name]]
    return [
        (words.field_label(name), words.in_words(before.get(name), name), words.in_words(after[name], name))
        for name in names
    ]


def when(entry: AuditEntry) -> str:
    """The moment in Brussels: "23/11/2026 03:10"."""
    return entry.at.replace(tzinfo=dt.UTC).astimezone(BRUSSELS).strftime("%d/%m/%Y %H:%M")
