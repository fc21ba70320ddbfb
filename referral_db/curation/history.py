"""What was changed before: entries of the audit log to read beside a record and in the log itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from nachtlicht.settings import BRUSSELS
from referral_db.curation import words
from referral_db.models import AuditEntry
from referral_db.records import Record, differences

SHOWN = 8


def history_of(db: Session, entity: str, entity_id: str) -> Sequence[AuditEntry]:
    """The last changes of one record, the latest first."""
    own = AuditEntry.entity == entity, AuditEntry.entity_id == entity_id
    return db.scalars(select(AuditEntry).where(*own).order_by(AuditEntry.id.desc()).limit(SHOWN)).all()


def changes(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """What differs in one entry: the label of the field, before and after in words."""
    return differences_in_words(json.loads(entry.before or "{}"), json.loads(entry.after or "{}"))


def differences_in_words(before: Record, after: Record) -> list[tuple[str, str, str]]:
    """What differs between two records; of a list only the rows that one has and the other has not."""
    rows = []
    for name in differences(before, after):
        old, new = (words.in_words(record.get(name), name).split("\n") for record in (before, after))
        if isinstance(after[name], list) and isinstance(before.get(name), list):
            old, new = [row for row in old if row not in new], [row for row in new if row not in old]
        if name not in ("slug", "version"):
            rows.append((words.field_label(name), "\n".join(old) or "–", "\n".join(new) or "–"))
    return rows


def when(entry: AuditEntry) -> str:
    """The moment in Brussels: "23/11/2026 03:10"."""
    return entry.at.replace(tzinfo=dt.UTC).astimezone(BRUSSELS).strftime("%d/%m/%Y %H:%M")
