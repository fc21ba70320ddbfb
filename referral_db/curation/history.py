"""What was changed before: to read beside a record, on a page of its own, and in the log."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from nachtlicht.settings import BRUSSELS
from referral_db.curation import words
from referral_db.models import AuditEntry
from referral_db.records import Record, differences
from referral_db.workflow import Proposal

SHOWN = 8
MOST = 200


@dataclass(frozen=True)
class Change:
    """One change of a record: who wrote it, who approved it, when and why. `rows`: label, before and after in words."""

    entry: AuditEntry
    proposal: Proposal | None

    @property
    def author(self) -> str:
        return self.proposal.author if self.proposal else self.entry.user_name

    @property
    def approver(self) -> str | None:
        """Who approved it; None where nobody had to, or where it was put back by one person."""
        return self.entry.user_name if self.proposal and self.entry.user_name != self.proposal.author else None

    @property
    def why(self) -> str:
        return self.proposal.why if self.proposal else ""

    @property
    def when(self) -> str:
        return when(self.entry)

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        return changes(self.entry)


def history_of(db: Session, entity: str, entity_id: str, most: int = SHOWN) -> Sequence[Change]:
    """The last changes of one record, the latest first."""
    statement = (
        select(AuditEntry, Proposal)
        .outerjoin(Proposal, Proposal.audit_id == AuditEntry.id)
        .where(AuditEntry.entity == entity, AuditEntry.entity_id == entity_id)
        .order_by(AuditEntry.id.desc())
        .limit(most)
    )
    return [Change(entry, proposal) for entry, proposal in db.execute(statement)]


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
    return in_brussels(entry.at)


def in_brussels(at: dt.datetime) -> str:
    """A time of the database, UTC without a zone, as "23/11/2026 03:10"."""
    return at.replace(tzinfo=dt.UTC).astimezone(BRUSSELS).strftime("%d/%m/%Y %H:%M")
