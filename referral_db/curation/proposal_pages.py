"""Proposals through the browser: the list, one with what it changes, and the decision of a second person."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import preview, proposals, saving, subjects
from referral_db.curation.batches import waiting_batches
from referral_db.curation.consequences import Consequences, consequences
from referral_db.curation.history import differences_in_words
from referral_db.curation.place_picker import geography
from referral_db.curation.proposals import NotAllowed, Waiting
from referral_db.curation.site import Refused, Site, Visit
from referral_db.curation.subjects import Subject, plain
from referral_db.records import Record
from referral_db.workflow import Proposal

SHOWN = 50
"""Open proposals on the list; as many decided ones."""

READY = "Je voorstel staat klaar. Iemand anders kijkt het na, en dan gebruikt het gesprek het meteen."
NOTHING = "Er is niets gewijzigd, dus er is ook niets voor te stellen."


def routes(site: Site) -> list[Route]:
    return [
        site.get("/voorstellen", show_list),
        site.get("/voorstellen/{id:int}", show),
        site.post("/voorstellen/{id:int}/goedkeuren", approve, "publisher"),
        site.post("/voorstellen/{id:int}/weigeren", refuse, "publisher"),
        site.post("/voorstellen/{id:int}/intrekken", withdraw, "editor"),
    ]


def show_list(visit: Visit) -> Response:
    alone = Proposal.state == "open", Proposal.batch.is_(None)
    waiting = select(Proposal).where(*alone).order_by(Proposal.id).limit(SHOWN)
    decided = select(Proposal).where(Proposal.state != "open").order_by(Proposal.decided_at.desc(), Proposal.id.desc())
    return visit.page(
        "proposals.html",
        "Voorstellen",
        waiting=visit.db.scalars(waiting).all(),
        batches=waiting_batches(visit.db),
        total=proposals.count_open(visit.db),
        decided=visit.db.scalars(decided.limit(SHOWN)).all(),
        may_decide=proposals.may_decide,
    )


def show(visit: Visit) -> Response:
    return _page(visit, _proposal(visit))


def approve(visit: Visit) -> Response:
    """Publishes at once what was seen; anything that changed since leads back to the page, which shows both."""
    proposal = _proposal(visit)
    try:
        proposals.publish(visit.db, visit.user, proposal, visit.form.number("gezien", 0), visit.moment)
    except NotAllowed as problem:
        return _page(visit, proposal, str(problem), 403)
    except saving.Conflict:
        return _changed_meanwhile(visit)
    live = " Het gesprek gebruikt het vanaf nu." if proposal.kind != "nagekeken" else ""
    return visit.goto("/voorstellen", f"{proposal.title} is goedgekeurd.{live}")


def refuse(visit: Visit) -> Response:
    proposal, why = _proposal(visit), visit.form.text("reden")
    problem = proposals.why_problem(why)
    if problem:
        return _page(visit, proposal, problem, 422)
    try:
        proposals.refuse(visit.db, visit.user, proposal, why, visit.moment)
    except NotAllowed as not_allowed:
        return _page(visit, proposal, str(not_allowed), 403)
    except saving.Conflict:
        return _changed_meanwhile(visit)
    return visit.goto("/voorstellen", f"Het voorstel voor {proposal.title} gaat terug naar {proposal.author}.")


def withdraw(visit: Visit) -> Response:
    proposal = _proposal(visit)
    try:
        proposals.withdraw(visit.db, visit.user, proposal, visit.moment)
    except NotAllowed as problem:
        return _page(visit, proposal, str(problem), 403)
    except saving.Conflict:
        return _changed_meanwhile(visit)
    return visit.goto("/voorstellen", f"Je trok je voorstel voor {proposal.title} in.")


def propose_form(visit: Visit, subject: Subject, record: Record, checked: Collection[str] = ()) -> Response:
    """Keeps what a form says as a proposal, in the place of the one that it adapts."""
    replaces = _adapted(visit, subject, visit.form.number("voorstel", 0))
    try:
        made = proposals.propose(
            visit.db,
            visit.user,
            subject,
            record,
            visit.moment,
            why=visit.form.text("waarom"),
            checked=checked,
            replaces=replaces,
        )
    except saving.Conflict:
        return _changed_meanwhile(visit)
    return visit.goto(f"/voorstellen/{made.id}", READY) if made else visit.goto(subject.path, NOTHING)


def propose_check(
    visit: Visit, subject: Subject, record: Record, why: str, checked: Collection[str], onward: str
) -> Response:
    """ "Nagekeken: klopt" of a crisis record: the same click, then a second person; twice is once."""
    same = [one for one in proposals.open_proposals(visit.db, subject) if one.kind == "nagekeken" and one.why == why]
    made = same[0] if same else None
    if made is None:
        made = proposals.propose(
            visit.db, visit.user, subject, record, visit.moment, why=why, checked=checked, kind="nagekeken"
        )
    text = (
        "Dit hoort bij het noodprotocol: een tweede persoon bevestigt wat jij nakeek. Het staat klaar bij Voorstellen."
    )
    return visit.goto(onward, text if made else NOTHING)


def proposal_to_adapt(visit: Visit, subject: Subject) -> tuple[Proposal, Record] | None:
    """The proposal of the address (?voorstel=3) laid over the record, for a form to begin with."""
    proposal = _adapted(visit, subject, visit.query.number("voorstel", 0))
    found = proposals.waiting(visit.db, proposal) if proposal else None
    return (proposal, found.record) if proposal and found else None


def pairs_of(proposal: Proposal) -> list[tuple[str, str]]:
    """What a form carries along to adapt a proposal."""
    pairs = [("voorstel", str(proposal.id)), ("waarom", proposal.why)]
    if "reviewed_on" in json.loads(proposal.after):
        pairs.append(("nagekeken", "ja"))
    if json.loads(proposal.checked):
        pairs.append(("alles_nagekeken", "ja"))
    return pairs


def _adapted(visit: Visit, subject: Subject, number: int) -> Proposal | None:
    proposal = visit.db.get(Proposal, number) if 0 < number < 2**31 else None
    own = proposal is not None and (proposal.entity, proposal.entity_id) == (subject.entity, subject.entity_id)
    return proposal if proposal is not None and own and proposals.may_adapt(visit.user, proposal) else None


def _proposal(visit: Visit) -> Proposal:
    number = visit.request.path_params["id"]
    proposal = visit.db.get(Proposal, number, populate_existing=True) if number < 2**31 else None
    if proposal is None:
        raise Refused(404, "Dit voorstel is er niet", "Zoek het in de lijst van voorstellen.")
    return proposal


def _changed_meanwhile(visit: Visit) -> Response:
    text = "Er veranderde intussen iets. Er is niets gepubliceerd en niets verloren. Kijk hieronder hoe het nu staat."
    visit.db.rollback()
    return _page(visit, _proposal(visit), text, 409)


def _page(visit: Visit, proposal: Proposal, problem: str | None = None, status: int = 200) -> Response:
    found = proposals.waiting(visit.db, proposal) if proposal.state == "open" else None
    subject = found.subject if found else subjects.find(visit.db, proposal.entity, proposal.entity_id)
    before, after = json.loads(proposal.before), json.loads(proposal.after)
    if found is not None:
        now = plain(found.subject.record)
        before = {name: now.get(name) for name in after}
    return visit.page(
        "proposal.html",
        proposal.title,
        status,
        proposal=proposal,
        found=found,
        path=subject.path if subject else None,
        rows=differences_in_words(before, after),
        whole=_whole(found, after),
        effects=_effects(visit, proposal, found),
        shown=_shown(visit, proposal, found),
        checked=json.loads(proposal.checked),
        may_decide=proposals.may_decide(visit.user, proposal),
        may_adapt=proposals.may_adapt(visit.user, proposal),
        mine=visit.user.name == proposal.author,
        problem=problem,
        refusal=visit.form.text("reden"),
    )


def _effects(visit: Visit, proposal: Proposal, found: Waiting | None) -> Consequences | None:
    """What would change in the conversation; nothing to say about what is not shown and will not be."""
    if found is None or not found.publishable or not visit.user.may("editor"):
        return None
    if "published" not in (found.subject.state, found.record["state"]):
        return None
    return consequences(visit.site.database, proposal, found, geography(), visit.today)


def _shown(visit: Visit, proposal: Proposal, found: Waiting | None) -> list[preview.Shown]:
    """What a person would see after approval; nothing for what is not shown then."""
    if found is None or not found.publishable or found.record["state"] != "published" or not visit.user.may("editor"):
        return []
    return preview.of_proposal(visit.site.database, proposal, found, visit.today)


def _whole(found: Waiting | None, after: Record) -> list[tuple[str, str, str]]:
    """The whole record, for who decides about something that nobody else saw yet."""
    if found is None or after.get("state") != "published":
        return []
    return differences_in_words(
        {}, {name: value for name, value in found.record.items() if value not in (None, "", [])}
    )
