from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from sqlalchemy import select

from referral_db import codes
from referral_db.areas import covers, municipalities
from referral_db.database import make_session_factory, upgrade
from referral_db.models import Answer, AuditEntry, Organization, Phone, Service
from referral_db.records import stable_id
from referral_db.seeding import Kept, read_seed, seed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from referral_db.records import Record

RECORDS, ANSWERS = read_seed()
PUBLISHED = [record for record in RECORDS if record["state"] == "published"]


@pytest.fixture
def sessions(sqlite_url: str) -> Iterator[sessionmaker[Session]]:
    factory = make_session_factory(sqlite_url)
    yield factory
    factory.kw["bind"].dispose()


@pytest.mark.parametrize("record", PUBLISHED, ids=lambda record: str(record["slug"]))
def test_a_published_service_says_where_it_comes_from_and_can_be_reached(record: Record) -> None:
    assert record["source"].startswith("http")
    assert record["checked_on"]
    assert record["confidence"] in ("high", "medium")
    assert record["phones"] or record["online_contacts"] or record["locations"]
    assert set(record["needs"]) <= {*codes.NEEDS, *codes.RISKS}
    assert record["needs"]


@pytest.mark.parametrize("record", PUBLISHED, ids=lambda record: str(record["slug"]))
def test_a_card_text_is_short(record: Record) -> None:
    assert record["description"]
    assert len(record["description"].split()) <= 25


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: str(record["slug"]))
def test_every_number_price_and_hour_has_its_source(record: Record) -> None:
    checked = {check["field"] for check in record["field_checks"] if check["source"]}
    if record["phones"]:
        assert "phone" in checked
    if record["schedules"]:
        assert "hours" in checked
    if record["state"] == "published" and record["price_kind"] != "onbekend":
        assert "price" in checked


KNOWN_OR_NOT = (
    *("referral_needed", "both_partners", "group_talk", "philosophy", "on_phone_bill", "calls_back", "letter_home"),
    *("account_needed", "wait_band", "wait_text", "accessibilities", "required_documents"),
)
"""What most records leave open: an answer needs a source of its own."""


@pytest.mark.parametrize("name", KNOWN_OR_NOT)
def test_what_it_takes_or_leaves_behind_has_its_source(name: str) -> None:
    known = [record for record in RECORDS if record[name] not in (None, [])]
    checked = [record for record in RECORDS for row in record["field_checks"] if row["field"] == name and row["source"]]
    assert [record["slug"] for record in known] == [record["slug"] for record in checked]


def test_help_from_a_conviction_says_which() -> None:
    convictions = {record["slug"]: record["philosophy"] for record in RECORDS if record["philosophy"]}
    assert convictions["encounter-vlaanderen"] == convictions["gezinspastoraal"] == "christelijk"
    assert convictions["huisvandemens"] == "humanistisch"
    named = {r["slug"] for r in RECORDS if re.search("christelijk|katholiek|humanis", r["description"], re.IGNORECASE)}
    assert named == set(convictions)


def test_there_are_enough_published_services() -> None:
    assert len(PUBLISHED) >= 60


@pytest.mark.parametrize("record", [r for r in RECORDS if r["state"] == "draft"], ids=lambda r: str(r["slug"]))
def test_a_draft_says_why(record: Record) -> None:
    assert record["draft_reason"]


@pytest.mark.parametrize(
    ("risk", "slugs"),
    [
        ("acuut_gevaar", {"noodnummer-112", "politie-101"}),
        ("zelfdoding", {"zelfmoordlijn-1813"}),
        ("partnergeweld", {"hulplijn-1712", "politie-101", "tele-onthaal-106", "caw-vluchthuizen"}),
        ("seksueel_geweld", {"zorgcentra-na-seksueel-geweld", "zsg-gent", "hulplijn-1712", "nupraatikerover"}),
        ("kind_in_gevaar", {"hulplijn-1712", "awel-102", "nupraatikerover", "child-focus-116000"}),
        ("eigen_agressie", {"hulplijn-1712", "tele-onthaal-106", "cgg-vagga"}),
        ("lhbti", {"lumi", "transgender-infopunt"}),
    ],
)
def test_who_must_be_there_for_a_risk(risk: str, slugs: set[str]) -> None:
    assert slugs <= {record["slug"] for record in PUBLISHED if risk in record["needs"]}


def test_couple_work_is_never_for_a_risk() -> None:
    assert [r["slug"] for r in RECORDS if r["couple_work"] and set(r["needs"]) & set(codes.RISKS)] == []


def test_a_shelter_has_no_address() -> None:
    shelters = [record for record in RECORDS if record["provider_type"] == "vluchthuis"]
    assert shelters
    assert all(record["hidden_address"] and not record["locations"] for record in shelters)


def test_somebody_answers_at_every_minute_for_every_need() -> None:
    day_and_night = [
        record
        for record in PUBLISHED
        if any(
            s["opens_at"] == "00:00" and s["closes_at"] == "24:00" and s["on_public_holidays"]
            for s in record["schedules"]
        )
        and "nl" in {language["code"] for language in record["languages"]}
    ]
    assert {need for record in day_and_night for need in record["needs"]} == {*codes.NEEDS, *codes.RISKS}


def test_the_opening_hours_come_from_a_recent_source() -> None:
    old = [
        record["slug"]
        for record in RECORDS
        for check in record["field_checks"]
        if check["field"] == "hours" and check["checked_on"].year < 2026
    ]
    assert old == []


def test_every_municipality_has_its_own_caw() -> None:
    regional = [r for r in PUBLISHED if r["slug"].startswith("caw-") and r["organization"]["slug"] == r["slug"]]
    for municipality in municipalities().values():
        serving = [
            r["slug"]
            for r in regional
            if any(covers(area["extent_type"], area["code"], municipality) for area in r["service_areas"])
        ]
        assert serving == [municipality.caw], municipality.name


def test_an_id_is_the_same_everywhere() -> None:
    assert stable_id("service", "tele-onthaal-106") == stable_id("service", "tele-onthaal-106")
    assert str(uuid.UUID(stable_id("service", "tele-onthaal-106"))) == "95fa9445-40e2-59d2-aa02-3fe0c140c3cd"


def test_seeding_twice_changes_nothing(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        assert seed(session) == {"new": len(RECORDS) + len(ANSWERS)}
    with sessions.begin() as session:
        assert seed(session) == {"same": len(RECORDS) + len(ANSWERS)}
        assert session.scalars(select(Service.version)).unique().all() == [1]


@pytest.mark.postgresql
def test_the_seed_fits_in_postgresql(postgresql_url: str) -> None:
    upgrade(postgresql_url)
    factory = make_session_factory(postgresql_url)
    with factory.begin() as session:
        assert seed(session) == {"new": len(RECORDS) + len(ANSWERS)}
    with factory.begin() as session:
        assert seed(session) == {"same": len(RECORDS) + len(ANSWERS)}
    factory.kw["bind"].dispose()


SMALL = {
    "organizations": [
        {
            "slug": "lijn",
            "name": "De Lijn",
            "services": [
                {
                    "slug": "lijn",
                    "name": "De Lijn",
                    "state": "published",
                    "provider_type": "hulplijn",
                    "needs": ["eenzaamheid"],
                    "channels": ["telefoon"],
                    "service_areas": ["gewest vlaanderen", "streek leuven"],
                    "phones": [{"number": "106"}],
                    "source": "https://voorbeeld.be",
                    "confidence": "high",
                    "checked_on": "2026-11-22",
                }
            ],
        }
    ]
}


def _write(folder: Path, document: object, name: str = "flanders.yml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    if name == "flanders.yml":
        (folder / "streken.yml").write_text('leuven: {"24062": Leuven}\n', encoding="utf-8")
    return folder


def _renamed(name: str) -> dict[str, object]:
    service = SMALL["organizations"][0]["services"][0] | {"name": name}  # type: ignore[index]
    return {"organizations": [SMALL["organizations"][0] | {"services": [service]}]}


def test_a_newer_seed_refreshes_what_nobody_touched(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    with sessions.begin() as session:
        seed(session, _write(tmp_path / "seed", SMALL))
    with sessions.begin() as session:
        assert seed(session, _write(tmp_path / "seed", _renamed("De Luisterlijn"))) == {"changed": 1}
        assert session.scalars(select(Service.name)).all() == ["De Luisterlijn"]


@pytest.mark.parametrize("change", ["service", "phone", "removed", "organization"])
def test_what_a_maintainer_did_stays(sessions: sessionmaker[Session], tmp_path: Path, change: str) -> None:
    with sessions.begin() as session:
        seed(session, _write(tmp_path / "seed", SMALL))
    with sessions.begin() as session:
        service = session.scalars(select(Service)).one()
        match change:
            case "service":
                service.description = "Nagekeken"
            case "phone":
                service.phones[0].number = "107"
            case "removed":
                session.delete(service)
            case "organization":
                service.organization.name = "Onze lijn"
    with sessions.begin() as session:
        kept: list[Kept] = []
        counts = seed(session, _write(tmp_path / "seed", _renamed("De Luisterlijn")), report=kept.append)
    expected = {"service": ("name", "description"), "phone": ("name", "phones"), "removed": ()}
    if change in expected:
        assert kept == [Kept("service/lijn", expected[change])]
    else:
        assert kept == []
    with sessions.begin() as session:
        names = session.scalars(select(Service.name)).all()
        if change == "organization":
            assert session.scalars(select(Organization.name)).one() == "Onze lijn"
            assert names == ["De Luisterlijn"]
        else:
            assert counts == {"kept": 1}
            assert names == ([] if change == "removed" else ["De Lijn"])
        if change == "phone":
            assert session.scalars(select(Phone.number)).all() == ["107"]


def test_what_only_maintainers_changed_is_no_news(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    with sessions.begin() as session:
        seed(session, _write(tmp_path / "seed", SMALL))
        session.scalars(select(Service)).one().description = "Nagekeken"
    with sessions.begin() as session:
        kept: list[Kept] = []
        assert seed(session, tmp_path / "seed", report=kept.append) == {"kept": 1}
        assert kept == []


def test_what_the_seed_changes_stands_in_the_log(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    with sessions.begin() as session:
        seed(session, _write(tmp_path / "seed", SMALL))
        assert session.scalars(select(AuditEntry)).all() == []
    with sessions.begin() as session:
        seed(session, _write(tmp_path / "seed", _renamed("De Luisterlijn")))
    with sessions() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.user_name, entry.entity, entry.entity_id) == ("seed", "service", stable_id("service", "lijn"))
        assert (entry.before, entry.after) == ('{"name": "De Lijn"}', '{"name": "De Luisterlijn"}')


def test_what_was_there_before_under_the_same_code_stays(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    with sessions.begin() as session:
        service = Service(
            id=str(uuid.uuid4()),
            slug="lijn",
            name="Mijn lijn",
            provider_type="hulplijn",
            source="eigen",
            confidence="high",
            checked_on=RECORDS[0]["checked_on"],
        )
        service.organization = Organization(id=str(uuid.uuid4()), slug="mijn", name="Mijn")
        session.add(service)
    with sessions.begin() as session:
        assert seed(session, _write(tmp_path / "seed", SMALL)) == {"kept": 1}
        assert session.scalars(select(Service.name)).all() == ["Mijn lijn"]


def test_answers_are_seeded_by_the_same_rule(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    folder = _write(tmp_path / "seed", SMALL)
    row = {
        "code": "ontrouw",
        "kind": "eerste",
        "moment": "altijd",
        "text": "Dat doet pijn.",
        "source": "https://voorbeeld.be",
        "owner": "redactie",
        "reviewed_on": "2026-11-22",
        "expires_on": "2027-11-22",
    }
    _write(folder / "answers", [row, row | {"code": "conflict"}], "eerste.yml")
    with sessions.begin() as session:
        assert seed(session, folder) == {"new": 3}
        session.scalars(select(Answer).filter_by(code="conflict")).one().text = "Van ons."
    _write(folder / "answers", [row | {"text": "Beter."}, row | {"code": "conflict", "text": "Beter."}], "eerste.yml")
    with sessions.begin() as session:
        assert seed(session, folder) == {"changed": 1, "kept": 1, "same": 1}
        assert dict(session.execute(select(Answer.code, Answer.text)).all()) == {  # type: ignore[arg-type]
            "ontrouw": "Beter.",
            "conflict": "Van ons.",
        }


def test_a_mistake_in_a_seed_file_names_the_file_the_service_and_the_field(tmp_path: Path) -> None:
    service = SMALL["organizations"][0]["services"][0] | {"needs": ["overspel"], "phones": [{"number": "bel mij"}]}  # type: ignore[index]
    folder = _write(tmp_path / "seed", {"organizations": [SMALL["organizations"][0] | {"services": [service]}]})
    with pytest.raises(ValueError, match=r"flanders.yml: lijn: needs 'overspel' is geen bekende code") as error:
        read_seed(folder)
    assert "phones.1.number 'bel mij' is geen telefoonnummer" in str(error.value)
