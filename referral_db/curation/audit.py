"""The log: which maintainer changed what, from what, to what."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from referral_db.curation import words
from referral_db.curation.history import changes, when
from referral_db.curation.site import Site, Visit
from referral_db.models import Answer, AuditEntry, Service
from referral_db.sheet import safe_cell
from referral_db.workflow import Proposal

PER_PAGE = 50

_HEAD = ("nummer", "tijd_utc", "wie", "soort", "waarover", "wat", "voor", "na")


@dataclass(frozen=True)
class Line:
    """One entry to read: `when` in Brussels time, `path` None where there is nothing to go to."""

    entry: AuditEntry
    when: str
    subject: str
    path: str | None
    changes: list[tuple[str, str, str]]


def routes(site: Site) -> list[Route]:
    return [site.get("/logboek", show, "administrator"), site.get("/logboek.csv", export, "administrator")]


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


def export(visit: Visit) -> Response:
    """The log as CSV, the oldest line first, all of it or of one person; it is sent while it is read."""
    who, database = visit.query.text("wie")[:80], visit.site.database
    statement = select(AuditEntry).order_by(AuditEntry.id)
    if who:
        statement = statement.where(AuditEntry.user_name == who)

    def rows() -> Iterator[str]:
        # The visit is over when this is read.
        with database() as db:
            yield "\ufeff" + _row(_HEAD)
            for entry in db.scalars(statement.execution_options(yield_per=500)):
                about = entry.entity, entry.entity_id, entry.action, entry.before or "", entry.after or ""
                yield _row((str(entry.id), f"{entry.at.isoformat()}Z", entry.user_name, *about))

    name = f"nachtlicht-logboek-{visit.today.isoformat()}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(rows(), media_type="text/csv; charset=utf-8", headers=headers)


def _row(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow(map(safe_cell, cells))
    return text.getvalue()


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
