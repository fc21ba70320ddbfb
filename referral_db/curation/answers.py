"""Answers: the list, one answer with the text checker beside it, a new one, and the yearly check."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import preview, saving, subjects, words
from referral_db.curation.forms import Form
from referral_db.curation.history import differences_in_words, history_of
from referral_db.curation.proposal_pages import NOTHING, pairs_of, proposal_to_adapt, propose_check, propose_form
from referral_db.curation.proposals import open_proposals, why_problem
from referral_db.curation.site import Refused, Site, Visit
from referral_db.models import Answer
from referral_db.records import Record
from referral_db.text_check import RULES, check_text
from referral_db.validation import complete_row

SOON = dt.timedelta(days=30)
LONGEST = dt.timedelta(days=731)
"""As long as an answer may stand without anybody reading it again."""
MAX_TEXT = 4_000

_FIELDS = ("text", "source", "owner", "state", "expires_on")
_NAME = ("code", "kind", "moment")


def routes(site: Site) -> list[Route]:
    return [
        site.get("/antwoorden", show_list),
        site.get("/antwoorden/nieuw", show_new, "editor"),
        site.post("/antwoorden/nieuw", create, "editor"),
        site.get("/antwoorden/{id:int}", show),
        site.post("/antwoorden/{id:int}", save, "editor"),
        site.post("/antwoorden/{id:int}/nagekeken", check, "publisher"),
    ]


def show_list(visit: Visit) -> Response:
    text, kind, state = (visit.query.text(name) for name in ("zoek", "soort", "staat"))
    statement = select(Answer).order_by(Answer.code, Answer.kind, Answer.moment)
    if kind in words.KINDS:
        statement = statement.where(Answer.kind == kind)
    if state in words.STATES:
        statement = statement.where(Answer.state == state)
    found = [answer for answer in visit.db.scalars(statement) if _holds(answer, text[:100])]
    return visit.page("answers.html", "Antwoorden", answers=found, query={"zoek": text, "soort": kind, "staat": state})


def show(visit: Visit) -> Response:
    answer = _answer(visit)
    adapted = proposal_to_adapt(visit, subjects.of_answer(answer))
    values = adapted[1] if adapted else saving.answer_values(answer)
    form = Form([(name, str(values[name])) for name in _FIELDS] + (pairs_of(adapted[0]) if adapted else []))
    return _editor(visit, answer, form, {})


def save(visit: Visit) -> Response:
    answer = _answer(visit)
    if visit.form.has("keur"):
        return _editor(visit, answer, visit.form, {})
    version = visit.form.number("version", 0)
    if answer.version != version:
        return _conflict(visit, answer)
    values, errors = _read(visit, saving.answer_values(answer))
    subject = subjects.of_answer(answer)
    draft = answer.state == "draft" == values["state"]
    changed = bool(subjects.differing(subject.record, values))
    if not draft and changed and (problem := why_problem(visit.form.text("waarom"))):
        errors["waarom"] = problem
    if errors:
        return _editor(visit, answer, visit.form, errors, 422)
    if not changed:
        return visit.goto(subject.path, NOTHING)
    if not draft:
        return propose_form(visit, subject, values)
    try:
        saving.save_answer(visit.db, visit.user, answer, values, version)
    except saving.Conflict:
        return _conflict(visit, _answer(visit))
    return visit.goto(f"/antwoorden/{answer.id}", "Bewaard.")


def show_new(visit: Visit) -> Response:
    expires = (visit.today + saving.YEAR).isoformat()
    return _creator(visit, Form([("owner", visit.user.name), ("expires_on", expires), ("state", "draft")]), {})


def create(visit: Visit) -> Response:
    if visit.form.has("keur"):
        return _creator(visit, visit.form, {})
    name = {field: visit.form.text(field) for field in _NAME}
    known = (words.ANSWER_CODES, words.KINDS, words.MOMENTS)
    errors = {
        field: "Kies een van de lijst."
        for field, allowed in zip(_NAME, known, strict=True)
        if name[field] not in allowed
    }
    variant = visit.form.text("variant")
    if variant and (variant not in words.ANSWER_VARIANTS or name["code"] not in words.NEEDS):
        errors["variant"] = "kan alleen bij een nood: kies “iedereen”, of een andere nood"
    elif variant:
        name["code"] += f"_{variant}"
    values, wrong = _read(visit, name | {"reviewed_on": visit.today})
    values["state"] = "draft"
    wrong.pop("state", None)
    errors = wrong | errors
    existing = visit.db.scalars(select(Answer).filter_by(**name)).one_or_none()
    if existing is not None:
        errors["code"] = "Dit antwoord is er al. Zoek het in de lijst en wijzig het daar."
    if errors:
        return _creator(visit, visit.form, errors, 422)
    answer = Answer(**values)
    try:
        saving.save_answer(visit.db, visit.user, answer, values, None)
    except saving.Conflict:
        errors["code"] = "Iemand anders maakte net hetzelfde antwoord. Zoek het in de lijst."
        return _creator(visit, visit.form, errors, 409)
    return visit.goto(f"/antwoorden/{answer.id}", "Het nieuwe antwoord is bewaard.")


def check(visit: Visit) -> Response:
    """ "Nagekeken: klopt": the answer holds for another year. About a risk, a second person approves it."""
    answer = _answer(visit)
    values = saving.answer_values(answer) | {"reviewed_on": visit.today, "expires_on": visit.today + saving.YEAR}
    subject = subjects.of_answer(answer)
    if subject.crisis and answer.version == visit.form.number("version", 0):
        onward = "/" if visit.form.text("terug") == "vandaag" else subject.path
        return propose_check(visit, subject, values, "Nagekeken: nog een jaar goed.", (), onward)
    try:
        saving.save_answer(visit.db, visit.user, answer, values, visit.form.number("version", 0))
    except saving.Conflict:
        return visit.goto(f"/antwoorden/{visit.path('id')}", "Dit antwoord is net gewijzigd. Lees het nog eens.")
    onward = "/" if visit.form.text("terug") == "vandaag" else f"/antwoorden/{answer.id}"
    return visit.goto(onward, f"Nagekeken: geldig tot {words.long_date(answer.expires_on)}.")


def _answer(visit: Visit) -> Answer:
    answer = visit.db.get(Answer, visit.request.path_params["id"]) if _fits(visit.path("id")) else None
    if answer is None:
        raise Refused(404, "Dit antwoord is er niet", "Zoek het in de lijst van antwoorden.")
    return answer


def _fits(number: str) -> bool:
    return len(number) < 10


def _holds(answer: Answer, text: str) -> bool:
    label = words.answer_label(answer.code)
    everything = f"{answer.code} {label} {answer.text} {answer.owner}".casefold()
    return all(word in everything for word in text.casefold().split())


def _read(visit: Visit, before: Record) -> tuple[Record, dict[str, str]]:
    """The values of the form over `before`, and the Dutch problem of each field that has one."""
    raw = before | {name: visit.form.text(name) for name in _FIELDS}
    if visit.form.has("nagekeken"):
        raw["reviewed_on"] = visit.today
    values, problems = complete_row(Answer, raw)
    errors = {problem.column: words.reason(problem.reason) for problem in problems}
    if values["state"] not in words.STATES:
        errors["state"] = "Kies een staat."
    if len(raw["text"]) > MAX_TEXT:
        errors["text"] = f"is langer dan {MAX_TEXT} tekens"
    expires_on = values["expires_on"]
    if isinstance(expires_on, dt.date) and expires_on > visit.today + LONGEST:
        errors["expires_on"] = "mag hoogstens twee jaar ver zijn, zodat iemand de tekst op tijd nakijkt"
    return values, errors


def _editor(visit: Visit, answer: Answer, form: Form, errors: dict[str, str], status: int = 200) -> Response:
    return visit.page(
        "answer.html",
        words.answer_label(answer.code),
        status,
        answer=answer,
        may_edit=visit.user.may("editor"),
        crisis=subjects.of_answer(answer).crisis,
        waiting=open_proposals(visit.db, subjects.of_answer(answer)),
        days_left=(answer.expires_on - visit.today).days,
        history=history_of(visit.db, "answer", saving.answer_key(answer)),
        version=form.number("version", answer.version),
        **_form_context(form, errors, answer.kind, answer.moment),
    )


def _creator(visit: Visit, form: Form, errors: dict[str, str], status: int = 200) -> Response:
    context = _form_context(form, errors, form.text("kind"), form.text("moment"))
    return visit.page("answer_new.html", "Nieuw antwoord", status, may_edit=True, version=0, **context)


def _form_context(form: Form, errors: dict[str, str], kind: str, moment: str) -> dict[str, object]:
    text = form.text("text")[:MAX_TEXT]
    return {
        "form": form,
        "errors": errors,
        "findings": check_text(text, kind=kind) if text else [],
        "rules": RULES,
        "word_count": len(text.split()),
        "shown": preview.of_text(text, moment),
    }


def _conflict(visit: Visit, answer: Answer) -> Response:
    theirs = {name: str(value) for name, value in saving.answer_values(answer).items() if name in _FIELDS}
    mine = {name: visit.form.text(name) for name in _FIELDS}
    return visit.page(
        "conflict.html",
        "Iemand was je voor",
        409,
        last=next(iter(history_of(visit.db, "answer", saving.answer_key(answer))), None),
        path=f"/antwoorden/{answer.id}",
        differences=differences_in_words(theirs, mine),
        pairs=[pair for pair in visit.form.pairs if pair[0] not in ("form_token", "version")],
        version=answer.version,
    )
