"""The whole history of a service or an answer (field, who, when, why), and undoing the last published change."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import proposals, saving, subjects
from referral_db.curation.history import MOST, history_of
from referral_db.curation.site import Refused, Site, Visit
from referral_db.curation.subjects import Subject
from referral_db.models import Answer, Service


def routes(site: Site) -> list[Route]:
    found = []
    for path in ("/diensten/{slug}", "/antwoorden/{id:int}"):
        found.append(site.get(f"{path}/geschiedenis", show))
        found.append(site.post(f"{path}/terugdraaien", undo, "publisher"))
    return found


def show(visit: Visit) -> Response:
    return _page(visit, _subject(visit))


def undo(visit: Visit) -> Response:
    """Puts back what stood before the last published change; of a crisis record as a proposal."""
    subject, why = _subject(visit), visit.form.text("waarom")
    last = proposals.last_change(visit.db, subject)
    if last is None or last.id != visit.form.number("voorstel", 0):
        return _page(visit, subject, "Er veranderde intussen iets. Kijk hieronder hoe het nu staat.", 409)
    problem = proposals.why_problem(why)
    if problem:
        return _page(visit, subject, problem, 422)
    try:
        made = proposals.undo(visit.db, visit.user, subject, last, why, visit.moment)
    except saving.Conflict:
        text = "Wat er vroeger stond, kan zo niet meer bewaard worden. Wijzig het in het formulier."
        return _page(visit, _subject(visit), text, 409)
    if made.state == "open":
        return visit.goto(
            f"/voorstellen/{made.id}", "Dit hoort bij het noodprotocol: een tweede persoon bevestigt het."
        )
    return visit.goto(subject.path, "De laatste wijziging is ongedaan gemaakt. Het gesprek gebruikt het vanaf nu.")


def _subject(visit: Visit) -> Subject:
    parameters = visit.request.path_params
    if "slug" in parameters:
        service = visit.db.scalars(select(Service).where(Service.slug == parameters["slug"])).one_or_none()
        found = subjects.of_service(service) if service else None
    else:
        answer = visit.db.get(Answer, parameters["id"]) if parameters["id"] < 2**31 else None
        found = subjects.of_answer(answer) if answer else None
    if found is None:
        raise Refused(404, "Deze geschiedenis is er niet", "Zoek de dienst of het antwoord in de lijst.")
    return found


def _page(visit: Visit, subject: Subject, problem: str | None = None, status: int = 200) -> Response:
    field = visit.query.text("veld")[:80]
    changes = history_of(visit.db, subject.entity, subject.entity_id, MOST)
    shown = [(one, [row for row in one.rows if field in ("", row[0])]) for one in changes]
    return visit.page(
        "history.html",
        f"Geschiedenis van {subject.title}",
        status,
        subject=subject,
        changes=[(one, rows) for one, rows in shown if rows or not field],
        fields=sorted({row[0] for one in changes for row in one.rows}),
        field=field,
        last=proposals.last_change(visit.db, subject),
        problem=problem,
        why=visit.form.text("waarom"),
    )
