"""In: a file of services is shown first with what it would change, then goes on as proposals that wait together."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import batches, imports, proposals, saving
from referral_db.curation.batches import Batch
from referral_db.curation.forms import MAX_FILE, Upload
from referral_db.curation.imports import Plan
from referral_db.curation.proposals import NotAllowed
from referral_db.curation.site import Refused, Site, Visit
from referral_db.workflow import Proposal

SHOWN = 100
"""Services, problems or proposals on one page; the rest is a count."""


def routes(site: Site) -> list[Route]:
    return [
        site.get("/in-en-uit", show),
        site.post("/in-en-uit", preview, "editor", upload=True),
        site.post("/in-en-uit/voorstellen", propose, "editor"),
        site.get("/in-en-uit/{batch}", show_batch),
        site.post("/in-en-uit/{batch}/goedkeuren", approve, "publisher"),
    ]


def show(visit: Visit) -> Response:
    return _page(visit)


def preview(visit: Visit) -> Response:
    """What the file would change, or every row that is wrong. Nothing is stored yet."""
    upload = visit.form.upload
    if upload is None:
        return _page(visit, problem="Kies eerst een bestand.", status=422)
    plan = imports.plan(visit.db, upload, visit.today)
    if plan.problems:
        return _page(visit, plan=plan, name=upload.name, status=422)
    if not plan.planned:
        return _page(visit, problem=f"Alles uit {upload.name} staat hier al. Er is niets te wijzigen.")
    return _preview(visit, plan, upload, visit.site.uploads.keep(visit.user.id, upload), _why(upload))


def propose(visit: Visit) -> Response:
    """Proposes what was seen; when anything changed since, it is shown again first."""
    token, why = visit.form.text("bestand"), visit.form.text("waarom")
    upload = visit.site.uploads.find(token, visit.user.id)
    if upload is None:
        return _page(visit, problem="Het bestand is er niet meer. Kies het nog eens.", status=410)
    plan = imports.plan(visit.db, upload, visit.today)
    if plan.problems or not plan.planned:
        return _page(visit, plan=plan, name=upload.name, status=409)
    if plan.fingerprint != visit.form.text("gezien"):
        return _preview(visit, plan, upload, token, why, "Er veranderde intussen iets. Kijk nog eens na.", 409)
    if problem := proposals.why_problem(why):
        return _preview(visit, plan, upload, token, why, problem, 422)
    try:
        kept = imports.keep(visit.db, visit.user, plan.planned, upload.name, why, visit.moment)
    except saving.Conflict:
        return _page(visit, problem="Iemand anders bewaarde net iets. Kies het bestand nog eens.", status=409)
    visit.site.uploads.drop(token)
    if not kept.proposed:
        return visit.goto("/diensten?staat=draft", f"Bewaard als ontwerp: {kept.drafts}.")
    text = f"Klaar om na te kijken: {kept.proposed}."
    return visit.goto(
        f"/in-en-uit/{kept.batch}", text + (f" Bewaard als ontwerp: {kept.drafts}." if kept.drafts else "")
    )


def show_batch(visit: Visit) -> Response:
    return _batch_page(visit, _batch(visit))


def approve(visit: Visit) -> Response:
    batch = _batch(visit)
    try:
        count = batches.publish_together(visit.db, visit.user, batch, visit.form.text("gezien"), visit.moment)
    except NotAllowed as problem:
        return _batch_page(visit, batch, str(problem), 403)
    except saving.Conflict:
        text = "Er veranderde intussen iets. Er is niets gepubliceerd. Kijk hieronder hoe het nu staat."
        return _batch_page(visit, _batch(visit), text, 409)
    return visit.goto("/voorstellen", f"Goedgekeurd: {count}. Het gesprek gebruikt het vanaf nu.")


def _why(upload: Upload) -> str:
    return f"Ingelezen uit {upload.name}."


def _page(
    visit: Visit, plan: Plan | None = None, name: str = "", problem: str | None = None, status: int = 200
) -> Response:
    return visit.page(
        "in_out.html",
        "In en uit",
        status,
        problems=plan.problems[:SHOWN] if plan else [],
        problem_count=len(plan.problems) if plan else 0,
        name=name,
        problem=problem,
        megabytes=MAX_FILE // 1_000_000,
        most=imports.MAX_CHANGES,
        batches=batches.waiting_batches(visit.db),
    )


def _preview(
    visit: Visit, plan: Plan, upload: Upload, token: str, why: str, problem: str | None = None, status: int = 200
) -> Response:
    return visit.page(
        "import_preview.html",
        f"Wat {upload.name} zou wijzigen",
        status,
        plan=plan,
        shown=plan.planned[:SHOWN],
        token=token,
        why=why,
        problem=problem,
    )


def _batch(visit: Visit) -> Batch:
    batch = batches.find_batch(visit.db, visit.path("batch")[:40])
    if batch is None:
        raise Refused(404, "Dit bestand is er niet", "Zoek het in de lijst van voorstellen.")
    return batch


def _batch_page(visit: Visit, batch: Batch, problem: str | None = None, status: int = 200) -> Response:
    first = visit.db.scalars(select(Proposal).where(Proposal.batch == batch.name).order_by(Proposal.id).limit(1)).one()
    return visit.page(
        "batch.html",
        "Voorstellen uit één bestand",
        status,
        batch=batch,
        shown=batch.together[:SHOWN],
        first=first,
        may_decide=proposals.may_decide(visit.user, first),
        problem=problem,
    )
