"""What a proposal is about: a service or an answer, as one record with a version."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from referral_db.codes import RISKS
from referral_db.crisis import load_crisis
from referral_db.curation import saving, words
from referral_db.models import Answer, AuditEntry, Service
from referral_db.records import Problem, Record, differences, to_record
from referral_db.validation import complete, complete_row


@dataclass(frozen=True)
class Subject:
    """A service or an answer as it is stored now. `crisis`: nobody changes anything of it alone."""

    entity: str
    entity_id: str
    title: str
    path: str
    record: Record
    version: int
    crisis: bool

    @property
    def state(self) -> str:
        return str(self.record["state"])


def of_service(service: Service) -> Subject:
    record = to_record(service)
    path = f"/diensten/{service.slug}"
    return Subject("service", service.id, service.name, path, record, service.version, _is_crisis_line(record))


def of_answer(answer: Answer) -> Subject:
    title = f"{words.answer_label(answer.code)}: {words.KINDS[answer.kind]}"
    title += ", nacht" if answer.moment == "nacht" else ""
    path, key = f"/antwoorden/{answer.id}", saving.answer_key(answer)
    return Subject(
        "answer", key, title, path, saving.answer_values(answer), answer.version, answer.code.startswith(RISKS)
    )


def find(db: Session, entity: str, entity_id: str, *, loaded: bool = False) -> Subject | None:
    """What is stored now; None when it is gone. A service that was `loaded` just now is not read again."""
    if entity == "service":
        service = db.get(Service, entity_id, populate_existing=not loaded)
        return of_service(service) if service else None
    answer = _answer(db, entity_id)
    return of_answer(answer) if answer else None


def merged(subject: Subject, changes: Mapping[str, Any]) -> tuple[Record, list[Problem]]:
    """The record with `changes` (which may come from JSON) laid over it, and what is wrong with it then."""
    raw = plain(subject.record) | dict(changes)
    return complete(raw) if subject.entity == "service" else complete_row(Answer, raw)


def put(
    db: Session, subject: Subject, record: Record, *, by: str, action: str, stamp: saving.Stamp | None
) -> AuditEntry | None:
    """Stores a checked record and logs it; does not commit."""
    if subject.entity == "service":
        return saving.put_service(db, record, by=by, action=action, stamp=stamp)
    answer = _answer(db, subject.entity_id)
    if answer is None:
        raise saving.Conflict
    return saving.put_answer(db, answer, record, by=by, action=action)


def plain(record: Mapping[str, Any]) -> Record:
    """The record as it comes back from JSON."""
    result: Record = json.loads(json.dumps(record, default=str))
    return result


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The fields that differ in what they say, also when one of both came from JSON."""
    return differences(plain(before), plain(after))


def _answer(db: Session, key: str) -> Answer | None:
    code, kind, moment = key.split("/")
    return db.scalars(select(Answer).filter_by(code=code, kind=kind, moment=moment)).one_or_none()


def _is_crisis_line(record: Record) -> bool:
    """Whether this is the record of a line of the safety protocol: it has its number, or its website as its own."""
    numbers, sites = _crisis_contacts()
    own = {_digits(phone["number"]) for phone in record["phones"]}
    return bool(own & numbers) or str(record["url"] or "").rstrip("/") in sites


@functools.cache
def _crisis_contacts() -> tuple[frozenset[str], frozenset[str]]:
    lines = load_crisis().lines.values()
    numbers = frozenset(_digits(line.number) for line in lines if line.number)
    return numbers, frozenset(line.href.rstrip("/") for line in lines if line.href.startswith("http"))


def _digits(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return "0" + digits[2:].removeprefix("0") if digits.startswith("32") and len(digits) > 9 else digits
