"""The proposals of one imported file, decided together: all that a person saw, or nothing.

A line of the safety protocol, and what overlaps with a later change, is decided one by one on its own page.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from referral_db.curation import proposals, saving
from referral_db.curation.people import Person
from referral_db.curation.proposals import Waiting
from referral_db.models import Service
from referral_db.records import all_services
from referral_db.workflow import Proposal


@dataclass(frozen=True)
class Batch:
    """The open proposals of one file: those that can be approved together, and those that somebody opens first."""

    name: str
    together: list[tuple[Proposal, Waiting]]
    apart: list[Proposal]
    services: Sequence[Service]
    """Those that they are about: held, so that approving finds them loaded."""

    @property
    def seen(self) -> str:
        """Differs when anything that is approved together is not as it was."""
        versions = [f"{proposal.id}:{found.subject.version}" for proposal, found in self.together]
        return hashlib.sha256(" ".join(versions).encode()).hexdigest()


@dataclass(frozen=True)
class Summary:
    """One file that waits: how many proposals are open, who made them and why."""

    name: str
    count: int
    author: str
    why: str


def waiting_batches(db: Session, but_of: Person | None = None) -> list[Summary]:
    """The files with open proposals, the oldest first; without those of one person, who does not decide about them."""
    others = [Proposal.author != but_of.name] if but_of else []
    statement = (
        select(Proposal.batch, func.count(), func.min(Proposal.author), func.min(Proposal.why))
        .where(Proposal.state == "open", Proposal.batch.is_not(None), *others)
        .group_by(Proposal.batch)
        .order_by(func.min(Proposal.id))
    )
    return [Summary(name or "", count, author, why) for name, count, author, why in db.execute(statement)]


def find_batch(db: Session, name: str) -> Batch | None:
    """The open proposals of one file, by number; None for a name that is not there."""
    own: Sequence[Proposal] = db.scalars(select(Proposal).where(Proposal.batch == name).order_by(Proposal.id)).all()
    if not own:
        return None
    waiting = [proposal for proposal in own if proposal.state == "open"]
    batch = Batch(name, [], [], all_services(db, [proposal.entity_id for proposal in waiting]))
    for proposal in waiting:
        found = proposals.waiting(db, proposal, loaded=True)
        if found is not None and found.publishable and not found.subject.crisis:
            batch.together.append((proposal, found))
        else:
            batch.apart.append(proposal)
    return batch


def publish_together(db: Session, person: Person, batch: Batch, seen: str, moment: dt.datetime) -> int:
    """Publishes what can be approved together, as one, and commits; gives how many.

    Raises NotAllowed as `proposals.publish`, Conflict when it is not what `person` saw or when somebody was first.
    """
    if batch.seen != seen or not batch.together:
        raise saving.Conflict
    for proposal, _ in batch.together:
        proposals.check_decider(person, proposal)
    with saving.all_or_conflict(db):
        for proposal, found in batch.together:
            proposals.put_published(db, person, proposal, found, moment)
    return len(batch.together)
