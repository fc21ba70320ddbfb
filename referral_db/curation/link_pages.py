"""A link for a service: a publisher makes and revokes it; the service checks its record with it, without an account."""

from __future__ import annotations

import math
from typing import NoReturn

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import links, proposals, saving, subjects, week_form, words
from referral_db.curation.forms import Form
from referral_db.curation.provider_form import confirmed, parts_of, record_of, values_of
from referral_db.curation.service_form import LINES, form_of, place_in_form, shown_rows
from referral_db.curation.sessions import new_token
from referral_db.curation.site import Handler, Refused, Site, Visit, form_cookie, session_cookie, set_cookie
from referral_db.models import Service
from referral_db.records import Problem, to_record
from referral_db.validation import complete
from referral_db.workflow import ProviderLink

MAX_REMARK = 250

_ENDED = {
    "used": (
        "Je antwoord is al binnen",
        "Deze link werkt één keer, en er is al iets mee doorgegeven. Bedankt daarvoor.",
    ),
    "revoked": ("Deze link werkt niet meer", "De redactie heeft hem ingetrokken."),
    "expired": ("Deze link werkt niet meer", "Hij is te oud."),
}
_ASK = "Wil je nog iets wijzigen? Vraag een nieuwe link aan wie je deze gaf."


def routes(site: Site) -> list[Route]:
    return [
        site.post("/diensten/{slug}/link", make, "publisher"),
        site.post("/diensten/{slug}/link/{id:int}/intrekken", revoke, "publisher"),
        site.get("/nakijken/{token}", _kindly(show), None),
        site.post("/nakijken/{token}", _kindly(send), None),
    ]


def make(visit: Visit) -> Response:
    """Shows a new link, this once."""
    service = _service(visit)
    days = visit.form.text("dagen")
    if days not in links.DAYS or service.state == "archived":
        raise Refused(422, "Dat lukt niet", "Herlaad de pagina van de dienst en kies hoelang de link werkt.")
    try:
        link, token = links.make(visit.db, visit.user, service, int(days), visit.moment)
    except links.TooMany:
        text = f"Er zijn al {links.MOST_OPEN} links die werken. Trek er een in als je een nieuwe nodig hebt."
        return visit.goto(f"/diensten/{service.slug}", text)
    address = f"{str(visit.request.base_url).rstrip('/')}/nakijken/{token}"
    return visit.page("link.html", "Link voor de dienst", service=service, link=link, link_address=address)


def revoke(visit: Visit) -> Response:
    service = _service(visit)
    link = visit.db.get(ProviderLink, visit.request.path_params["id"]) if len(visit.path("id")) < 10 else None
    if link is None or link.service_id != service.id:
        raise Refused(404, "Deze link is er niet", "Herlaad de pagina van de dienst.")
    try:
        links.revoke(visit.db, visit.user, link, visit.moment)
    except saving.Conflict:
        return visit.goto(f"/diensten/{service.slug}", "De link is net gebruikt. Kijk bij Voorstellen.")
    return visit.goto(f"/diensten/{service.slug}", "De link werkt niet meer.")


def show(visit: Visit) -> Response:
    """The form of one service. Opening it changes nothing: what reads mail may open links too."""
    _, service = _opened(visit)
    return _form(visit, service, form_of(to_record(service)))


def send(visit: Visit) -> Response:
    """Makes a proposal of what the service corrected and confirmed, and ends the link."""
    link, service = _opened(visit)
    _count(visit, link.token_hash)
    base = to_record(service)
    if week_form.asks_for_more(visit.form):
        return _form(visit, service, week_form.with_copies(visit.form))
    raw, problems = record_of(visit.form, base, visit.moment)
    record, wrong = complete(raw)
    problems += wrong
    remark = visit.form.text("opmerking")
    if len(remark) > MAX_REMARK:
        problems.append(Problem("opmerking", f"is langer dan {MAX_REMARK} tekens"))
    if service.version != visit.form.number("version", 0):
        notice = "De redactie wijzigde intussen iets. Wat je typte, staat er nog. Kijk het na en stuur het nog eens."
        typed = Form((name, value) for name, value in visit.form.pairs if name != "version")
        return _form(visit, service, typed, notice=notice, status=409)
    if problems:
        return _form(visit, service, visit.form, problems, status=422)
    subject = subjects.of_service(service)
    proposal = proposals.prepared(
        links.author_of(link, service, subject),
        subject,
        record,
        visit.moment,
        why=f"De dienst zegt: {remark}" if remark else "De dienst keek haar gegevens zelf na.",
        checked=confirmed(visit.form, base),
        kind="wijziging" if subjects.differing(base, record) else "nagekeken",
    )
    if proposal is None:
        notice = "Je vinkte niets aan en wijzigde niets. Vink aan wat klopt, of pas aan wat niet klopt."
        return _form(visit, service, visit.form, notice=notice, status=422)
    try:
        links.use(visit.db, link, proposal, visit.moment)
    except saving.Conflict:
        _refuse_ended(visit, links.find(visit.db, visit.path("token")))
    return _plain(visit, "provider_thanks.html", "Bedankt")


def _kindly(handler: Handler) -> Handler:
    """The handler, with a refusal as a page that leads nowhere else."""

    def run(visit: Visit) -> Response:
        try:
            return handler(visit)
        except Refused as refused:
            return _plain(visit, "provider_message.html", refused.title, refused.status, text=refused.text)

    return run


def _opened(visit: Visit) -> tuple[ProviderLink, Service]:
    """The link of the address and its service. Raises Refused for a link that does not work (any more)."""
    visit.person = visit.session = None  # the page is the same for a maintainer who tries it
    token = visit.path("token")[:100]
    client = visit.request.client
    address = client.host if client else None
    _wait(visit, "", address)
    link = links.find(visit.db, token)
    if link is None:
        visit.site.link_attempts.failed("", address, None)
        raise Refused(404, "Deze link is er niet", f"Kijk na of je de hele link opende. {_ASK}")
    state = links.state_of(link, visit.moment)
    if state != "open":
        title, text = _ENDED[state]
        raise Refused(410, title, f"{text} {_ASK}")
    service = visit.db.get_one(Service, link.service_id)
    if service.state == "archived":
        raise Refused(410, *_ENDED["revoked"])
    return link, service


def _count(visit: Visit, account: str) -> None:
    _wait(visit, account, None)
    visit.site.link_attempts.failed(account, None, None)


def _wait(visit: Visit, account: str, address: str | None) -> None:
    seconds = visit.site.link_attempts.wait(account, address, None)
    if seconds > 0:
        text = f"Dat ging te snel na elkaar. Probeer het over {math.ceil(seconds)} s nog eens."
        raise Refused(429, "Even wachten", text)


def _refuse_ended(visit: Visit, link: ProviderLink | None) -> NoReturn:
    state = links.state_of(link, visit.moment) if link else "revoked"
    title, text = _ENDED.get(state, ("Dat lukte niet", "Open de link opnieuw en probeer het nog eens."))
    raise Refused(409 if state == "open" else 410, title, f"{text} {_ASK}")


def _service(visit: Visit) -> Service:
    service = visit.db.scalars(select(Service).where(Service.slug == visit.path("slug"))).one_or_none()
    if service is None:
        raise Refused(404, "Deze dienst is er niet", "Misschien kreeg ze een andere naam. Zoek ze in de lijst.")
    return service


def _form(
    visit: Visit,
    service: Service,
    form: Form,
    problems: list[Problem] | None = None,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    record = to_record(service)
    errors = {place_in_form(problem.column): words.reason(problem.reason) for problem in reversed(problems or [])}
    return _plain(
        visit,
        "provider_form.html",
        f"Klopt dit nog? {service.name}",
        status,
        parts=[(part, values_of(record, part)) for part in parts_of(record)],
        form=form,
        errors=dict(reversed(errors.items())),
        weeks=week_form.shown_weeks(form, errors),
        kept=week_form.shown_kept(form),
        rows={name: shown_rows(form, name) for name in LINES},
        notice=notice,
        version=form.number("version", service.version),
        path=visit.request.url.path,
    )


def _plain(visit: Visit, template: str, title: str, status: int = 200, **context: object) -> Response:
    """A page for who is not signed in, with a form that is tied to this browser."""
    visit.token = visit.token or new_token()
    response = visit.page(template, title, status, **context)
    if visit.token != visit.request.cookies.get(session_cookie(visit.request)):
        set_cookie(visit.request, response, form_cookie(visit.request), visit.token)
    return response
