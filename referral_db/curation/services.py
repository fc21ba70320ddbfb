"""Services: the list, one service to read or change, a new one, and the check of one field."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from nachtlicht.clock import now
from referral_db.curation import links, saving, subjects, week_form, words
from referral_db.curation.forms import Form
from referral_db.curation.history import differences_in_words, history_of
from referral_db.curation.listing import Listing, find_services
from referral_db.curation.place_picker import suggested
from referral_db.curation.proposal_pages import NOTHING, pairs_of, proposal_to_adapt, propose_check, propose_form
from referral_db.curation.proposals import open_proposals, why_problem
from referral_db.curation.service_form import LINES, form_of, place_in_form, raw_record, shown_rows
from referral_db.curation.site import Refused, Site, Visit
from referral_db.geography import fold
from referral_db.models import Organization, Service
from referral_db.opening_hours import opening_state
from referral_db.price import Situation, price_for
from referral_db.records import LISTS, Problem, Record, columns, to_record
from referral_db.reports import REASONS, settle
from referral_db.validation import complete

ORGANIZATIONS_SHOWN = 500
"""With more of them there is nothing to choose from: the name is typed."""


def routes(site: Site) -> list[Route]:
    return [
        # For everybody: a service that checks its own record has no account, and a list of places is no secret.
        site.get("/plaatsen", suggest_places, None),
        site.get("/diensten", show_list),
        site.get("/diensten/nieuw", show_new, "editor"),
        site.post("/diensten/nieuw", create, "editor"),
        site.get("/diensten/{slug}", show),
        site.post("/diensten/{slug}", save, "editor"),
        site.post("/diensten/{slug}/nagekeken", check, "editor"),
        site.post("/diensten/{slug}/melding", settle_report, "editor"),
    ]


def suggest_places(visit: Visit) -> Response:
    """The labels of the places that begin as `zoek`, as a JSON list."""
    return JSONResponse(suggested(visit.query.text("zoek")))


def show_list(visit: Visit) -> Response:
    listing = Listing.of(visit.query)
    return visit.page("services.html", "Diensten", listing=listing, found=find_services(visit.db, listing))


def show(visit: Visit) -> Response:
    service = _service(visit)
    adapted = proposal_to_adapt(visit, subjects.of_service(service))
    if adapted is None:
        return _editor(visit, service, form_of(to_record(service)), [])
    proposal, record = adapted
    form = form_of(record)
    return _editor(visit, service, Form([*form.pairs, *pairs_of(proposal)]), [])


def save(visit: Visit) -> Response:
    """Saves a draft or proposes a change, or shows what is wrong, or what somebody else saved first."""
    service = _service(visit)
    base = to_record(service)
    if week_form.asks_for_more(visit.form):
        return _editor(visit, service, week_form.with_copies(visit.form), [])
    raw, problems = raw_record(visit.form, base, now(visit.site.settings))
    record, wrong = complete(raw)
    problems += wrong
    subject = subjects.of_service(service)
    draft = service.state == "draft" == record["state"]
    changed = bool(subjects.differing(subject.record, record))
    if not draft and changed and (problem := why_problem(visit.form.text("waarom"))):
        problems.append(Problem("waarom", problem))
    version = visit.form.number("version", 0)
    if service.version != version:
        return _conflict(visit, service, record)
    if problems:
        return _editor(visit, service, visit.form, problems, 422)
    all_checked = visit.form.has("alles_nagekeken")
    checked = saving.everything(record) if all_checked else ()
    if changed and not draft:
        return propose_form(visit, subject, record, checked)
    if subject.crisis and not draft:
        return propose_check(visit, subject, record, "Nagekeken: alles klopt.", checked, subject.path)
    try:
        saving.save_service(visit.db, visit.user, record, version, visit.today, all_checked=all_checked)
    except saving.Conflict:
        return _conflict(visit, _service(visit), record)
    return visit.goto(f"/diensten/{service.slug}", "Bewaard." if changed or all_checked else NOTHING)


def show_new(visit: Visit) -> Response:
    return _creator(visit, form_of(_new_record(visit)), [])


def create(visit: Visit) -> Response:
    if week_form.asks_for_more(visit.form):
        return _creator(visit, week_form.with_copies(visit.form), [])
    base = _new_record(visit) | {"slug": _free_slug(visit, Service, visit.form.text("name"))}
    base["organization"] = _organization(visit)
    raw, problems = raw_record(visit.form, base, now(visit.site.settings))
    record, wrong = complete(raw | {"state": "draft"})
    problems += wrong
    if problems:
        return _creator(visit, visit.form, problems, 422)
    try:
        saving.save_service(visit.db, visit.user, record, None, visit.today)
    except saving.Conflict:
        problem = Problem("name", "is net door iemand anders gebruikt: sla nog eens op")
        return _creator(visit, visit.form, [problem], 409)
    return visit.goto(f"/diensten/{record['slug']}", "De nieuwe dienst is bewaard.")


def check(visit: Visit) -> Response:
    """ "Nagekeken: klopt": one click for one field. Of a crisis line a second person approves it."""
    service = _service(visit)
    field = visit.form.text("field")
    if field not in saving.everything(to_record(service)):
        raise Refused(422, "Dat veld is er niet", "Herlaad de pagina en probeer het nog eens.")
    onward = "/" if visit.form.text("terug") == "vandaag" else f"/diensten/{service.slug}"
    subject = subjects.of_service(service)
    if subject.crisis and service.version == visit.form.number("version", 0):
        why = f"Nagekeken: {words.CHECKED[field]} klopt."
        return propose_check(visit, subject, subject.record, why, (field,), onward)
    method = visit.form.text("hoe") if visit.form.text("hoe") in saving.METHODS else saving.METHOD
    version = visit.form.number("version", 0)
    try:
        saving.check_field(visit.db, visit.user, service, field, version, visit.today, method)
    except saving.Conflict:
        text = f"{service.name} is net door iemand anders gewijzigd. Kijk de dienst nog eens na."
        return visit.goto(f"/diensten/{service.slug}", text)
    return visit.goto(onward, f"{service.name}: {words.CHECKED[field]} nagekeken.")


def settle_report(visit: Visit) -> Response:
    """ "Nagekeken: klopt" of a report about no field of its own. Of a crisis line a second person approves it."""
    service, reason = _service(visit), visit.form.text("reden")
    if reason not in REASONS:
        raise Refused(422, "Die melding is er niet", "Herlaad de pagina en probeer het nog eens.")
    subject = subjects.of_service(service)
    if subject.crisis:
        why = f"Nagekeken na een melding: {REASONS[reason].label.lower()}."
        return propose_check(visit, subject, subject.record, why, saving.everything(subject.record), "/")
    settle(visit.db, service.id, reason)
    before = {"melding": REASONS[reason].label}
    saving.record_change(visit.db, visit.user.name, "service", service.id, "melding nagekeken", before, {"melding": ""})
    visit.db.commit()
    return visit.goto("/", f"{service.name}: de melding is nagekeken.")


def _service(visit: Visit) -> Service:
    parts = (getattr(Service, name) for name in (*LISTS, "organization"))
    statement = select(Service).where(Service.slug == visit.path("slug"))
    service = visit.db.scalars(statement.options(*(selectinload(part) for part in parts))).one_or_none()
    if service is None:
        raise Refused(404, "Deze dienst is er niet", "Misschien kreeg ze een andere naam. Zoek ze in de lijst.")
    return service


def _editor(visit: Visit, service: Service, form: Form, problems: list[Problem], status: int = 200) -> Response:
    moment = now(visit.site.settings)
    price = price_for(service.price_kind, service.cost_options, Situation(), visit.today)
    return visit.page(
        "service.html",
        service.name,
        status,
        service=service,
        may_edit=visit.user.may("editor"),
        crisis=subjects.of_service(service).crisis,
        waiting=open_proposals(visit.db, subjects.of_service(service)),
        checks=_checks(service),
        links=[link for link in links.links_of(visit.db, service) if links.state_of(link, moment) == "open"],
        link_days=links.DAYS,
        price_text=price.full_text,
        open_text=opening_state(service.schedules, moment).text,
        history=history_of(visit.db, "service", service.id),
        **_form_context(visit, form, problems, form.number("version", service.version)),
    )


def _creator(visit: Visit, form: Form, problems: list[Problem], status: int = 200) -> Response:
    known = select(Organization.slug, Organization.name).order_by(Organization.name)
    organizations = visit.db.execute(known.limit(ORGANIZATIONS_SHOWN + 1)).all()
    return visit.page(
        "service_new.html",
        "Nieuwe dienst",
        status,
        organizations=organizations if len(organizations) <= ORGANIZATIONS_SHOWN else [],
        may_edit=True,
        **_form_context(visit, form, problems, 0),
    )


def _form_context(visit: Visit, form: Form, problems: list[Problem], version: int) -> dict[str, object]:
    errors = {place_in_form(problem.column): words.reason(problem.reason) for problem in reversed(problems)}
    provider_types = visit.db.scalars(select(Service.provider_type).distinct().order_by(Service.provider_type)).all()
    return {
        "form": form,
        "errors": dict(reversed(errors.items())),
        "weeks": week_form.shown_weeks(form, errors),
        "kept": week_form.shown_kept(form),
        "rows": {name: shown_rows(form, name) for name in LINES},
        "version": version,
        "provider_types": provider_types,
    }


def _conflict(visit: Visit, service: Service, mine: Record) -> Response:
    """Shows what is stored now beside what was typed, and lets the maintainer decide."""
    theirs = {name: value for name, value in to_record(service).items() if name not in ("checked_on", "field_checks")}
    return visit.page(
        "conflict.html",
        f"{service.name}: iemand was je voor",
        409,
        last=next(iter(history_of(visit.db, "service", service.id)), None),
        path=f"/diensten/{service.slug}",
        differences=differences_in_words(theirs, {name: mine[name] for name in theirs}),
        pairs=[pair for pair in visit.form.pairs if pair[0] not in ("form_token", "version")],
        version=service.version,
    )


def _checks(service: Service) -> list[tuple[str, object]]:
    """The fields that grow old, each with its last check or None."""
    found = {check.field: check for check in service.field_checks}
    return [(name, found.get(name)) for name in saving.key_fields(to_record(service))]


def _new_record(visit: Visit) -> Record:
    record: Record = dict.fromkeys(columns(Service)) | {name: [] for name in LISTS}
    return record | {
        "state": "draft",
        "who_pays": "onbekend",
        "price_kind": "onbekend",
        "confidence": "medium",
        "couple_work": False,
        "hidden_address": False,
        "checked_on": visit.today,
        "languages": [{"code": "nl", "note": None}],
    }


def _organization(visit: Visit) -> Record:
    """The organization that was chosen, the one that has the name that was typed, or a new one with that name."""
    slug, name = visit.form.text("organization"), visit.form.text("organization_name")
    chosen = Organization.slug == slug if slug else func.lower(Organization.name) == name.lower()
    found = visit.db.scalars(select(Organization).where(chosen).order_by(Organization.slug).limit(1)).first()
    if found is not None:
        return {name: getattr(found, name) for name in columns(Organization)} | {"id": found.id}
    return {"slug": _free_slug(visit, Organization, name), "name": name}


def _free_slug(visit: Visit, model: type[Service | Organization], name: str) -> str:
    wanted = fold(name)[:100].strip().replace(" ", "-") or "dienst"
    taken = set(visit.db.scalars(select(model.slug).where(model.slug.startswith(wanted))))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)
