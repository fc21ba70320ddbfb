"""The log: which maintainer changed what, from what, to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import words
from referral_db.curation.history import changes, when
from referral_db.curation.site import Site, Visit
from referral_db.models import Answer, AuditEntry, Service
from referral_db.workflow import Proposal

PER_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One entry to read: `when` in Brussels time, `path` None where there is nothing to go to."""

    entry: AuditEntry
    when: str
    subject: str
    path: str | None
    changes: list[tuple[str, str, str]]


def routes(site: Site) -> list[Route]:
    return [site.get("/logboek", show, "administrator")]


def show(visit: Visit) -> Response:
    who = visit.query.text("wie")[:80]
    page = min(max(visit.query.number("pagina", 1), 1), 100_000)
    mine = [AuditEntry.user_name == who] if who else []
    total = visit.db.scalar(select(func.count(AuditEntry.id)).where(*mine)) or 0
    statement = select(AuditEntry).where(*mine).order_by(AuditEntry.id.desc())
    entries = visit.db.scalars(statement.offset((page - 1) * PER_PAGE).limit(PER_PAGE)).all()
    names = visit.db.scalars(select(AuditEntry.user_name).distinct().order_by(AuditEntry.user_name)).all()
    return visit.page(
        "audit.html",
        "Logboek",
        lines=_lines(visit.db, entries),
        names=names,
        who=who,
        number=page,
        pages=max(1, -(-total // PER_PAGE)),
        total=total,
    )


def _lines(db: Session, entries: Iterable[AuditEntry]) -> list[Line]:
    entries = list(entries)
    ids = {entry.entity_id for entry in entries if entry.entity == "service"}
    services = {
        row.id: row for row in db.execute(select(Service.id, Service.slug, Service.name).where(Service.id.in_(ids)))
    }
    answers = {
        f"{row.code}/{row.kind}/{row.moment}": row
        for row in db.execute(select(Answer.id, Answer.code, Answer.kind, Answer.moment))
    }
    titles = _titles(db, (entry.entity_id for entry in entries if entry.entity == "proposal"))
    lines = []
    for entry in entries:
        subject, path = entry.entity_id, None
        if entry.entity == "service" and entry.entity_id in services:
            service = services[entry.entity_id]
            subject, path = service.name, f"/diensten/{service.slug}"
        elif entry.entity == "answer" and entry.entity_id in answers:
            answer = answers[entry.entity_id]
            subject, path = words.answer_label(answer.code), f"/antwoorden/{answer.id}"
        elif entry.entity == "proposal" and entry.entity_id in titles:
            subject, path = titles[entry.entity_id], f"/voorstellen/{entry.entity_id}"
        elif entry.entity == "tenant":
            path = f"/websites/{entry.entity_id}"
        lines.append(Line(entry, when(entry), subject, path, changes(entry)))
    return lines


def _titles(db: Session, ids: Iterable[str]) -> dict[str, str]:
    numbers = [int(one) for one in ids]
    rows = db.execute(select(Proposal.id, Proposal.title).where(Proposal.id.in_(numbers)))
    return {str(number): title for number, title in rows}
