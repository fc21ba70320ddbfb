"""Fixtures of the maintainers' application: a database with a few services, answers and a user for each role."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from nachtlicht.settings import BRUSSELS, Settings
from referral_db.curation import passwords
from referral_db.curation.app import create_app
from referral_db.curation.site import Site
from referral_db.database import make_session_factory, upgrade
from referral_db.models import Answer, User
from referral_db.records import store
from referral_db.validation import complete
from tests.referral_db.curation.browser import chromium, served
from tests.referral_db.curation.site_client import PEOPLE, QUICK, SiteClient, password_hash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page
    from sqlalchemy.orm import Session, sessionmaker
    from starlette.applications import Starlette

NOW = dt.datetime(2026, 11, 23, 3, 10, tzinfo=BRUSSELS)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id is slow on purpose; how slow is the library's choice and not what these tests are about."""
    monkeypatch.setattr(passwords, "_HASHER", QUICK)
    monkeypatch.setattr(passwords, "_nobody", lambda: password_hash("nobody has this password"))


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables of today and what `fill` puts in them; each test gets a copy."""
    path = tmp_path_factory.mktemp("curation") / "filled.db"
    url = f"sqlite:///{path}"
    upgrade(url)
    factory = make_session_factory(url)
    with factory() as db:
        fill(db)
        db.commit()
    factory.kw["bind"].dispose()
    return path


@pytest.fixture
def settings(filled_file: Path, tmp_path: Path) -> Settings:
    path = tmp_path / "nachtlicht.db"
    shutil.copy(filled_file, path)
    return Settings(database_url=f"sqlite:///{path}", clock=NOW, var=tmp_path)


@pytest.fixture
def database(settings: Settings) -> Iterator[sessionmaker[Session]]:
    factory = make_session_factory(settings.database_url)
    yield factory
    factory.kw["bind"].dispose()


@pytest.fixture
def site(settings: Settings, database: sessionmaker[Session]) -> Site:
    return Site(settings, database)


@pytest.fixture
def app(site: Site) -> Starlette:
    return create_app(site.settings, site)


@pytest.fixture
def client(app: Starlette) -> SiteClient:
    return SiteClient(app)


@pytest.fixture
def publisher(app: Starlette) -> SiteClient:
    return signed_in(app, "publisher")


@pytest.fixture
def editor(app: Starlette) -> SiteClient:
    return signed_in(app, "editor")


@pytest.fixture
def reader(app: Starlette) -> SiteClient:
    return signed_in(app, "reader")


@pytest.fixture
def administrator(app: Starlette) -> SiteClient:
    return signed_in(app, "administrator")


@pytest.fixture
def address(app: Starlette) -> Iterator[str]:
    """The application on a free port of this machine."""
    with served(app) as url:
        yield url


@pytest.fixture
def page() -> Iterator[Page]:
    """A page in Chromium."""
    with chromium() as one:
        yield one


def signed_in(app: Starlette, role: str, address: str = "203.0.113.7") -> SiteClient:
    client = SiteClient(app, address)
    assert client.sign_in(role).status_code == 303
    return client


def fill(db: Session) -> None:
    """Three invented services, an answer for a need by day and night, and one user for each role."""
    for role, name in PEOPLE.items():
        db.add(User(name=name, role=role, password_hash=password_hash(), created_on=TODAY))
    for raw in (service("lamp"), service("schets", state="draft", draft_reason="nummer nog nakijken"), SHELTER):
        record, problems = complete(raw)
        assert not problems
        store(db, record)
    for moment in ("altijd", "nacht"):
        db.add(
            Answer(
                code="ontrouw",
                kind="eerste",
                moment=moment,
                text=f"Dat is een schok ({moment}).",
                source="proef",
                owner="An",
                reviewed_on=dt.date(2026, 1, 5),
                expires_on=dt.date(2026, 12, 10) if moment == "nacht" else dt.date(2027, 10, 1),
                state="published",
            )
        )


def service(slug: str, **changes: Any) -> dict[str, Any]:
    """The raw record of a service that may be published."""
    return {
        "slug": slug,
        "name": f"Dienst {slug}",
        "organization": {"slug": "proefhuis", "name": "Proefhuis", "website": "https://proef.example"},
        "description": "Praat over je relatie.",
        "provider_type": "CAW",
        "state": "published",
        "who_pays": "overheid",
        "price_kind": "vast",
        "needs": ["ontrouw", "communicatie"],
        "channels": ["telefoon", "ter_plaatse"],
        "languages": [{"code": "nl"}],
        "service_areas": [
            {"extent_type": "provincie", "code": "Limburg"},
            {"extent_type": "gemeente", "code": "44021"},
        ],
        "phones": [{"number": "0470 00 00 00", "description": "elke werkdag"}],
        "online_contacts": [{"channel": "website", "value": "https://proef.example/hulp"}],
        "schedules": [
            {"attending_type": "telefoon", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00"},
            {"attending_type": "telefoon", "byday": "SA", "opens_at": "10:00", "closes_at": "24:00", "interval": 2,
             "dtstart": "2026-11-07", "on_public_holidays": False},
        ],
        "cost_options": [
            {"option": "standaard", "amount": 11, "amount_description": "Per gesprek.", "source": "proef"},
            {"option": "verhoogde_tegemoetkoming", "amount": 4.5, "valid_from": "2024-04-01"},
        ],
        "locations": [{"slug": f"{slug}-1", "address_1": "Proefstraat 1", "postal_code": "9000", "city": "Gent",
                       "latitude": 51.05, "longitude": 3.72}],
        "source": "https://proef.example",
        "confidence": "high",
        "checked_on": "2026-06-01",
        "field_checks": [
            {"field": "phone", "checked_on": "2026-06-01", "method": "gelezen", "confidence": "medium"},
            {"field": "hours", "checked_on": "2026-10-01", "method": "gelezen", "confidence": "medium"},
        ],
        **changes,
    }  # fmt: skip


SHELTER = service(
    "schuilplek",
    hidden_address=True,
    locations=[],
    needs=["partnergeweld"],
    checked_on="2026-11-20",
    field_checks=[
        {"field": "phone", "checked_on": "2026-11-20", "method": "gebeld", "confidence": "high", "checked_by": "An"}
    ],
)


@pytest.fixture
def empty_database(database: sessionmaker[Session]) -> sessionmaker[Session]:
    """The same database without anything in it."""
    with database() as db:
        for table in ("user", "service", "organization", "answer", "audit_entry"):
            db.execute(text(f'DELETE FROM "{table}"'))  # noqa: S608 – names from the line above
        db.commit()
    return database
