"""A service checks its own record with a link: once, for a while, nothing else, and always as a proposal."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from referral_db.curation import links, proposals, saving, subjects
from referral_db.curation.app import create_app
from referral_db.curation.link_pages import MAX_REMARK
from referral_db.models import AuditEntry, Service
from referral_db.records import to_record
from referral_db.workflow import Proposal, ProviderLink
from tests.referral_db.curation.conftest import NOW, TODAY
from tests.referral_db.curation.site_client import Page, SiteClient, changed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker
    from starlette.applications import Starlette

    from referral_db.curation.site import Site


def new_link(publisher: SiteClient, slug: str = "lamp", days: str = "14") -> str:
    """Makes a link and gives its path."""
    pairs = Page(publisher.get(f"/diensten/{slug}").text).form(f"/diensten/{slug}/link")
    page = publisher.send(f"/diensten/{slug}/link", changed(pairs, dagen=days))
    assert page.status_code == 200
    found = re.search(r'value="http://curation\.test(/nakijken/[^"]+)"', page.text)
    assert found
    return found[1]


@pytest.fixture
def link(publisher: SiteClient) -> str:
    return new_link(publisher)


@pytest.fixture
def provider(app: Starlette) -> SiteClient:
    return SiteClient(app, "198.51.100.9")


def the_proposal(database: sessionmaker[Session]) -> Proposal:
    with database() as db:
        return db.query(Proposal).one()


def test_what_a_service_corrects_is_a_proposal_and_changes_nothing(
    link: str, provider: SiteClient, database: sessionmaker[Session]
) -> None:
    with database() as db:
        before = to_record(db.query(Service).filter_by(slug="lamp").one())
    page = provider.get(link)
    assert "Klopt dit nog? Dienst lamp" in page.text
    assert "0470 00 00 00" in page.text
    sent = provider.change(link, **{"phones-0-number": "0470 00 00 99"}, klopt=["hours", "price"])
    assert sent.status_code == 200
    assert "Bedankt" in sent.text
    with database() as db:
        assert to_record(db.query(Service).filter_by(slug="lamp").one()) == before


def test_a_publisher_approves_it_and_the_check_says_who_looked(
    link: str, provider: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    provider.change(link, **{"phones-0-number": "0470 00 00 99"}, klopt=["hours"], opmerking="Nieuw nummer.")
    proposal = the_proposal(database)
    assert proposal.author == "Proefhuis (zelf nagekeken)"
    assert proposal.why == "De dienst zegt: Nieuw nummer."
    assert list(json.loads(proposal.after)) == ["phones"]
    path = f"/voorstellen/{proposal.id}"
    assert publisher.press(path, f"{path}/goedkeuren").status_code == 303
    with database() as db:
        service = db.query(Service).filter_by(slug="lamp").one()
        assert [phone.number for phone in service.phones] == ["0470 00 00 99"]
        checks = {one.field: (one.checked_on, one.method, one.checked_by) for one in service.field_checks}
    own = (TODAY, "door de dienst", "Proefhuis (zelf nagekeken)")
    assert checks["phone"] == checks["hours"] == own
    assert "price" not in checks


def test_klopt_alone_is_a_check_that_somebody_confirms(
    link: str, provider: SiteClient, database: sessionmaker[Session]
) -> None:
    provider.change(link, klopt=["phone", "hours", "price", "address", "contact", "iets anders"])
    proposal = the_proposal(database)
    assert (proposal.kind, proposal.after) == ("nagekeken", "{}")
    assert json.loads(proposal.checked) == ["address", "contact", "hours", "phone", "price"]


def test_the_other_fields_stay_whatever_is_sent_along(
    link: str, provider: SiteClient, database: sessionmaker[Session]
) -> None:
    forged = {"state": "archived", "confidence": "low", "source": "x", "needs": ["zelfdoding"], "url": "https://x.be"}
    provider.change(link, **forged, hidden_address="ja", name="Lamp")
    assert list(json.loads(the_proposal(database).after)) == ["name"]


def test_a_link_works_once(link: str, provider: SiteClient, database: sessionmaker[Session]) -> None:
    pairs = changed(Page(provider.get(link).text).form(link), klopt=["hours"])
    assert provider.send(link, pairs).status_code == 200
    for again in (provider.get(link), provider.send(link, pairs)):
        assert again.status_code == 410
        assert "Je antwoord is al binnen" in again.text
    the_proposal(database)


def test_opening_it_often_changes_nothing(link: str, provider: SiteClient, database: sessionmaker[Session]) -> None:
    with database() as db:
        before = db.query(AuditEntry).count()
    for _ in range(40):
        assert provider.get(link).status_code == 200
    with database() as db:
        assert db.query(ProviderLink).one().used_at is None
        assert db.query(AuditEntry).count() == before


def test_a_link_ends_at_its_date(link: str, site: Site) -> None:
    late = replace(site.settings, clock=NOW + dt.timedelta(days=14))
    site.settings = late
    page = SiteClient(create_app(late, site)).get(link)
    assert page.status_code == 410
    assert "Hij is te oud." in page.text


def test_a_link_can_be_revoked(link: str, publisher: SiteClient, provider: SiteClient) -> None:
    action = re.search(r"/diensten/lamp/link/\d+/intrekken", publisher.get("/diensten/lamp").text)
    assert action
    assert publisher.press("/diensten/lamp", action[0]).status_code == 303
    page = provider.get(link)
    assert page.status_code == 410
    assert "De redactie heeft hem ingetrokken." in page.text
    assert action[0] not in publisher.get("/diensten/lamp").text


def test_a_link_of_an_archived_service_ends(link: str, provider: SiteClient, database: sessionmaker[Session]) -> None:
    with database() as db:
        db.query(Service).filter_by(slug="lamp").one().state = "archived"
        db.commit()
    assert provider.get(link).status_code == 410


def test_only_the_hash_of_a_long_random_token_is_stored(link: str, database: sessionmaker[Session]) -> None:
    token = link.rpartition("/")[2]
    assert len(token) * 6 >= 256
    with database() as db:
        stored = db.query(ProviderLink).one()
        assert stored.token_hash == hashlib.sha256(token.encode()).hexdigest()
        entries = [(one.before or "") + (one.after or "") for one in db.query(AuditEntry)]
    assert not any(token in text for text in entries)


def test_nothing_else_opens_with_it(link: str, provider: SiteClient) -> None:
    page = provider.get(link)
    assert set(re.findall(r'href="([^"#]+)"', page.text)) <= {"/static/icon.svg", "/static/curation.css"}
    assert {action for action, _ in Page(page.text).forms} == {link}
    for path in ("/", "/diensten/lamp", "/diensten/schets", "/gids.csv", "/voorstellen"):
        assert provider.get(path).status_code == 303
    assert "nachtlicht=" not in str(provider.cookies)


def test_a_maintainer_who_tries_it_sees_the_same_page(link: str, publisher: SiteClient) -> None:
    assert "Hoofdmenu" not in publisher.get(link).text
    assert publisher.change(link, klopt=["hours"]).status_code == 200


def test_a_hidden_address_is_neither_asked_nor_taken(
    publisher: SiteClient, provider: SiteClient, database: sessionmaker[Session]
) -> None:
    link = new_link(publisher, "schuilplek")
    assert "Adressen" not in provider.get(link).text
    pairs = changed(Page(provider.get(link).text).form(link), klopt=["hours"])
    pairs += [
        ("locations-aantal", "1"),
        ("locations-0-address_1", "Geheimstraat 1"),
        ("locations-0-postal_code", "9000"),
    ]
    assert provider.send(link, pairs).status_code == 200
    assert the_proposal(database).after == "{}"


def test_mistakes_are_named_and_the_link_stays(
    link: str, provider: SiteClient, database: sessionmaker[Session]
) -> None:
    wrong = provider.change(link, **{"phones-0-number": "bel ons"}, opmerking="x" * (MAX_REMARK + 1))
    assert wrong.status_code == 422
    assert "geen telefoonnummer" in wrong.text
    assert "is langer dan" in wrong.text
    nothing = provider.change(link)
    assert nothing.status_code == 422
    assert "Je vinkte niets aan" in nothing.text
    more = provider.change(link, {"meer": "phones"})
    assert more.text.count("phones-3-number") >= 1
    with database() as db:
        assert db.query(Proposal).count() == 0
    assert provider.change(link, klopt=["phone"]).status_code == 200


def test_what_the_maintainers_changed_meanwhile_is_shown_first(
    link: str, provider: SiteClient, database: sessionmaker[Session]
) -> None:
    pairs = changed(Page(provider.get(link).text).form(link), name="Lamp van ons")
    with database() as db:
        db.query(Service).filter_by(slug="lamp").one().description = "Iets nieuws."
        db.commit()
    late = provider.send(link, pairs)
    assert late.status_code == 409
    assert "Iets nieuws." in late.text
    assert "Lamp van ons" in late.text
    assert provider.send(link, Page(late.text).form(link)).status_code == 200


def test_of_a_crisis_line_the_maker_of_the_link_does_not_approve(
    publisher: SiteClient, administrator: SiteClient, provider: SiteClient, database: sessionmaker[Session]
) -> None:
    with database() as db:
        db.query(Service).filter_by(slug="lamp").one().phones[0].number = "106"
        db.commit()
    provider.change(new_link(publisher), klopt=["hours"])
    path = f"/voorstellen/{the_proposal(database).id}"
    assert f"{path}/goedkeuren" not in publisher.get(path).text
    assert administrator.press(path, f"{path}/goedkeuren").status_code == 303


def test_who_guesses_has_to_wait(link: str, provider: SiteClient, client: SiteClient) -> None:
    statuses = [provider.get(f"/nakijken/geraden-{number}").status_code for number in range(40)]
    assert statuses[0] == 404
    assert statuses[-1] == 429
    assert client.get(link).status_code == 200  # from elsewhere


def test_too_much_with_one_link_has_to_wait(link: str, provider: SiteClient) -> None:
    pairs = Page(provider.get(link).text).form(link)
    statuses = [provider.send(link, pairs).status_code for _ in range(40)]
    assert statuses[0] == 422
    assert statuses[-1] == 429


def test_only_a_publisher_makes_links_and_few_at_a_time(
    publisher: SiteClient, editor: SiteClient, database: sessionmaker[Session]
) -> None:
    assert "/diensten/lamp/link" not in editor.get("/diensten/lamp").text
    token = dict(Page(editor.get("/diensten/lamp").text).form("/diensten/lamp"))["form_token"]
    assert editor.send("/diensten/lamp/link", {"form_token": token, "dagen": "7"}).status_code == 403
    for _ in range(links.MOST_OPEN):
        new_link(publisher)
    assert publisher.press("/diensten/lamp", "/diensten/lamp/link").status_code == 303
    own = dict(Page(publisher.get("/diensten/lamp").text).form("/diensten/lamp"))["form_token"]
    assert publisher.send("/diensten/lamp/link", {"form_token": own, "dagen": "400"}).status_code == 422
    with database() as db:
        assert db.query(ProviderLink).count() == links.MOST_OPEN


def test_the_log_tells_of_making_using_and_revoking(
    link: str, provider: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    provider.change(link, klopt=["hours"])
    new_link(publisher)
    action = re.search(r"/diensten/lamp/link/\d+/intrekken", publisher.get("/diensten/lamp").text)
    assert action
    publisher.press("/diensten/lamp", action[0])
    with database() as db:
        log = [(one.user_name, one.action) for one in db.query(AuditEntry).order_by(AuditEntry.id)]
    service, person = "Proefhuis (zelf nagekeken)", "Iemand publisher"
    assert log == [
        (person, "link gemaakt"),
        (service, "voorgesteld"),
        (service, "link gebruikt"),
        (person, "link gemaakt"),
        (person, "link ingetrokken"),
    ]


def test_two_at_the_very_same_moment_make_one_proposal(link: str, database: sessionmaker[Session]) -> None:
    token = link.rpartition("/")[2]
    with database() as one, database() as other:
        found = [(db, links.find(db, token)) for db in (one, other)]
        for number, (db, mine) in enumerate(found):
            assert mine
            service = db.get_one(Service, mine.service_id)
            subject = subjects.of_service(service)
            person = links.author_of(mine, service, subject)
            proposal = proposals.prepared(
                person, subject, dict(subject.record), NOW, why="proef", checked=["hours"], kind="nagekeken"
            )
            assert proposal
            if number == 0:
                links.use(db, mine, proposal, NOW)
            else:
                with pytest.raises(saving.Conflict):
                    links.use(db, mine, proposal, NOW)
    the_proposal(database)
