"""Services through the browser: finding, changing, publishing, checking, and two people at once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from referral_db.areas import PLACES
from referral_db.curation import saving, services
from referral_db.curation.app import create_app
from referral_db.curation.people import ROLES
from referral_db.curation.site import Site
from referral_db.database import make_session_factory, upgrade
from referral_db.geography import Geography
from referral_db.models import AuditEntry, Location, Service
from referral_db.records import to_record
from referral_db.search import Query, search
from tests.referral_db.curation.conftest import NOW, TODAY, fill, signed_in
from tests.referral_db.curation.site_client import PEOPLE, Page, SiteClient, changed, publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker
    from starlette.applications import Starlette

    from nachtlicht.settings import Settings

LAMP = "/diensten/lamp"
DRAFT = "/diensten/schets"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def any_site(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Site]:
    """The site on SQLite and on PostgreSQL."""
    url = settings.database_url
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
        upgrade(url)
    factory = make_session_factory(url)
    if request.param == "postgresql":
        with factory() as db:
            fill(db)
            db.commit()
    yield Site(settings, factory)
    factory.kw["bind"].dispose()


def record_of(database: sessionmaker[Session], slug: str) -> dict[str, Any]:
    with database() as db:
        return to_record(db.scalars(select(Service).where(Service.slug == slug)).one())


def test_the_main_job(any_site: Site) -> None:
    """Find, propose a price and a number, a second person approves: the chat has it at once, and the log says who."""
    app = create_app(any_site.settings, any_site)
    author, client = signed_in(app, "editor", "203.0.113.8"), signed_in(app, "publisher")
    assert "Dienst lamp" in client.get("/diensten?zoek=LAMP&nood=ontrouw&streek=Limburg&staat=published").text
    response = publish(author, client, LAMP, cost_options__0__amount="9,50", phones__0__number="0470 00 00 99")
    assert response.headers["location"] == "/voorstellen"
    assert "Het gesprek gebruikt het vanaf nu." in client.get("/voorstellen").text
    with any_site.database() as db:
        place = Geography.load(PLACES).find("9000 Gent")[0]
        card = search(db, Geography.load(PLACES), Query(("ontrouw",), place, NOW)).cards[0]
        assert card["name"] == "Dienst lamp"
        assert "9,50" in card["price"]["text"]
        assert "0470 00 00 99" in [contact["value"] for contact in card["contacts"]]
        entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.user_name, entry.action, entry.entity) == (PEOPLE["publisher"], "goedgekeurd", "service")
        assert '"amount": 11' in str(entry.before)
        assert '"amount": 9.5' in str(entry.after)
        assert '"state"' not in str(entry.after)
        service = db.scalars(select(Service).where(Service.slug == "lamp")).one()
        checks = {check.field: check for check in service.field_checks}
        for name in ("price", "phone"):
            check = checks[name]
            assert (check.checked_on, check.method, check.checked_by) == (TODAY, "nagekeken", PEOPLE["editor"])
        assert checks["hours"].checked_on == dt.date(2026, 10, 1)
        assert service.checked_on == dt.date(2026, 10, 1)  # as fresh as its oldest field
        assert service.version == 2
    pages = ("/", "/antwoorden", f"/hsds/v3/services/{service.id}", "/hsds/v3/organizations?full=true")
    assert [client.get(path).status_code for path in (*pages, "/hsds/v3/service_at_locations?full=true")] == [200] * 5


def test_saving_without_a_change_changes_nothing(publisher: SiteClient, database: sessionmaker[Session]) -> None:
    before = record_of(database, "lamp")
    assert publisher.change(LAMP).status_code == 303
    assert record_of(database, "lamp") == before
    with database() as db:
        assert db.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ("zoek=proefhuis+SCHETS", "Dienst schets", "Dienst lamp"),
        ("nood=partnergeweld", "Dienst schuilplek", "Dienst lamp"),
        ("staat=draft", "Dienst schets", "Dienst lamp"),
        ("streek=Oost-Vlaanderen", "Dienst lamp", "nothing"),
        ("zoek=%25", "Niets gevonden", "Dienst lamp"),
        ("nood=onzin&streek=onzin&staat=onzin&pagina=x", "Dienst lamp", "nothing"),
    ],
)
def test_the_list_finds(reader: SiteClient, query: str, found: str, not_found: str) -> None:
    page = reader.get(f"/diensten?{query}")
    assert page.status_code == 200
    assert found in page.text
    assert not_found not in page.text


def test_every_province_has_only_what_serves_it(reader: SiteClient) -> None:
    assert "Dienst lamp" not in reader.get("/diensten?streek=Antwerpen").text
    assert "Dienst lamp" not in reader.get("/diensten?streek=ruim").text


def test_roles_see_and_do_what_they_may(app: Starlette) -> None:
    clients = {role: signed_in(app, role, f"203.0.113.{n}") for n, role in enumerate(ROLES)}
    for client in clients.values():
        assert client.get("/").status_code == client.get(LAMP).status_code == 200
    assert [client.get("/logboek").status_code for client in clients.values()] == [403, 403, 403, 200]
    assert [client.get("/gebruikers").status_code for client in clients.values()] == [403, 403, 403, 200]
    assert [client.get("/diensten/nieuw").status_code for client in clients.values()] == [403, 200, 200, 200]
    assert [client.change(DRAFT, name="Anders").status_code for client in clients.values()] == [403, 303, 303, 303]
    proposed = [client.change(LAMP, name="Ander", waarom="proef") for client in clients.values()]
    assert [response.status_code for response in proposed] == [403, 303, 303, 303]
    assert "disabled" in clients["reader"].get(LAMP).text
    assert "disabled" not in clients["editor"].get(LAMP).text


@pytest.mark.parametrize("role", ["editor", "publisher", "administrator"])
def test_nobody_publishes_or_changes_what_is_published_alone(
    app: Starlette, database: sessionmaker[Session], role: str
) -> None:
    client = signed_in(app, role)
    before = record_of(database, "lamp")
    for path, changes in ((DRAFT, {"state": "published"}), (DRAFT, {"state": "archived"}), (LAMP, {"name": "Anders"})):
        response = client.change(path, waarom="proef", **changes)
        assert response.headers["location"].startswith("/voorstellen/")
        form = Page(client.get(LAMP).text).form(LAMP)[:1]
        assert client.send(f"{response.headers['location']}/goedkeuren", [*form, ("gezien", "1")]).status_code == 403
    assert record_of(database, "schets")["state"] == "draft"
    assert record_of(database, "lamp") == before


def test_publishing_clears_the_reason_and_shows_the_service(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    assert "nummer nog nakijken" in publisher.get(DRAFT).text
    response = publish(editor, publisher, DRAFT, state="published", alles_nagekeken="ja")
    assert response.status_code == 303
    record = record_of(database, "schets")
    assert record["state"] == "published"
    assert record["draft_reason"] is None
    assert record["checked_on"] == TODAY
    assert {c["field"]: c["checked_on"] for c in record["field_checks"]} == dict.fromkeys(
        ("phone", "hours", "price", "address"), TODAY
    )
    with database() as db:
        assert [entry.action for entry in db.scalars(select(AuditEntry))] == ["voorgesteld", "goedgekeurd"]


def test_what_misses_too_much_is_not_published(publisher: SiteClient, database: sessionmaker[Session]) -> None:
    response = publisher.change(DRAFT, state="published", confidence="low", needs=[])
    assert response.status_code == 422
    assert "Nog niet bewaard" in response.text
    assert "kan niet gepubliceerd worden" in response.text
    assert record_of(database, "schets")["state"] == "draft"


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"phones__0__number": "bel ons"}, "phones-0-number", "is geen telefoonnummer"),
        ({"phones__1__number": "0"}, "phones-1-number", "is geen telefoonnummer"),
        ({"online_contacts__0__value": "proef"}, "online_contacts-0-value", "past niet bij het kanaal"),
        ({"url": "proef.example"}, "url", "is geen webadres"),
        ({"name": ""}, "name", "ontbreekt"),
        ({"name": "x" * 201}, "name", "langer dan 200"),
        ({"schedules__week__telefoon__MO__van__1": "straks"}, "schedules-week-telefoon-MO-van-1", "is geen uur"),
        ({"schedules__week__telefoon__TU__tot__1": ""}, "schedules-week-telefoon-TU-tot-1", "Dit uur ontbreekt"),
        ({"schedules__0__opens_at": "straks"}, "schedules-0-opens_at", "moet een uur zijn"),
        ({"schedules__0__closes_at": ""}, "schedules-0-opens_at", "beginuur en een einduur"),
        ({"schedules__0__dagen": []}, "schedules-0-dagen", "ontbreekt"),
        ({"schedules__uitzonderingen__0__valid_from": "morgen"}, "schedules-uitzonderingen-0-valid_from", "geen datum"),
        ({"schedules__uitzonderingen__0__valid_to": "2026-12-25"}, "schedules-uitzonderingen-0-valid_from", "Op welke"),
        ({"cost_options__0__amount": "elf"}, "cost_options-0-amount", "is geen getal"),
        ({"cost_options__0__amount": "-1"}, "cost_options-0-amount", "mag niet onder nul"),
        ({"cost_options__0__amount_max": "3"}, "cost_options-0-amount_max", "lager dan het eerste bedrag"),
        ({"minimum_age": "30", "maximum_age": "20"}, "minimum_age", "lager dan de eerste leeftijd"),
        ({"gemeenten": "Gent, Gnet"}, "gemeenten", "Bedoel je Gent?"),
        ({"gemeenten": "Sinaai"}, "gemeenten", "Bedoel je Sint-Niklaas?"),
        ({"locations__0__postal_code": "6000"}, "locations-0-postal_code", "geen postcode in Vlaanderen"),
        ({"hidden_address": "ja"}, "deel-locations", "geheim adres"),
        ({"wait_observed_on": "gisteren"}, "wait_observed_on", "is geen datum"),
        ({"needs": ["onzin"]}, "needs", "geen bekende code"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    publisher: SiteClient, database: sessionmaker[Session], changes: dict[str, Any], place: str, words: str
) -> None:
    before = record_of(database, "lamp")
    response = publisher.change(LAMP, **changes)
    assert response.status_code == 422
    assert f'<a href="#{place}">' in response.text
    assert f'id="{place}"' in response.text
    assert words in response.text
    assert record_of(database, "lamp") == before
    typed = next(iter(changes.values()))
    if isinstance(typed, str) and typed != "ja":
        assert typed in response.text  # nothing that was typed is lost


def test_rows_come_and_go(editor: SiteClient, database: sessionmaker[Session]) -> None:
    more = editor.change(DRAFT, button={"meer": "phones"}, phones__1__number="0470 00 00 01")
    assert more.status_code == 200
    pairs = Page(more.text).form(DRAFT)
    assert ("phones-aantal", "5") in pairs
    pairs = changed(pairs, phones__3__number="0470 00 00 03", phones__3__type="sms", phones__0__wis="ja")
    assert editor.send(DRAFT, pairs).status_code == 303
    numbers = [(row["number"], row["type"]) for row in record_of(database, "schets")["phones"]]
    assert numbers == [("0470 00 00 01", "voice"), ("0470 00 00 03", "sms")]


def test_hours_and_amounts_are_read_as_people_write_them(editor: SiteClient, database: sessionmaker[Session]) -> None:
    response = editor.change(
        DRAFT,
        schedules__week__telefoon__MO__van__1="9u",
        schedules__week__telefoon__MO__tot__1="17.30",
        cost_options__0__amount="€ 11,5",
    )
    assert response.status_code == 303
    record = record_of(database, "schets")
    hours = {row["byday"]: (row["opens_at"], row["closes_at"], row["interval"]) for row in record["schedules"]}
    assert hours == {"MO": ("09:00", "17:30", 1), "TU": ("09:00", "17:00", 1), "SA": ("10:00", "24:00", 2)}
    assert record["cost_options"][0]["amount"] == 11.5


def test_a_new_address_gets_its_coordinates(editor: SiteClient, database: sessionmaker[Session]) -> None:
    editor.change(DRAFT, locations__0__postal_code="3500", locations__0__city="", locations__0__address_1="Plein 2")
    with database() as db:
        place = db.scalars(select(Location).where(Location.slug == "schets-1")).one()
        assert place.city == "Hasselt"
        assert place.latitude == pytest.approx(50.93, abs=0.1)


def test_somebody_elses_location_cannot_be_taken(editor: SiteClient, database: sessionmaker[Session]) -> None:
    editor.change(DRAFT, locations__0__slug="lamp-1", locations__0__address_1="Gekaapt 1")
    assert record_of(database, "lamp")["locations"][0]["address_1"] == "Proefstraat 1"


def test_who_saves_second_sees_both_versions(app: Starlette, database: sessionmaker[Session]) -> None:
    first, second = signed_in(app, "publisher"), signed_in(app, "administrator", "203.0.113.8")
    typed = changed(Page(second.get(DRAFT).text).form(DRAFT), name="Van de tweede", phones__0__number="fout nummer")
    assert first.change(DRAFT, name="Van de eerste").status_code == 303
    conflict = second.send(DRAFT, typed)
    assert conflict.status_code == 409
    assert "Van de eerste" in conflict.text
    assert "Van de tweede" in conflict.text
    assert PEOPLE["publisher"] in conflict.text
    assert record_of(database, "schets")["name"] == "Van de eerste"
    again = Page(conflict.text).form(DRAFT)
    editing = second.send(DRAFT, [*again, ("meer", "-")])
    assert 'value="Van de tweede"' in editing.text
    right = changed(Page(editing.text).form(DRAFT), phones__0__number="0470 00 00 00")
    assert second.send(DRAFT, right).status_code == 303
    assert record_of(database, "schets")["name"] == "Van de tweede"


def test_asking_for_more_rows_does_not_hide_a_conflict(app: Starlette) -> None:
    first, second = signed_in(app, "publisher"), signed_in(app, "administrator", "203.0.113.8")
    typed = changed(Page(second.get(DRAFT).text).form(DRAFT), name="Van de tweede")
    first.change(DRAFT, name="Van de eerste")
    more = second.send(DRAFT, [*typed, ("meer", "phones")])
    assert second.send(DRAFT, Page(more.text).form(DRAFT)).status_code == 409


def test_two_at_the_very_same_moment(
    publisher: SiteClient, database: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = saving.store

    def store_after_somebody_else(db: Session, *arguments: Any, **options: Any) -> Any:
        with database() as other:
            other.execute(text("UPDATE service SET name = 'Net daarvoor', version = version + 1 WHERE slug = 'schets'"))
            other.commit()
        return store(db, *arguments, **options)

    monkeypatch.setattr(saving, "store", store_after_somebody_else)
    response = publisher.change(DRAFT, name="Net daarna")
    assert response.status_code == 409
    assert "Net daarvoor" in response.text
    assert record_of(database, "schets")["name"] == "Net daarvoor"


def test_a_save_that_breaks_leaves_nothing_behind(
    publisher: SiteClient, database: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = record_of(database, "schets")

    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(saving, "record_change", fail)
    assert publisher.change(DRAFT, name="Half", phones__0__number="0470 99 99 99").status_code == 500
    assert record_of(database, "schets") == before


def test_one_click_checks_one_field(editor: SiteClient, database: sessionmaker[Session]) -> None:
    response = editor.press(LAMP, f"{LAMP}/nagekeken", field="phone")
    assert response.headers["location"] == LAMP
    assert "telefoon nagekeken" in editor.get(LAMP).text
    checks = {check["field"]: check for check in record_of(database, "lamp")["field_checks"]}
    assert checks["phone"]["checked_on"] == TODAY
    assert checks["phone"]["checked_by"] == PEOPLE["editor"]
    assert checks["hours"]["checked_by"] is None


def test_a_check_of_an_older_version_is_not_taken(app: Starlette, database: sessionmaker[Session]) -> None:
    first, second = signed_in(app, "publisher"), signed_in(app, "editor", "203.0.113.8")
    form = Page(second.get(LAMP).text).form(f"{LAMP}/nagekeken", field="phone")
    publish(signed_in(app, "administrator", "203.0.113.9"), first, LAMP, phones__0__number="0470 11 11 11")
    second.send(f"{LAMP}/nagekeken", form)
    assert "net door iemand anders gewijzigd" in second.get(LAMP).text
    checks = {check["field"]: check["checked_by"] for check in record_of(database, "lamp")["field_checks"]}
    assert checks["phone"] == PEOPLE["administrator"]


def test_only_fields_that_grow_old_can_be_checked(editor: SiteClient) -> None:
    form = changed(Page(editor.get(LAMP).text).form(f"{LAMP}/nagekeken", field="phone"), field="name")
    assert editor.send(f"{LAMP}/nagekeken", form).status_code == 422


def test_a_new_service_starts_as_a_draft(editor: SiteClient, database: sessionmaker[Session]) -> None:
    response = editor.change(
        "/diensten/nieuw",
        organization_name="Huis van Écht",
        name="Dienst Lamp",
        description="Praat over je relatie.",
        provider_type="CAW",
        source="gebeld",
    )
    assert response.headers["location"] == "/diensten/dienst-lamp"
    record = record_of(database, "dienst-lamp")
    assert record["organization"]["slug"] == "huis-van-echt"
    assert record["state"] == "draft"
    again = editor.change(
        "/diensten/nieuw",
        organization="proefhuis",
        name="Dienst Lamp",
        description="Nog een.",
        provider_type="CAW",
        source="gebeld",
    )
    assert again.headers["location"] == "/diensten/dienst-lamp-2"
    assert record_of(database, "dienst-lamp-2")["organization"]["name"] == "Proefhuis"


def test_a_new_service_without_its_organization_is_refused(editor: SiteClient) -> None:
    response = editor.change("/diensten/nieuw", name="Los", description="x", provider_type="x", source="x")
    assert response.status_code == 422
    assert '<a href="#organization_name">' in response.text


def test_a_service_that_is_not_there(reader: SiteClient) -> None:
    assert reader.get("/diensten/bestaat-niet").status_code == 404


def test_with_very_many_organizations_the_name_is_typed(
    editor: SiteClient, database: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "ORGANIZATIONS_SHOWN", 0)
    assert '<select id="organization"' not in editor.get("/diensten/nieuw").text
    response = editor.change(
        "/diensten/nieuw", organization_name="PROEFHUIS", name="Nog een", description="x", provider_type="x", source="x"
    )
    assert response.status_code == 303
    assert record_of(database, "nog-een")["organization"]["slug"] == "proefhuis"


def test_the_list_is_in_order_whatever_the_case_and_the_accents(
    editor: SiteClient, database: sessionmaker[Session]
) -> None:
    """Also after a change of the name."""
    for slug, name in (("lamp", "élan"), ("schuilplek", "Zomer"), ("schets", "de brug")):
        with database() as db:
            db.scalars(select(Service).where(Service.slug == slug)).one().name = name
            db.commit()
    page = editor.get("/diensten").text
    places = [page.index(f'"name">{name}') for name in ("de brug", "élan", "Zomer")]
    assert places == sorted(places)
