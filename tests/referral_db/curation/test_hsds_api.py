"""The open data: shapes of HSDS 3.0, paging, only what is published, and nothing that is secret."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from referral_db.models import Service, User
from referral_db.seeding import seed
from tests.referral_db.curation.site_client import PEOPLE, SiteClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker
    from starlette.applications import Starlette

API = "/hsds/v3"
LISTS = ("services", "organizations", "taxonomies", "taxonomy_terms", "service_at_locations")
SCHEMAS = Path(__file__).parents[4] / "shared" / "hsds" / "3.0" / "schema"
PAGE = ("total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents")


def ask(client: SiteClient, path: str) -> Any:
    response = client.get(API + path)
    assert response.status_code == 200, response.text
    assert response.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in response.headers
    return response.json()


def everything(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from everything(item)


def test_the_root_says_what_this_is(client: SiteClient) -> None:
    for path in ("", "/"):
        assert ask(client, path)["version"] == "3.0"


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_pages_and_every_id_leads_somewhere(client: SiteClient, name: str) -> None:
    page = ask(client, f"/{name}")
    assert tuple(page) == PAGE
    assert page["contents"]
    assert page["size"] == len(page["contents"]) == page["total_items"]
    for row in page["contents"]:
        assert str(uuid.UUID(row["id"])) == row["id"]
        assert ask(client, f"/{name}/{row['id']}")["id"] == row["id"]
        assert ask(client, f"/{name}/{row['id'].upper()}")["id"] == row["id"]


def test_pages_follow_each_other_without_loss(client: SiteClient) -> None:
    whole = [row["id"] for row in ask(client, "/taxonomy_terms?per_page=100")["contents"]]
    first, last = ask(client, "/taxonomy_terms?per_page=20"), ask(client, "/taxonomy_terms?per_page=20&page=2")
    assert [row["id"] for row in first["contents"] + last["contents"]] == whole
    assert (first["first_page"], first["last_page"], first["total_pages"]) == (True, False, 2)
    assert (last["first_page"], last["last_page"], last["page_number"]) == (False, True, 2)
    beyond = ask(client, "/services?page=99")
    assert (beyond["empty"], beyond["size"], beyond["contents"]) == (True, 0, [])


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "per_page=0", "per_page=9999999999", "page="])
def test_a_bad_page_is_refused(client: SiteClient, query: str) -> None:
    response = client.get(f"{API}/services?{query}")
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/services/x", f"/services/{uuid.uuid4()}", "/nothing", "/services/x/y", "/taxonomies/1"]
)
def test_what_is_not_there(client: SiteClient, path: str) -> None:
    response = client.get(API + path)
    assert response.status_code == 404
    assert response.json()["status"] == 404


def test_only_what_is_published_is_shown(client: SiteClient, database: sessionmaker[Session]) -> None:
    names = [row["name"] for row in ask(client, "/services")["contents"]]
    assert names == ["Dienst lamp", "Dienst schuilplek"]
    with database() as db:
        draft = db.scalars(select(Service).where(Service.slug == "schets")).one()
    assert client.get(f"{API}/services/{draft.id}").status_code == 404
    for name in LISTS:
        assert "schets" not in json.dumps(ask(client, f"/{name}?full=true&full_service=true")).casefold()


def test_a_hidden_address_and_the_names_of_maintainers_stay_inside(
    client: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    publisher.change("/diensten/lamp", name="Nieuwe lamp")
    with database() as db:  # an address that should never have been stored
        links = db.scalars(select(Service).where(Service.slug == "lamp")).one().locations
        service = db.scalars(select(Service).where(Service.slug == "schuilplek")).one()
        service.locations.append(type(links[0])(location=links[0].location))
        db.commit()
        hidden = service.id
        people = [user.name for user in db.scalars(select(User))]
    assert "service_at_locations" not in ask(client, f"/services/{hidden}")
    links_shown = ask(client, "/service_at_locations?full=true")["contents"]
    assert hidden not in [row["service_id"] for row in links_shown]
    for name in LISTS:
        text = json.dumps(ask(client, f"/{name}?full=true&full_service=true"))
        assert not [person for person in people if person in text]
        assert '"An"' not in text


def test_narrowing(client: SiteClient) -> None:
    def names(query: str) -> list[str]:
        return [row["name"] for row in ask(client, f"/services?{query}")["contents"]]

    terms = {row["code"]: row["id"] for row in ask(client, "/taxonomy_terms?per_page=100")["contents"]}
    assert names(f"taxonomy_term_id={terms['partnergeweld']}") == ["Dienst schuilplek"]
    assert names(f"taxonomy_term_id={terms['ontrouw']}") == ["Dienst lamp"]
    assert names(f"taxonomy_term_id={uuid.uuid4()}") == []
    assert names("search=LAMP") == ["Dienst lamp"]
    organization = ask(client, "/organizations")["contents"][0]["id"]
    assert len(names(f"organization_id={organization}")) == 2
    assert names(f"organization_id={uuid.uuid4()}") == []
    needs = next(row for row in ask(client, "/taxonomies")["contents"] if row["name"] == "nachtlicht_need")
    assert len(names(f"taxonomy_id={needs['id']}")) == 2
    assert ask(client, f"/taxonomy_terms?taxonomy_id={needs['id']}")["total_items"] == 26


def test_ids_are_uuids_and_unique_within_their_kind(client: SiteClient) -> None:
    for entity in everything(ask(client, "/services?full=true")):
        for name, value in entity.items():
            if name == "id" or name.endswith("_id"):
                assert str(uuid.UUID(value)) == value


def test_a_list_holds_one_to_one_fields_only(client: SiteClient) -> None:
    for name in LISTS:
        for row in ask(client, f"/{name}")["contents"]:
            assert not [field for field, value in row.items() if isinstance(value, list)]
    assert ask(client, "/services?full=true")["contents"][0]["phones"]
    one = ask(client, f"/organizations/{ask(client, '/organizations')['contents'][0]['id']}")
    assert len(one["services"]) == 2
    assert PEOPLE["reader"] not in json.dumps(one)


@pytest.fixture
def seeded(database: sessionmaker[Session]) -> None:
    with database() as db:
        seed(db)
        db.commit()


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the HSDS 3.0 schemas are not here")
def test_the_whole_seed_validates_against_hsds(client: SiteClient, seeded: None) -> None:
    from jsonschema import Draft202012Validator, FormatChecker

    def validator(name: str) -> Draft202012Validator:
        schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
        return Draft202012Validator(schema, format_checker=FormatChecker())

    def valid(name: str, rows: list[Any]) -> None:
        check = validator(name)
        assert rows
        for row in rows:
            errors = [f"{error.json_path}: {error.message}" for error in check.iter_errors(row)]
            assert not errors, (row["id"], errors[:3])

    valid("compiled/service_list.json", contents(client, "/services"))
    valid("compiled/service.json", contents(client, "/services", "full=true"))
    valid("compiled/organization_list.json", contents(client, "/organizations"))
    valid("compiled/organization.json", contents(client, "/organizations", "full=true"))
    valid("compiled/service_at_location_list.json", contents(client, "/service_at_locations"))
    valid("compiled/service_at_location.json", contents(client, "/service_at_locations", "full=true"))
    terms = contents(client, "/taxonomy_terms")
    for term in terms:  # the plain schema points to the other by name
        assert {"id", "name", "description"} <= set(term)
    assert len(terms) == 34


def contents(client: SiteClient, path: str, query: str = "") -> list[Any]:
    rows: list[Any] = []
    for number in range(1, 50):
        page = ask(client, f"{path}?per_page=100&page={number}&{query}")
        rows += page["contents"]
        if page["last_page"]:
            break
    return rows


def test_the_open_data_ignores_cookies(app: Starlette) -> None:
    client = SiteClient(app)
    client.cookies.set("nachtlicht", "x")
    ask(client, "/services")
