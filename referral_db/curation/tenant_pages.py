"""Websites that show the window: an administrator sets their name, greeting, own line, colours, hours and addresses.

What is set here goes over the entry of the tenants file; the chat takes it over within seconds.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import Route

from nachtlicht.tenants import (
    COLOURS,
    DAY,
    LANGUAGES,
    MAX_ORIGINS,
    NIGHT,
    READABLE,
    contrast,
    problems_of,
    read_entries,
)
from referral_db.curation import saving
from referral_db.curation.forms import Form
from referral_db.curation.history import history_of
from referral_db.curation.site import Refused, Site, Visit
from referral_db.workflow import TenantSettings

SAFE_COLOURS = dict(zip(COLOURS, ("#43406b", "#ffffff", "#e9bd7a", "#221a0c"), strict=True))
"""Those of the window itself."""

_LINE = ("number", "what_for", "hours", "source")
_REASONS = {
    "name": "moet 1 tot 40 tekens hebben",
    "origins": f"moeten hoogstens {MAX_ORIGINS} adressen zijn zoals https://www.voorbeeld.be, zonder schuine streep",
    "greeting": "mag hoogstens 300 tekens hebben, op één regel",
    "languages": "kies er minstens één",
    "open": "moeten twee uren zijn, van 0 tot 24",
    "line.number": "moet een Belgisch nummer zijn, zoals 0800 12 345 of 106",
    "line.what_for": "moet 1 tot 40 tekens hebben",
    "line.hours": "moet 1 tot 80 tekens hebben",
    "line.source": "moet de pagina zijn waar het nummer staat, met https://",
}
_NOT_A_COLOUR = "moet een kleur zijn zoals #43406b"


def routes(site: Site) -> list[Route]:
    return [
        site.get("/websites", show_list, "administrator"),
        site.get("/websites/nieuw", show_new, "administrator"),
        site.post("/websites/nieuw", create, "administrator"),
        site.get("/websites/{code}", show, "administrator"),
        site.post("/websites/{code}", save, "administrator"),
        site.post("/websites/{code}/wissen", remove, "administrator"),
    ]


def show_list(visit: Visit) -> Response:
    entries = read_entries()
    stored = {row.code: json.loads(row.settings) for row in visit.db.scalars(select(TenantSettings))}
    return visit.page("tenants.html", "Websites", entries=dict(sorted((entries | stored).items())), stored=set(stored))


def show(visit: Visit) -> Response:
    code = visit.path("code")
    row, entry = _stored(visit.db, code)
    if entry is None:
        raise Refused(404, "Deze website is er niet", "Zoek ze in de lijst van websites.")
    return _page(visit, code, form_of(entry), row.version if row else 0)


def save(visit: Visit) -> Response:
    """Stores the settings at once; "toon" only shows them."""
    code = visit.path("code")
    row, before = _stored(visit.db, code)
    if before is None:
        raise Refused(404, "Deze website is er niet", "Zoek ze in de lijst van websites.")
    version = visit.form.number("version", 0)
    entry = entry_of(visit.form)
    errors = errors_of(code, entry)
    if visit.form.has("toon") or errors:
        return _page(visit, code, visit.form, version, errors, 422 if errors else 200)
    try:
        _put(visit, code, row, version, before, entry)
    except saving.Conflict:
        text = "Iemand anders bewaarde net iets. Wat jij typte, staat er nog: kijk na en bewaar nog eens."
        row, _ = _stored(visit.db, code)
        return _page(visit, code, visit.form, row.version if row else 0, {}, 409, text)
    return visit.goto(f"/websites/{code}", "Bewaard. Het gesprek gebruikt het binnen vijf seconden.")


def show_new(visit: Visit) -> Response:
    return _page(visit, "", form_of({"name": "", "languages": ["nl"]}), 0)


def create(visit: Visit) -> Response:
    code, entry = visit.form.text("code"), entry_of(visit.form)
    errors = errors_of(code, entry)
    if not errors and _stored(visit.db, code)[1] is not None:
        errors["code"] = "bestaat al: zoek ze in de lijst"
    if visit.form.has("toon") or errors:
        return _page(visit, "", visit.form, 0, errors, 422 if errors else 200)
    try:
        _put(visit, code, None, 0, {}, entry)
    except saving.Conflict:
        return _page(visit, "", visit.form, 0, {"code": "bestaat al: zoek ze in de lijst"}, 409)
    return visit.goto(f"/websites/{code}", "Bewaard. Het gesprek gebruikt het binnen vijf seconden.")


def remove(visit: Visit) -> Response:
    """Takes away what was set here: the file holds again, and a website that is not in it is gone."""
    code = visit.path("code")
    row, before = _stored(visit.db, code)
    if row is None or row.version != visit.form.number("version", 0):
        return visit.goto("/websites", "Er veranderde intussen iets. Kijk nog eens na.")
    with saving.all_or_conflict(visit.db):
        visit.db.delete(row)
        saving.record_change(visit.db, visit.user.name, "tenant", code, "gewist", before or {}, {})
    return visit.goto("/websites", f"{code}: gewist wat hier ingesteld was.")


def form_of(entry: dict[str, Any]) -> Form:
    """The fields that show an entry."""
    hours = (entry.get("open") or "-").split("-")
    pairs = [("name", entry["name"]), ("greeting", entry.get("greeting") or ""), ("open_from", hours[0])]
    pairs += [("open_to", hours[1]), ("origins", "\n".join(entry.get("origins", [])))]
    pairs += [(f"line_{key}", (entry.get("line") or {}).get(key, "")) for key in _LINE]
    pairs += [(name, (entry.get("colours") or {}).get(name, "")) for name in COLOURS]
    pairs += [("languages", language) for language in entry.get("languages", ["nl"])]
    pairs += [("learn", "ja")] if entry.get("learn") else []
    return Form(pairs)


def entry_of(form: Form) -> dict[str, Any]:
    """The entry that the fields say; what is empty is left out."""
    entry: dict[str, Any] = {"name": form.text("name"), "origins": form.text("origins").split()}
    entry["languages"] = [code for code in LANGUAGES if code in form.all("languages")]
    if form.has("learn"):
        entry["learn"] = True
    if form.text("greeting"):
        entry["greeting"] = form.text("greeting")
    if form.text("open_from") or form.text("open_to"):
        entry["open"] = f"{form.text('open_from')}-{form.text('open_to')}"
    line = {key: form.text(f"line_{key}") for key in _LINE}
    if any(line.values()):
        entry["line"] = line
    colours = {name: form.text(name).lower() for name in COLOURS}
    if any(colours.values()):
        entry["colours"] = colours
    return entry


def errors_of(code: str, entry: dict[str, Any]) -> dict[str, str]:
    """What is wrong, in Dutch, by the id of the field."""
    found = {}
    for key in problems_of(code, entry):
        name = key.removeprefix("colours.")
        if key == "":
            found["code"] = "mag hoogstens 40 kleine letters, cijfers, koppeltekens en lage streepjes hebben"
        elif name in COLOURS:
            found[name] = _colour_reason(name, entry["colours"])
        else:
            found[{"open": "open_from"}.get(key, key.replace(".", "_"))] = _REASONS[key]
    return found


def _colour_reason(name: str, colours: dict[str, str]) -> str:
    kind, dark, _ = name.partition("_dark")
    behind = colours[f"accent{dark}"] if kind == "on_accent" else NIGHT if dark else DAY
    try:
        found = contrast(colours[name], behind)
    except ValueError:
        return _NOT_A_COLOUR
    what = "de knop" if kind == "on_accent" else "de achtergrond"
    ratio = f"{found:.1f}".replace(".", ",")
    need = f"{READABLE:g}".replace(".", ",")
    return f"is niet leesbaar: {ratio} op 1 met {what}, en dat moet minstens {need} zijn"


def _stored(db: Session, code: str) -> tuple[TenantSettings | None, dict[str, Any] | None]:
    """What was set here, if anything, and the entry that holds now; None where there is none."""
    row = db.get(TenantSettings, code, populate_existing=True)
    return row, json.loads(row.settings) if row else read_entries().get(code)


def _put(
    visit: Visit, code: str, row: TenantSettings | None, version: int, before: dict[str, Any], entry: dict[str, Any]
) -> None:
    if (row.version if row else 0) != version:
        raise saving.Conflict
    settings = json.dumps(entry, ensure_ascii=False)
    with saving.all_or_conflict(visit.db):
        if row is None:
            visit.db.add(TenantSettings(code=code, settings=settings))
        else:
            row.settings = settings
        action = "gewijzigd" if before else "nieuw"
        empty = dict.fromkeys(before)  # a setting that is left out now stands in the log as empty
        saving.record_change(visit.db, visit.user.name, "tenant", code, action, before, empty | entry)


def _page(
    visit: Visit,
    code: str,
    form: Form,
    version: int,
    errors: dict[str, str] | None = None,
    status: int = 200,
    notice: str | None = None,
) -> Response:
    entry = entry_of(form)
    shown = code or form.text("code")
    colours = entry.get("colours") if not errors_of(shown or "x", entry) else None
    return visit.page(
        "tenant.html",
        entry["name"] or "Nieuwe website",
        status,
        code=code,
        shown=shown,
        form=form,
        version=version,
        errors=errors or {},
        notice=notice,
        entry={"greeting": "", "open": "", "line": None, **entry},
        languages=LANGUAGES,
        colours=colours or SAFE_COLOURS,
        own_colours=colours,
        papers={"": DAY, "_dark": NIGHT},
        in_file=code in read_entries(),
        history=history_of(visit.db, "tenant", code) if code else [],
    )
