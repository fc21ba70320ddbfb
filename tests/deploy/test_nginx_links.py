"""deploy/nginx-links.conf: a service checks its record through it, and finds nothing else of the curation app."""
# ruff: noqa: F811 – fixtures are imported by name and used by name

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from referral_db.workflow import Proposal
from tests.conftest import missing
from tests.referral_db.curation.browser import served
from tests.referral_db.curation.conftest import (  # noqa: F401
    _quick_hashing,
    app,
    database,
    filled_file,
    settings,
    signed_in,
    site,
)
from tests.referral_db.curation.site_client import Page, changed
from tests.services import HOME, free_port, private_nginx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session, sessionmaker
    from starlette.applications import Starlette

CLOSED = ["/", "/diensten", "/diensten/lamp", "/aanmelden", "/zinnen", "/websites", "/hsds/v3/services",
          "/plaatsen/x", "/logboek", "/nginx.conf", "/static/../aanmelden"]  # fmt: skip


@dataclass
class Door:
    url: str
    prefix: Path


@pytest.fixture
def door(app: Starlette, tmp_path: Path) -> Iterator[Door]:
    """nginx in front of the real application."""
    if not shutil.which("nginx"):
        missing("nginx is not installed")
    port = free_port()
    with served(app) as curation:
        changes = {"listen 8082": f"listen 127.0.0.1:{port}", "127.0.0.1:8081": curation.removeprefix("http://")}
        with private_nginx(tmp_path, changes, "nginx-links.conf") as prefix:
            yield Door(f"http://127.0.0.1:{port}", prefix)


def link_of(app: Starlette) -> str:
    """The path of a new link for the service lamp."""
    publisher = signed_in(app, "publisher")
    page = publisher.press("/diensten/lamp", "/diensten/lamp/link").text
    found = re.search(r"/nakijken/[\w-]+", page)
    assert found
    return found[0]


def test_a_service_checks_its_record_through_the_door(
    door: Door,
    app: Starlette,
    database: sessionmaker[Session],
) -> None:
    path = link_of(app)
    with httpx.Client(base_url=door.url) as client:
        page = client.get(path)
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        for asset in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
            assert client.get(asset).status_code == 200
        assert client.get("/plaatsen?zoek=genk").json() == ["3600 Genk"]
        pairs = changed(Page(page.text).form(path), **{"locations-0-postal_code": "genk"})
        sent = client.post(path, data=_fields(pairs))
    assert "Bedankt" in sent.text
    with database() as db:
        assert '"postal_code": "3600"' in db.query(Proposal).one().after
    assert not [name for name in ("body", "proxy") if list((door.prefix / name).rglob("*"))]


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_else_is_there(door: Door, path: str) -> None:
    with httpx.Client(base_url=door.url) as client:
        assert client.get(path).status_code == 404
        assert client.post(path, data={"naam": "x"}).status_code == 404


def test_what_a_client_says_of_its_address_changes_nothing(door: Door) -> None:
    """Otherwise whoever tries links could seem to be somebody else each time."""
    codes = [
        httpx.get(f"{door.url}/nakijken/geen-{n}", headers={"x-forwarded-for": f"192.0.2.{n}"}).status_code
        for n in range(60)
    ]
    assert 429 in codes


def test_a_form_over_512_kilobyte_is_refused(door: Door, app: Starlette) -> None:
    assert httpx.post(door.url + link_of(app), content=b"x" * 600_000).status_code == 413


def test_every_address_that_it_opens_is_one_of_the_application_for_everybody() -> None:
    conf = (HOME / "deploy/nginx-links.conf").read_text("utf-8")
    assert set(re.findall(r"location (?:= )?(\S+) \{ proxy_pass", conf)) == {"/nakijken/", "/plaatsen", "/static/"}


def _fields(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields
