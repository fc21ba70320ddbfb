"""The open data: published services over the read-only API of HSDS 3.0 (Human Services Data Specification).

Addresses, paging and shapes follow its OpenAPI. Anybody may read it from anywhere; no cookie is looked at. What is
secret stays secret: a hidden address has no location, and the names of maintainers are left out.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import anyio.to_thread
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, selectinload
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from referral_db.curation.forms import Form
from referral_db.curation.site import Site
from referral_db.hsds import to_hsds
from referral_db.models import Location, Organization, Service, ServiceAtLocation, ServiceChannel, ServiceNeed
from referral_db.records import PARTS, stable_id, to_record
from referral_db.taxonomy import CHANNELS, CODES

PREFIX = "/hsds/v3"
PER_PAGE = 50
MAX_PER_PAGE = 100

Json = dict[str, Any]
Reader = Callable[[Session, Form, str], Json | None]
"""Gives the answer for a query and an id ("" for a list), None where there is no such id."""

_SPECIFICATION = "https://raw.githubusercontent.com/openreferral/specification/3.0"
_PROBLEM = "application/problem+json"


class _BadQueryError(Exception):
    """A part of the query that cannot be used; the message names it."""


def routes(site: Site) -> list[Route]:
    lists: dict[str, Reader] = {
        "services": _services,
        "organizations": _organizations,
        "taxonomies": _taxonomies,
        "taxonomy_terms": _taxonomy_terms,
        "service_at_locations": _service_at_locations,
    }
    single: dict[str, Reader] = {
        "services": _service,
        "organizations": _organization,
        "taxonomies": _taxonomy,
        "taxonomy_terms": _taxonomy_term,
        "service_at_locations": _service_at_location,
    }
    return [
        _route(site, PREFIX, _about),
        _route(site, f"{PREFIX}/", _about),
        *(_route(site, f"{PREFIX}/{name}", reader) for name, reader in lists.items()),
        *(_route(site, f"{PREFIX}/{name}/{{id}}", reader) for name, reader in single.items()),
        _route(site, f"{PREFIX}/{{rest:path}}", _nothing),
    ]


def _route(site: Site, path: str, reader: Reader) -> Route:
    async def endpoint(request: Request) -> Response:
        response = await anyio.to_thread.run_sync(_answer, site, request, reader)
        response.headers["access-control-allow-origin"] = "*"
        response.headers["cross-origin-resource-policy"] = "cross-origin"
        return response

    return Route(path, endpoint, methods=["GET"])


def _answer(site: Site, request: Request, reader: Reader) -> Response:
    identifier = str(request.path_params.get("id", "")).lower()
    query = Form(request.query_params.multi_items())
    try:
        if identifier and not _is_uuid(identifier):
            return _problem(404, "There is no record with this id.")
        with site.database() as db:
            body = reader(db, query, identifier)
    except _BadQueryError as error:
        return _problem(400, str(error))
    except OperationalError:
        return _problem(503, "The database does not answer. Try again in a minute.")
    return _problem(404, "There is nothing at this address.") if body is None else JSONResponse(body)


def _problem(status: int, title: str) -> Response:
    return JSONResponse({"status": status, "title": title}, status, media_type=_PROBLEM)


def _about(_db: Session, _query: Form, _id: str) -> Json:
    return {
        "version": "3.0",
        "profile": "https://github.com/openreferral/specification/tree/3.0",
        "openapi_url": f"{_SPECIFICATION}/schema/openapi.json",
    }


def _nothing(_db: Session, _query: Form, _id: str) -> None:
    return None


def _services(db: Session, query: Form, _id: str) -> Json:
    statement = select(Service.id).where(*_published(query)).order_by(Service.slug)
    ids, page = _page_of(db, statement, query)
    contents = [_hsds(service) for service in _load(db, Service.id.in_(ids))]
    return page | {"contents": contents if _flag(query, "full") else [_simple(service) for service in contents]}


def _service(db: Session, _query: Form, identifier: str) -> Json | None:
    found = _load(db, Service.id == identifier)
    return _hsds(found[0]) if found else None


def _organizations(db: Session, query: Form, _id: str) -> Json:
    offering = select(Service.organization_id).where(Service.state == "published")
    statement = select(Organization.id).where(Organization.id.in_(offering)).order_by(Organization.slug)
    for word in _words(query):
        statement = statement.where(Organization.name.icontains(word, autoescape=True))
    ids, page = _page_of(db, statement, query)
    found = _nested_organizations(db, ids, full=_flag(query, "full_service"))
    if not (_flag(query, "full") or _flag(query, "full_service")):
        found = [_without_lists(organization) for organization in found]
    return page | {"contents": found}


def _organization(db: Session, query: Form, identifier: str) -> Json | None:
    return next(iter(_nested_organizations(db, [identifier], full=_flag(query, "full_service"))), None)


def _nested_organizations(db: Session, ids: Sequence[str], *, full: bool) -> list[Json]:
    """These organizations with their published services, by their own slug; those without any are left out."""
    found: dict[str, Json] = {identifier: {} for identifier in ids}
    for service in _load(db, Service.organization_id.in_(ids)):
        shown = _hsds(service)
        organization = found[service.organization_id] or shown["organization"] | {"services": []}
        del shown["organization"]
        organization["services"].append(shown if full else _simple(shown))
        found[service.organization_id] = organization
    return [organization for organization in found.values() if organization]


def _taxonomies(_db: Session, query: Form, _id: str) -> Json:
    return _page_of_list(list(_all_taxonomies().values()), query)


def _taxonomy(_db: Session, _query: Form, identifier: str) -> Json | None:
    return _all_taxonomies().get(identifier)


def _taxonomy_terms(_db: Session, query: Form, _id: str) -> Json:
    wanted = query.text("taxonomy_id")
    terms = [term for term in _all_terms().values() if wanted in ("", term["taxonomy_id"])]
    return _page_of_list([] if query.text("parent_id") else terms, query)


def _taxonomy_term(_db: Session, _query: Form, identifier: str) -> Json | None:
    return _all_terms().get(identifier)


def _service_at_locations(db: Session, query: Form, _id: str) -> Json:
    statement = (
        select(ServiceAtLocation.service_id, ServiceAtLocation.location_id)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(*_published(query), Service.hidden_address.is_(False))
        .order_by(Service.slug, Location.slug)
    )
    if query.text("postcode"):
        statement = statement.where(Location.postal_code == query.text("postcode"))
    total = db.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    page, offset, limit = _page(query, total)
    rows = db.execute(statement.offset(offset).limit(limit))
    found = _nested_links(db, [(row.service_id, row.location_id) for row in rows])
    if not _flag(query, "full"):
        found = [_without_lists(link) | {"location": _without_lists(link["location"])} for link in found]
    return page | {"contents": found}


def _service_at_location(db: Session, _query: Form, identifier: str) -> Json | None:
    pairs = db.execute(
        select(ServiceAtLocation.service_id, ServiceAtLocation.location_id)
        .join(Service)
        .where(Service.state == "published", Service.hidden_address.is_(False))
    )
    # The id is made from the two others (see `referral_db.hsds`), so it is looked up by making it.
    pair = next((row for row in pairs if _link_id(row.service_id, row.location_id) == identifier), None)
    return _nested_links(db, [(pair.service_id, pair.location_id)])[0] if pair else None


def _nested_links(db: Session, pairs: Sequence[tuple[str, str]]) -> list[Json]:
    """The links of these services and locations, each with its location and service."""
    found: dict[tuple[str, str], Json] = {}
    for service in _load(db, Service.id.in_({service_id for service_id, _ in pairs})):
        shown = _hsds(service)
        for link in shown["service_at_locations"]:
            found[service.id, link["location_id"]] = link | {"service": _simple(shown)}
    return [found[pair] for pair in pairs]


def _link_id(service_id: str, location_id: str) -> str:
    return stable_id("service_at_location", f"{service_id}/{location_id}")


def _published(query: Form) -> list[ColumnElement[bool]]:
    """The conditions on services: published, and what the query asks for."""
    conditions: list[ColumnElement[bool]] = [Service.state == "published"]
    for word in _words(query):
        conditions.append(
            Service.name.icontains(word, autoescape=True) | Service.description.icontains(word, autoescape=True)
        )
    if query.text("organization_id"):
        conditions.append(Service.organization_id == query.text("organization_id").lower())
    wanted = [term for term in _all_terms().values() if term["id"] == query.text("taxonomy_term_id").lower()]
    if query.text("taxonomy_id"):
        wanted += [term for term in _all_terms().values() if term["taxonomy_id"] == query.text("taxonomy_id").lower()]
    if query.text("taxonomy_term_id") or query.text("taxonomy_id"):
        codes = [term["code"] for term in wanted]
        need = select(ServiceNeed.code).where(ServiceNeed.service_id == Service.id, ServiceNeed.code.in_(codes))
        channel = ServiceChannel.service_id == Service.id, ServiceChannel.channel.in_(codes)
        conditions.append(need.exists() | select(ServiceChannel.channel).where(*channel).exists())
    return conditions


def _load(db: Session, which: ColumnElement[bool]) -> Sequence[Service]:
    """The published services of `which` with all that belongs to them, in a fixed number of queries."""
    parts = [selectinload(getattr(Service, name)) for name in (*PARTS, "needs", "channels", "organization")]
    places = selectinload(Service.locations).selectinload(ServiceAtLocation.location)
    statement = select(Service).where(which, Service.state == "published")
    return db.scalars(statement.options(*parts, places).order_by(Service.slug)).all()


def _hsds(service: Service) -> Json:
    record = to_record(service)
    record["field_checks"] = [check | {"checked_by": None} for check in record["field_checks"]]
    return to_hsds(record) | {"organization_id": service.organization_id}


def _simple(service: Json) -> Json:
    """A service with its one-to-one fields only."""
    simple = _without_lists(service)
    if "organization" in service:
        simple["organization"] = _without_lists(service["organization"])
    return simple


def _without_lists(entity: Json) -> Json:
    return {name: value for name, value in entity.items() if not isinstance(value, list)}


def _all_taxonomies() -> dict[str, Json]:
    described = {
        "need": "What a person's question is about, and the risks that come before it.",
        "channel": "The ways in which a service helps.",
    }
    rows = [
        {"id": stable_id("taxonomy", kind), "name": f"nachtlicht_{kind}", "description": text, "version": "1"}
        for kind, text in described.items()
    ]
    return {row["id"]: row for row in rows}


def _all_terms() -> dict[str, Json]:
    terms = [("need", code, words.label, words.why) for code, words in CODES.items()]
    terms += [("channel", code, label, label) for code, label in CHANNELS.items()]
    rows = [
        {
            "id": stable_id("taxonomy_term", f"{kind}/{code}"),
            "code": code,
            "name": label,
            "description": description,
            "taxonomy": f"nachtlicht_{kind}",
            "taxonomy_id": stable_id("taxonomy", kind),
            "language": "nl",
        }
        for kind, code, label, description in terms
    ]
    return {row["id"]: row for row in rows}


def _page_of(db: Session, statement: Select[str], query: Form) -> tuple[Sequence[str], Json]:
    total = db.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    page, offset, limit = _page(query, total)
    return db.scalars(statement.offset(offset).limit(limit)).all(), page


def _page_of_list(rows: list[Json], query: Form) -> Json:
    found = [row for row in rows if all(word.casefold() in json.dumps(row).casefold() for word in _words(query))]
    page, offset, limit = _page(query, len(found))
    return page | {"contents": found[offset : offset + limit]}


def _page(query: Form, total: int) -> tuple[Json, int, int]:
    """The page object of the OpenAPI, and which rows it holds."""
    number, size = _positive(query, "page", 1), min(_positive(query, "per_page", PER_PAGE), MAX_PER_PAGE)
    pages = max(1, -(-total // size))
    offset = (number - 1) * size
    here = max(0, min(size, total - offset))
    page = {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": here,
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": here == 0,
    }
    return page, offset, size


def _positive(query: Form, name: str, default: int) -> int:
    if not query.has(name):
        return default
    number = query.number(name, 0)
    if not 1 <= number <= 1_000_000:
        raise _BadQueryError(f"{name} must be a whole number from 1 to 1000000.")
    return number


def _flag(query: Form, name: str) -> bool:
    return query.text(name).lower() in ("true", "1")


def _words(query: Form) -> list[str]:
    return query.text("search")[:100].split()[:8]


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
