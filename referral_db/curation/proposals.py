"""Proposals: one maintainer proposes a change, another one decides, and what is published can be undone.

A proposal holds only the fields that it changes. They are laid over the record as it is at the moment of the decision;
where somebody else changed one of the same fields meanwhile, nothing is published and people look at both.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nachtlicht.settings import BRUSSELS
from referral_db.curation import saving, subjects
from referral_db.curation.people import Person
from referral_db.curation.subjects import Subject
from referral_db.models import AuditEntry
from referral_db.records import Problem, Record
from referral_db.workflow import Proposal, ProviderLink

MAX_WHY = 300
_DATES = frozenset({"field_checks", "checked_on"})
"""Fields of a service that say when somebody looked: stamped at publication, never proposed."""


class NotAllowed(Exception):
    """Why somebody may not decide this; the message is Dutch."""


@dataclass(frozen=True)
class Waiting:
    """An open proposal against what is stored now. `overlaps`: fields that somebody else changed meanwhile."""

    subject: Subject
    record: Record
    overlaps: list[str]
    problems: list[Problem]

    @property
    def publishable(self) -> bool:
        return not self.overlaps and not self.problems


def why_problem(why: str) -> str | None:
    """Says in Dutch what is wrong with a reason, None when it will do."""
    if len(why) < 3:
        return "Schrijf in een paar woorden waarom. Voorbeeld: nieuw tarief op hun site."
    return f"Maak het korter: hoogstens {MAX_WHY} tekens." if len(why) > MAX_WHY else None


def propose(
    db: Session,
    person: Person,
    subject: Subject,
    record: Record,
    moment: dt.datetime,
    *,
    why: str,
    checked: Collection[str] = (),
    kind: str = "wijziging",
    replaces: Proposal | None = None,
) -> Proposal | None:
    """Keeps a change for a second person, and commits. None when it changes nothing. Raises Conflict."""
    proposal = prepared(person, subject, record, moment, why=why, checked=checked, kind=kind)
    if proposal is None:
        return None
    with saving.all_or_conflict(db):
        if replaces is not None:
            _decide(replaces, "replaced", person, moment, "Vervangen door een nieuw voorstel.")
        add(db, proposal)
    return proposal


def prepared(
    person: Person,
    subject: Subject,
    record: Record,
    moment: dt.datetime,
    *,
    why: str,
    checked: Collection[str] = (),
    kind: str = "wijziging",
) -> Proposal | None:
    """The proposal that makes `record` of what is stored, still to be added; None when it changes nothing."""
    if record["state"] == "published" and subject.entity == "service":
        record["draft_reason"] = None
    fields = [name for name in subjects.differing(subject.record, record) if name not in _DATES]
    if not fields and not checked:
        return None
    return Proposal(
        entity=subject.entity,
        entity_id=subject.entity_id,
        title=subject.title,
        kind=kind,
        author_id=person.id,
        author=person.name,
        made_at=_utc(moment),
        why=why,
        before=_json({name: subject.record[name] for name in fields}),
        after=_json({name: record[name] for name in fields}),
        checked=_json(sorted(checked)),
    )


def add(db: Session, proposal: Proposal) -> None:
    """Adds a prepared proposal and logs it; does not commit."""
    db.add(proposal)
    db.flush()
    saving.record_change(db, proposal.author, "proposal", str(proposal.id), "voorgesteld", {}, {})


def waiting(db: Session, proposal: Proposal, *, loaded: bool = False) -> Waiting | None:
    """What an open proposal would do now; None when its service or answer is gone. `loaded` as in `subjects.find`."""
    subject = subjects.find(db, proposal.entity, proposal.entity_id, loaded=loaded)
    if subject is None:
        return None
    before, after = json.loads(proposal.before), json.loads(proposal.after)
    now = subjects.plain(subject.record)
    moved = set(subjects.differing({name: now.get(name) for name in before}, before))
    overlaps = [
        name for name in before if name in moved and subjects.differing({name: now.get(name)}, {name: after[name]})
    ]
    record, problems = subjects.merged(subject, after)
    return Waiting(subject, record, overlaps, problems)


def publish(db: Session, person: Person, proposal: Proposal, seen: int, moment: dt.datetime) -> None:
    """Publishes a proposal at once, and commits.

    Raises NotAllowed for its own author and for who is no publisher; Conflict when the record is not at the version
    that `person` saw, when it overlaps with a later change, or when somebody decided already.
    """
    check_decider(person, proposal)
    if proposal.state != "open":
        raise saving.Conflict
    found = waiting(db, proposal)
    if found is None or not found.publishable or found.subject.version != seen:
        raise saving.Conflict
    with saving.all_or_conflict(db):
        put_published(db, person, proposal, found, moment)


def put(db: Session, proposal: Proposal, found: Waiting, *, by: str) -> AuditEntry | None:
    """Stores what a proposal changes, checked by its author on the day it was made; does not commit."""
    day = proposal.made_at.replace(tzinfo=dt.UTC).astimezone(BRUSSELS).date()
    by_provider = db.scalar(select(ProviderLink.id).where(ProviderLink.proposal_id == proposal.id)) is not None
    method = saving.BY_PROVIDER if by_provider else saving.METHOD
    stamp = saving.Stamp(proposal.author, day, frozenset(_loads(proposal.checked)), method)
    return subjects.put(db, found.subject, found.record, by=by, action="goedgekeurd", stamp=stamp)


def refuse(db: Session, person: Person, proposal: Proposal, why: str, moment: dt.datetime) -> None:
    """Sends a proposal back with a reason, and commits. Errors as `publish`."""
    check_decider(person, proposal)
    _close(db, person, proposal, "refused", why, moment)


def withdraw(db: Session, person: Person, proposal: Proposal, moment: dt.datetime) -> None:
    """Takes one's own proposal back, and commits. Errors as `publish`."""
    if not _is_author(person, proposal):
        raise NotAllowed("Alleen wie het voorstel maakte, kan het intrekken.")
    _close(db, person, proposal, "withdrawn", None, moment)


def may_decide(person: Person, proposal: Proposal) -> bool:
    return person.may("publisher") and not _is_author(person, proposal)


def may_adapt(person: Person, proposal: Proposal) -> bool:
    """Its author adapts a proposal, also one that was sent back; so may a publisher one that is open, as new author."""
    if _is_author(person, proposal):
        return proposal.state in ("open", "refused")
    return proposal.state == "open" and person.may("publisher")


def last_change(db: Session, subject: Subject) -> Proposal | None:
    """The change that was published last, when it is still as it was published: only then it can be undone."""
    own = Proposal.entity == subject.entity, Proposal.entity_id == subject.entity_id
    published = select(Proposal).where(*own, Proposal.state == "published", Proposal.audit_id.is_not(None))
    proposal = db.scalars(published.order_by(Proposal.audit_id.desc()).limit(1)).first()
    if proposal is None or not _loads(proposal.after):
        return None
    after = _loads(proposal.after)
    return proposal if not subjects.differing({name: subject.record[name] for name in after}, after) else None


def undo(db: Session, person: Person, subject: Subject, proposal: Proposal, why: str, moment: dt.datetime) -> Proposal:
    """Puts back what stood before the last published change, and commits.

    What comes back was approved before, so it is there at once; of a crisis record a second person approves it first.
    Raises Conflict when the record changed meanwhile, or what stood before may not be stored any more.
    """
    record, problems = subjects.merged(subject, _loads(proposal.before))
    if problems:
        raise saving.Conflict
    if subject.crisis:
        made = propose(db, person, subject, record, moment, why=why, kind="terug")
        if made is None:
            raise saving.Conflict
        return made
    if subject.entity == "service":
        record["field_checks"] = _checks_before(db, subject, proposal)
    back = Proposal(
        entity=subject.entity,
        entity_id=subject.entity_id,
        title=subject.title,
        kind="terug",
        author_id=person.id,
        author=person.name,
        made_at=_utc(moment),
        why=why,
        before=proposal.after,
        after=proposal.before,
        checked="[]",
    )
    _decide(back, "published", person, moment, None)
    with saving.all_or_conflict(db):
        entry = subjects.put(db, subject, record, by=person.name, action="teruggedraaid", stamp=None)
        db.add(back)
        db.flush()
        back.audit_id = entry.id if entry else None
    return back


def open_proposals(db: Session, subject: Subject) -> Sequence[Proposal]:
    """Those that wait for one service or answer, the oldest first."""
    own = Proposal.entity == subject.entity, Proposal.entity_id == subject.entity_id
    return db.scalars(select(Proposal).where(*own, Proposal.state == "open").order_by(Proposal.id)).all()


def count_open(db: Session, but_of: Person | None = None) -> int:
    """How many wait; without those of one person, who does not decide about them."""
    others = [Proposal.author != but_of.name] if but_of else []
    return db.scalar(select(func.count(Proposal.id)).where(Proposal.state == "open", *others)) or 0


def for_today(db: Session, person: Person, most: int) -> Sequence[Proposal]:
    """What waits for a decision of `person` by itself, the oldest first; nothing for who does not decide."""
    if not person.may("publisher"):
        return []
    alone = Proposal.state == "open", Proposal.batch.is_(None)
    waiting = select(Proposal).where(*alone, Proposal.author != person.name)
    return db.scalars(waiting.order_by(Proposal.id).limit(most)).all()


def sent_back(db: Session, person: Person, most: int) -> Sequence[Proposal]:
    """What was sent back to `person` and not taken up or withdrawn since, the latest first."""
    own = select(Proposal).where(Proposal.state == "refused", Proposal.author == person.name)
    return db.scalars(own.order_by(Proposal.decided_at.desc(), Proposal.id.desc()).limit(most)).all()


def _checks_before(db: Session, subject: Subject, proposal: Proposal) -> list[Record]:
    """The dates of the fields that go back, as they were; the others as they are."""
    entry = db.get(AuditEntry, proposal.audit_id)
    before = _loads(entry.before or "{}") if entry else {}
    fields = {saving.CHECKED_TOGETHER.get(name, name) for name in _loads(proposal.before)}
    kept = [check for check in subject.record["field_checks"] if check["field"] not in fields]
    old = [check for check in before.get("field_checks", []) if check["field"] in fields]
    return [*kept, *(check | {"checked_on": dt.date.fromisoformat(check["checked_on"])} for check in old)]


def _close(db: Session, person: Person, proposal: Proposal, state: str, why: str | None, moment: dt.datetime) -> None:
    if proposal.state != "open" and not (state == "withdrawn" and proposal.state == "refused"):
        raise saving.Conflict
    action = {"refused": "geweigerd", "withdrawn": "ingetrokken"}[state]
    with saving.all_or_conflict(db):
        _decide(proposal, state, person, moment, why)
        saving.record_change(db, person.name, "proposal", str(proposal.id), action, {}, {})


def _decide(proposal: Proposal, state: str, person: Person, moment: dt.datetime, why: str | None) -> None:
    proposal.state, proposal.decided_by, proposal.decided_at = state, person.name, _utc(moment)
    proposal.decision = why


def put_published(db: Session, person: Person, proposal: Proposal, found: Waiting, moment: dt.datetime) -> None:
    """Marks an open proposal as published and stores what it changes; does not commit."""
    _decide(proposal, "published", person, moment, None)
    entry = put(db, proposal, found, by=person.name)
    db.flush()
    proposal.audit_id = entry.id if entry else None


def check_decider(person: Person, proposal: Proposal) -> None:
    """Raises NotAllowed for who is no publisher, and for the author of the proposal."""
    if not person.may("publisher"):
        raise NotAllowed("Een publiceerder keurt dit goed of stuurt het terug.")
    if _is_author(person, proposal):
        raise NotAllowed("Je maakte dit voorstel zelf. Iemand anders kijkt het na.")


def _is_author(person: Person, proposal: Proposal) -> bool:
    return person.id == proposal.author_id or person.name == proposal.author


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _loads(text: str) -> Any:
    return json.loads(text)
