"""Out: the services of a list as CSV, XLSX or HSDS JSON, and one service or a list to print."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import words
from referral_db.curation.listing import Listing, matching_slugs
from referral_db.curation.site import Refused, Site, Visit
from referral_db.interchange import write_hsds
from referral_db.models import Service
from referral_db.opening_hours import opening_state
from referral_db.price import Situation, price_for
from referral_db.records import Record, all_services, to_record
from referral_db.sheet import table, write_sheet
from referral_db.workbook import WorkbookError, write_workbook

PRINTED = 200
"""Services on one print; a longer list is asked for with a filter."""
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}

_PRINTED_FIELDS = (
    *("description", "phones", "online_contacts", "url", "schedules", "locations", "service_areas", "channels"),
    *("cost_options", "admission", "eligibility_description", "minimum_age", "maximum_age", "languages", "wait_text"),
    *("needs", "source"),
)


def routes(site: Site) -> list[Route]:
    return [
        site.get("/gids.{kind}", export),
        site.get("/afdruk", print_list),
        site.get("/afdruk/{slug}", print_service),
    ]


def export(visit: Visit) -> Response:
    """The services that the query asks for, all of them without one, in the same shape as an import."""
    kind = visit.path("kind")
    if kind not in MEDIA:
        raise Refused(404, "Deze pagina is er niet", "Kies CSV, XLSX of HSDS op de pagina In en uit.")
    records = [to_record(service) for service in _services(visit)]
    name = f"nachtlicht-gids-{visit.today.isoformat()}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(_written(records, kind), media_type=MEDIA[kind], headers=headers)


def print_list(visit: Visit) -> Response:
    found = _services(visit)
    return _print(visit, "Diensten", found[:PRINTED], len(found))


def print_service(visit: Visit) -> Response:
    service = visit.db.scalars(select(Service).where(Service.slug == visit.path("slug"))).one_or_none()
    if service is None:
        raise Refused(404, "Deze dienst is er niet", "Misschien kreeg ze een andere naam. Zoek ze in de lijst.")
    return _print(visit, service.name, [service], 1)


def _services(visit: Visit) -> list[Service]:
    """As the list has them: by name, with the same filters."""
    order = {slug: number for number, slug in enumerate(matching_slugs(visit.db, Listing.of(visit.query)))}
    found = [service for service in all_services(visit.db) if service.slug in order]
    return sorted(found, key=lambda service: order[service.slug])


def _written(records: Sequence[Record], kind: str) -> bytes:
    if kind == "xlsx":
        try:
            return write_workbook(table(records))
        except WorkbookError as error:
            raise Refused(422, "Dit past niet in Excel", f"{error}.") from None
    # A spreadsheet takes UTF-8 for granted only after the mark at the start.
    return write_sheet(records).encode("utf-8-sig") if kind == "csv" else write_hsds(records).encode()


def _print(visit: Visit, title: str, services: Sequence[Service], total: int) -> Response:
    return visit.page(
        "print.html", title, sheets=[(service, _lines(visit, service)) for service in services], total=total
    )


def _lines(visit: Visit, service: Service) -> list[tuple[str, str]]:
    """What is known of a service, label and value; what is not known is left out."""
    record = to_record(service)
    lines = [(words.field_label(name), words.in_words(record[name], name)) for name in _PRINTED_FIELDS if record[name]]
    price = price_for(service.price_kind, service.cost_options, Situation(), visit.today).full_text
    return [*lines, ("Prijs", price), ("Nu", opening_state(service.schedules, visit.moment).text)]
