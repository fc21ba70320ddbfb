"""Links with which a service checks its own record once, without an account: what comes of it is a proposal.

A token has 256 random bits and is shown once; only its hash is stored. A link ends when it is used or revoked, or at
its date. It opens nothing but that one form.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from referral_db.curation import proposals, saving
from referral_db.curation.attempts import Keys, Rule, network_of
from referral_db.curation.people import Person
from referral_db.curation.sessions import new_token
from referral_db.curation.subjects import Subject
from referral_db.models import Service
from referral_db.workflow import Proposal, ProviderLink

DAYS = {"7": "een week", "14": "twee weken", "30": "een maand"}
"""How long a link may last."""
MOST_OPEN = 3
"""Links of one service that work at the same time."""
NOBODY = 0
"""The author of a proposal who has no account."""

_TRIES = Rule(free=30, longest=5 * 60.0)


class TooMany(Exception):
    """The service has enough links that work."""


def make(db: Session, person: Person, service: Service, days: int, moment: dt.datetime) -> tuple[ProviderLink, str]:
    """Makes a link for one service and commits; gives it with its token. Raises TooMany, or Conflict."""
    now = _utc(moment)
    if sum(state_of(link, moment) == "open" for link in links_of(db, service)) >= MOST_OPEN:
        raise TooMany
    token = new_token()
    link = ProviderLink(
        service_id=service.id,
        token_hash=_hash(token),
        maker_id=person.id,
        maker=person.name,
        made_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    with saving.all_or_conflict(db):
        db.add(link)
        saving.record_change(db, person.name, "service", service.id, "link gemaakt", {}, {})
    return link, token


def revoke(db: Session, person: Person, link: ProviderLink, moment: dt.datetime) -> None:
    """Ends a link before its time, and commits; one that ended already stays as it is. Raises Conflict."""
    if state_of(link, moment) != "open":
        return
    with saving.all_or_conflict(db):
        link.revoked_at = _utc(moment)
        saving.record_change(db, person.name, "service", link.service_id, "link ingetrokken", {}, {})


def use(db: Session, link: ProviderLink, proposal: Proposal, moment: dt.datetime) -> None:
    """Adds what the service says as a proposal and ends the link, as one, and commits.

    Raises Conflict when the link ended meanwhile; then nothing is stored.
    """
    if state_of(link, moment) != "open":
        raise saving.Conflict
    with saving.all_or_conflict(db):
        link.used_at = _utc(moment)
        proposals.add(db, proposal)
        link.proposal_id = proposal.id
        saving.record_change(db, proposal.author, "service", link.service_id, "link gebruikt", {}, {})


def find(db: Session, token: str) -> ProviderLink | None:
    return db.scalars(select(ProviderLink).where(ProviderLink.token_hash == _hash(token))).one_or_none()


def links_of(db: Session, service: Service) -> Sequence[ProviderLink]:
    """The links of one service, the latest first."""
    own = select(ProviderLink).where(ProviderLink.service_id == service.id)
    return db.scalars(own.order_by(ProviderLink.id.desc())).all()


def state_of(link: ProviderLink, moment: dt.datetime) -> str:
    """ "open", "used", "revoked" or "expired" at `moment`."""
    if link.used_at is not None:
        return "used"
    if link.revoked_at is not None:
        return "revoked"
    return "open" if _utc(moment) < link.expires_at else "expired"


def author_of(link: ProviderLink, service: Service, subject: Subject) -> Person:
    """The service as the author of its proposal.

    Of a crisis record who made the link counts as author too: the provider and one maintainer are not two maintainers.
    """
    name = f"{service.organization.name[:60]} (zelf nagekeken)"
    return Person(link.maker_id if subject.crisis else NOBODY, name, "reader")


def keys_of_link(account: str, address: str | None, _device: str | None) -> Keys:
    """For `Attempts`: wrong tokens count by network, what is sent with a right one by that link (`account`)."""
    return [(("link", account or network_of(address)), _TRIES)]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
