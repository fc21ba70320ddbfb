"""Sentences that people gave: to label, to remove, and to take along as a proposal for the examples."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import saving, words
from referral_db.curation.site import Refused, Site, Visit
from referral_db.given import KEPT_DAYS, given_sentences, let_go, proposal
from referral_db.workflow import GivenSentence

LABELS = {**words.NEEDS, **words.RISKS, **words.QUESTIONS}
"""What a sentence can be an example of."""


def routes(site: Site) -> list[Route]:
    return [
        site.get("/zinnen", show, "editor"),
        site.get("/zinnen/voorstel.yml", take_along, "editor"),
        site.post("/zinnen/{id}", label, "editor"),
        site.post("/zinnen/{id}/wissen", remove, "editor"),
    ]


def show(visit: Visit) -> Response:
    """All sentences; what is too old is removed first."""
    if let_go(visit.db, visit.today):
        visit.db.commit()
    return visit.page("given.html", "Zinnen", sentences=given_sentences(visit.db), labels=LABELS, days=KEPT_DAYS)


def label(visit: Visit) -> Response:
    """Says what a sentence is an example of, or nothing. The log has the label, never the sentence."""
    one, code = _sentence(visit), visit.form.text("label")
    if code and code not in LABELS:
        raise Refused(422, "Dat onderwerp is er niet", "Herlaad de pagina en kies uit de lijst.")
    if one.version != visit.form.number("version", 0):
        return visit.goto("/zinnen", "Iemand anders was je net voor. Kijk nog eens na.")
    before, after = {"label": one.label}, {"label": code or None}
    try:
        with saving.all_or_conflict(visit.db):
            one.label = code or None
            saving.record_change(visit.db, visit.user.name, "sentence", one.id, "gewijzigd", before, after)
    except saving.Conflict:
        return visit.goto("/zinnen", "Iemand anders was je net voor. Kijk nog eens na.")
    return visit.goto("/zinnen", "Bewaard.")


def remove(visit: Visit) -> Response:
    """Removes a sentence for good."""
    one = _sentence(visit)
    try:
        with saving.all_or_conflict(visit.db):
            visit.db.delete(one)
            saving.record_change(visit.db, visit.user.name, "sentence", one.id, "gewist", {}, {})
    except saving.Conflict:
        return visit.goto("/zinnen", "Iemand anders was je net voor. Kijk nog eens na.")
    return visit.goto("/zinnen", "De zin is gewist.")


def take_along(visit: Visit) -> Response:
    """The labelled sentences as a file that somebody reads before anything of it goes to the examples."""
    name = f"zinnen-voorstel-{visit.today}.yml"
    return Response(
        proposal(given_sentences(visit.db)),
        media_type="application/yaml",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _sentence(visit: Visit) -> GivenSentence:
    found = visit.db.get(GivenSentence, visit.path("id")[:16])
    if found is None:
        raise Refused(404, "Deze zin is er niet meer", "Misschien wiste iemand ze, of was ze te oud.")
    return found
