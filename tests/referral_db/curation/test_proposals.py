"""Proposals: a second person decides, what overlaps is never overwritten, crisis records, history and undo."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from sqlalchemy import select

from referral_db.answers import find_answer
from referral_db.curation import proposals, saving, subjects
from referral_db.models import Answer, AuditEntry, Service
from referral_db.records import store, to_record
from referral_db.seeding import seed
from referral_db.validation import complete
from referral_db.workflow import Proposal
from tests.referral_db.curation.conftest import TODAY, service, signed_in
from tests.referral_db.curation.site_client import PEOPLE, Page, SiteClient, changed, publish

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session, sessionmaker
    from starlette.applications import Starlette

LAMP = "/diensten/lamp"


def record_of(database: sessionmaker[Session], slug: str = "lamp") -> dict[str, Any]:
    with database() as db:
        return to_record(db.scalars(select(Service).where(Service.slug == slug)).one())


def states(database: sessionmaker[Session]) -> list[str]:
    with database() as db:
        return [one.state for one in db.scalars(select(Proposal).order_by(Proposal.id))]


def propose(client: SiteClient, path: str = LAMP, **changes: str | list[str]) -> str:
    """Proposes a change and gives the address of the proposal."""
    return str(client.change(path, **{"waarom": "proef", **changes}).headers["location"])


@pytest.fixture
def crisis_line(database: sessionmaker[Session]) -> str:
    """The path of a published service with a number of the safety protocol."""
    with database() as db:
        record, problems = complete(service("luisterlijn", phones=[{"number": "106"}], checked_on="2026-01-01"))
        assert not problems
        store(db, record)
        db.commit()
    return "/diensten/luisterlijn"


def test_a_proposal_shows_what_changes_and_why(editor: SiteClient, publisher: SiteClient) -> None:
    path = propose(editor, cost_options__0__amount="9,50", waarom="nieuw tarief op hun site")
    page = publisher.get(path).text
    for words in ("nieuw tarief op hun site", PEOPLE["editor"], "€ 11", "€ 9,5", "Bedragen"):
        assert words in page
    assert "Goedkeuren en publiceren" in page
    assert "Goedkeuren en publiceren" not in editor.get(path).text
    assert "nieuw tarief" in publisher.get("/voorstellen").text
    assert f"Voorstel van {PEOPLE['editor']}" in publisher.get(LAMP).text


def test_before_approval_nothing_changes(editor: SiteClient, database: sessionmaker[Session]) -> None:
    before = record_of(database)
    propose(editor, name="Nieuwe lamp")
    assert record_of(database) == before


def test_a_reason_is_asked_and_nothing_is_lost(editor: SiteClient, database: sessionmaker[Session]) -> None:
    for why in ("", "x", "y" * 301):
        response = editor.change(LAMP, name="Nieuwe lamp", waarom=why)
        assert response.status_code == 422
        assert 'href="#waarom"' in response.text
        assert "Nieuwe lamp" in response.text
    assert states(database) == []


def test_only_a_publisher_decides(app: Starlette, editor: SiteClient, database: sessionmaker[Session]) -> None:
    path = propose(editor, name="Nieuwe lamp")
    form = Page(editor.get(LAMP).text).form(LAMP)[:1]
    assert editor.send(f"{path}/goedkeuren", [*form, ("gezien", "1")]).status_code == 403
    assert editor.send(f"{path}/weigeren", [*form, ("reden", "zomaar")]).status_code == 403
    reader = signed_in(app, "reader", "203.0.113.8")
    assert "Goedkeuren en" not in reader.get(path).text
    assert states(database) == ["open"]


def test_sent_back_with_a_reason_and_adapted(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    path = propose(editor, name="Nieuwe lamp")
    short = publisher.send(
        f"{path}/weigeren", changed(Page(publisher.get(path).text).form(f"{path}/weigeren"), reden="")
    )
    assert short.status_code == 422
    pairs = Page(publisher.get(path).text).form(f"{path}/weigeren")
    publisher.send(f"{path}/weigeren", changed(pairs, reden="De naam staat anders op hun site."))
    page = editor.get(path).text
    assert "De naam staat anders op hun site." in page
    assert "teruggestuurd" in page
    assert states(database) == ["refused"]
    again = publisher.send(f"{path}/goedkeuren", [*pairs[:1], ("gezien", "1")])
    assert again.status_code == 409
    assert "De naam staat anders op hun site." in editor.get("/").text
    form = Page(editor.get(f"{LAMP}?voorstel={path.split('/')[-1]}").text).form(LAMP)
    assert ("name", "Nieuwe lamp") in form  # nothing that was written is lost
    editor.send(LAMP, changed(form, name="Zoals op hun site"))
    assert states(database) == ["replaced", "open"]
    assert "De naam staat anders" not in editor.get("/").text
    assert record_of(database)["name"] == "Dienst lamp"


def test_an_author_adapts_or_withdraws(editor: SiteClient, database: sessionmaker[Session]) -> None:
    path = propose(editor, name="Nieuwe lamp", phones__0__number="0470 00 00 99")
    form = Page(editor.get(f"{LAMP}?voorstel={path.split('/')[-1]}").text).form(LAMP)
    assert ("name", "Nieuwe lamp") in form
    assert ("waarom", "proef") in form
    response = editor.send(LAMP, changed(form, name="Nog nieuwer"))
    assert states(database) == ["replaced", "open"]
    second = response.headers["location"]
    editor.press(second, f"{second}/intrekken")
    assert states(database) == ["replaced", "withdrawn"]


def test_nobody_withdraws_what_is_of_another(
    editor: SiteClient, app: Starlette, database: sessionmaker[Session]
) -> None:
    path = propose(editor, name="Nieuwe lamp")
    publisher = signed_in(app, "publisher", "203.0.113.8")
    form = Page(publisher.get(path).text).form(f"{path}/weigeren")[:1]
    assert publisher.send(f"{path}/intrekken", form).status_code == 403
    assert states(database) == ["open"]


def test_who_adapts_a_proposal_cannot_approve_it(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    path = propose(editor, name="Nieuwe lamp")
    form = Page(publisher.get(f"{LAMP}?voorstel={path.split('/')[-1]}").text).form(LAMP)
    adapted = publisher.send(LAMP, changed(form, name="Van de publiceerder")).headers["location"]
    assert "Goedkeuren en publiceren" not in publisher.get(adapted).text
    assert states(database) == ["replaced", "open"]


def test_two_proposals_for_other_fields_both_come_through(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    one, other = propose(editor, name="Nieuwe lamp"), propose(editor, phones__0__number="0470 00 00 99")
    for path in (one, other):
        assert publisher.press(path, f"{path}/goedkeuren").headers["location"] == "/voorstellen"
    record = record_of(database)
    assert (record["name"], record["phones"][0]["number"]) == ("Nieuwe lamp", "0470 00 00 99")


def test_two_proposals_for_one_field_never_overwrite(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    one, other = propose(editor, name="Naam een"), propose(editor, name="Naam twee")
    publisher.press(one, f"{one}/goedkeuren")
    page = publisher.get(other).text
    assert "wijzigde intussen hetzelfde: naam" in page
    assert "Naam een" in page
    assert "Naam twee" in page
    assert "Goedkeuren en publiceren" not in page
    token = Page(page).form(f"{other}/weigeren")[:1]
    assert publisher.send(f"{other}/goedkeuren", [*token, ("gezien", "2")]).status_code == 409
    assert record_of(database)["name"] == "Naam een"
    # Its author takes it up again: the form begins with what they wrote, over what is there now.
    form = Page(editor.get(f"{LAMP}?voorstel={other.split('/')[-1]}").text).form(LAMP)
    again = editor.send(LAMP, changed(form, name="Naam een en twee")).headers["location"]
    assert publisher.press(again, f"{again}/goedkeuren").status_code == 303
    assert record_of(database)["name"] == "Naam een en twee"


def test_what_changed_after_it_was_read_is_read_again(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    path = propose(editor, "/diensten/schets", state="published")
    form = Page(publisher.get(path).text).form(f"{path}/goedkeuren")
    assert "0470 00 00 00" in publisher.get(path).text  # the whole record: nobody else saw it yet
    editor.change("/diensten/schets", phones__0__number="0470 66 66 66")
    stopped = publisher.send(f"{path}/goedkeuren", form)
    assert stopped.status_code == 409
    assert "0470 66 66 66" in stopped.text
    assert record_of(database, "schets")["state"] == "draft"
    assert publisher.send(f"{path}/goedkeuren", Page(stopped.text).form(f"{path}/goedkeuren")).status_code == 303


def test_a_check_in_between_stands_in_nobodys_way(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    path = propose(editor, name="Nieuwe lamp")
    publisher.press(LAMP, f"{LAMP}/nagekeken", field="hours")
    assert publisher.press(path, f"{path}/goedkeuren").headers["location"] == "/voorstellen"
    record = record_of(database)
    checks = {check["field"]: check["checked_by"] for check in record["field_checks"]}
    assert (checks["hours"], checks["name"]) == (PEOPLE["publisher"], PEOPLE["editor"])


def test_two_publishers_at_the_same_moment(
    editor: SiteClient, database: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch, publisher: SiteClient
) -> None:
    path = propose(editor, name="Nieuwe lamp")
    decide = proposals._decide

    def decide_after_somebody_else(*arguments: Any) -> None:
        with database() as other:
            other.get_one(Proposal, 1).state = "refused"
            other.commit()
        decide(*arguments)

    monkeypatch.setattr(proposals, "_decide", decide_after_somebody_else)
    response = publisher.press(path, f"{path}/goedkeuren")
    assert response.status_code == 409
    assert record_of(database)["name"] == "Dienst lamp"
    assert states(database) == ["refused"]


def test_a_publication_that_breaks_leaves_nothing_behind(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = propose(editor, name="Half"), record_of(database)
    form = Page(publisher.get(path).text).form(f"{path}/goedkeuren")

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(saving, "record_change", fail)
    assert publisher.send(f"{path}/goedkeuren", form).status_code == 500
    assert record_of(database) == before
    assert states(database) == ["open"]


def test_what_may_not_be_published_any_more_says_why(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    path = propose(editor, "/diensten/schets", state="published")
    editor.change("/diensten/schets", needs=[])
    page = publisher.get(path).text
    assert "kan niet gepubliceerd worden" in page
    assert "Goedkeuren en publiceren" not in page


def test_a_proposal_for_what_is_gone_can_only_be_sent_back(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    path = propose(editor, name="Nieuwe lamp")
    with database() as db:
        db.delete(db.scalars(select(Service).where(Service.slug == "lamp")).one())
        db.commit()
    page = publisher.get(path)
    assert "niet meer in de gids" in page.text
    pairs = changed(Page(page.text).form(f"{path}/weigeren"), reden="Bestaat niet meer.")
    assert publisher.send(f"{path}/weigeren", pairs).status_code == 303


@pytest.mark.parametrize("number", ["999", "99999999999999999999"])
def test_a_proposal_that_is_not_there(reader: SiteClient, number: str) -> None:
    assert reader.get(f"/voorstellen/{number}").status_code == 404
    assert reader.get(f"{LAMP}?voorstel={number}").status_code == 200


# Crisis records


def test_of_a_crisis_line_even_a_check_waits_for_a_second_person(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session], crisis_line: str
) -> None:
    before = record_of(database, "luisterlijn")
    for _ in range(2):  # twice is once
        response = publisher.press(crisis_line, f"{crisis_line}/nagekeken", field="phone")
        assert response.headers["location"] == crisis_line
    assert states(database) == ["open"]
    assert "tweede persoon" in publisher.get(crisis_line).text
    assert record_of(database, "luisterlijn") == before
    assert "Goedkeuren en publiceren" not in publisher.get("/voorstellen/1").text


def test_the_second_person_confirms_the_check_of_a_crisis_line(
    app: Starlette, publisher: SiteClient, database: sessionmaker[Session], crisis_line: str
) -> None:
    publisher.press(crisis_line, f"{crisis_line}/nagekeken", field="phone")
    second = signed_in(app, "administrator", "203.0.113.8")
    assert second.press("/voorstellen/1", "/voorstellen/1/goedkeuren").headers["location"] == "/voorstellen"
    checks = {check["field"]: check for check in record_of(database, "luisterlijn")["field_checks"]}
    assert (checks["phone"]["checked_on"], checks["phone"]["checked_by"]) == (TODAY, PEOPLE["publisher"])


def test_checking_all_of_a_crisis_line_waits_too(
    publisher: SiteClient, database: sessionmaker[Session], crisis_line: str
) -> None:
    before = record_of(database, "luisterlijn")
    assert publisher.change(crisis_line, alles_nagekeken="ja").headers["location"] == crisis_line
    assert states(database) == ["open"]
    assert record_of(database, "luisterlijn") == before


def test_an_answer_about_a_risk_waits_for_a_second_person(
    app: Starlette, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    with database() as db:
        db.add(
            Answer(code="zelfdoding", kind="tips", moment="altijd", text="Je bent niet alleen.", source="proef",
                   owner="An", reviewed_on=TODAY, expires_on=TODAY + dt.timedelta(days=9), state="published")
        )  # fmt: skip
        db.commit()
        number = db.scalars(select(Answer.id).where(Answer.code == "zelfdoding")).one()
        assert subjects.of_answer(db.get_one(Answer, number)).crisis
    publisher.press("/", f"/antwoorden/{number}/nagekeken")
    with database() as db:
        assert db.get_one(Answer, number).version == 1
    second = signed_in(app, "administrator", "203.0.113.8")
    second.press("/voorstellen/1", "/voorstellen/1/goedkeuren")
    with database() as db:
        assert db.get_one(Answer, number).expires_on == TODAY + saving.YEAR


@pytest.mark.parametrize(
    ("changes", "crisis"),
    [
        ({"phones": [{"number": "106"}]}, True),
        ({"phones": [{"number": "+32 106"}]}, False),
        ({"phones": [{"number": "0470 00 01 06"}]}, False),
        ({"url": "https://www.tele-onthaal.be"}, False),
        ({"phones": [{"number": "1 8 1 3"}]}, True),
    ],
)
def test_which_services_are_crisis_lines(changes: dict[str, Any], crisis: bool) -> None:
    record, problems = complete(service("proef", **changes))
    assert not problems
    assert subjects._is_crisis_line(record) is crisis


# History and undo


def test_the_history_tells_field_who_when_and_why(
    editor: SiteClient, publisher: SiteClient, reader: SiteClient
) -> None:
    publish(editor, publisher, LAMP, name="Nieuwe lamp", waarom="heet nu anders")
    publish(editor, publisher, LAMP, phones__0__number="0470 00 00 99", waarom="gebeld")
    page = reader.get(f"{LAMP}/geschiedenis").text
    for words in ("heet nu anders", "gebeld", PEOPLE["editor"], f"door {PEOPLE['publisher']}", "Dienst lamp", "Naam"):
        assert words in page
    only = reader.get(f"{LAMP}/geschiedenis?veld=Naam").text
    assert "heet nu anders" in only
    assert "gebeld" not in only
    assert "Ongedaan maken" not in page


def test_undo_puts_back_what_stood_before(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    before = record_of(database)
    publish(editor, publisher, LAMP, phones__0__number="0470 99 99 99", name="Fout")
    path = f"{LAMP}/geschiedenis"
    form = Page(publisher.get(path).text).form(f"{LAMP}/terugdraaien")
    assert publisher.send(f"{LAMP}/terugdraaien", form).status_code == 422  # a reason, here too
    done = publisher.send(f"{LAMP}/terugdraaien", changed(form, waarom="dat nummer bestaat niet"))
    assert done.headers["location"] == LAMP
    after = record_of(database)
    for name in ("name", "phones", "field_checks"):
        assert sorted(map(str, after[name])) == sorted(map(str, before[name]))
    page = publisher.get(path).text
    assert "dat nummer bestaat niet" in page
    assert "teruggedraaid" in page


def test_an_answer_is_put_back_too(editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]) -> None:
    with database() as db:
        number = db.scalars(select(Answer.id).where(Answer.code == "ontrouw", Answer.moment == "altijd")).one()
    path = f"/antwoorden/{number}"
    publish(editor, publisher, path, text="Dat is fout geschreven.")
    form = Page(publisher.get(f"{path}/geschiedenis").text).form(f"{path}/terugdraaien")
    assert publisher.send(f"{path}/terugdraaien", changed(form, waarom="fout")).headers["location"] == path
    with database() as db:
        assert find_answer(db, "ontrouw", "eerste", night=False, today=TODAY) == "Dat is een schok (altijd)."


def test_undo_does_not_undo_what_came_later(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    publish(editor, publisher, LAMP, name="Naam een")
    form = Page(publisher.get(f"{LAMP}/geschiedenis").text).form(f"{LAMP}/terugdraaien")
    publish(editor, publisher, LAMP, name="Naam twee")
    stopped = publisher.send(f"{LAMP}/terugdraaien", changed(form, waarom="fout"))
    assert stopped.status_code == 409
    assert record_of(database)["name"] == "Naam twee"


def test_undo_of_a_crisis_line_waits_for_a_second_person(
    app: Starlette, editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session], crisis_line: str
) -> None:
    publish(editor, publisher, crisis_line, name="Andere naam")
    form = Page(publisher.get(f"{crisis_line}/geschiedenis").text).form(f"{crisis_line}/terugdraaien")
    made = publisher.send(f"{crisis_line}/terugdraaien", changed(form, waarom="fout")).headers["location"]
    assert made == "/voorstellen/2"
    assert record_of(database, "luisterlijn")["name"] == "Andere naam"
    signed_in(app, "administrator", "203.0.113.8").press(made, f"{made}/goedkeuren")
    assert record_of(database, "luisterlijn")["name"] == "Dienst luisterlijn"


def test_an_editor_does_not_undo(editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]) -> None:
    publish(editor, publisher, LAMP, name="Naam een")
    form = Page(editor.get(LAMP).text).form(LAMP)[:1]
    assert editor.send(f"{LAMP}/terugdraaien", [*form, ("voorstel", "1"), ("waarom", "fout")]).status_code == 403
    assert record_of(database)["name"] == "Naam een"


def test_the_log_holds_every_step(
    administrator: SiteClient, editor: SiteClient, database: sessionmaker[Session]
) -> None:
    publish(editor, administrator, LAMP, name="Naam een")
    refused = propose(editor, name="Naam twee")
    pairs = Page(administrator.get(refused).text).form(f"{refused}/weigeren")
    administrator.send(f"{refused}/weigeren", changed(pairs, reden="Niet nodig."))
    with database() as db:
        actions = [(entry.user_name, entry.action) for entry in db.scalars(select(AuditEntry).order_by(AuditEntry.id))]
        assert json.loads(db.scalars(select(Proposal.after)).first() or "") == {"name": "Naam een"}
    author, decider = PEOPLE["editor"], PEOPLE["administrator"]
    assert actions == [
        (author, "voorgesteld"),
        (decider, "goedgekeurd"),
        (author, "voorgesteld"),
        (decider, "geweigerd"),
    ]
    assert 'href="/voorstellen/2"' in administrator.get("/logboek").text


def test_a_new_seed_changes_nothing_of_what_was_approved_or_waits(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session], tmp_path: Path
) -> None:
    """What maintainers did stays; a proposal that overlaps with a refreshed record overwrites nothing."""
    seed_file = tmp_path / "seed" / "flanders.yml"
    seed_file.parent.mkdir()
    seeded = service("zaad") | {"service_areas": ["provincie Limburg"], "languages": ["nl"], "locations": []}
    about = seeded.pop("organization")

    def reseed(**changes: str) -> None:
        services = [seeded | changes, seeded | changes | {"slug": "kiem"}]
        seed_file.write_text(yaml.safe_dump({"organizations": [about | {"services": services}]}), "utf-8")
        with database() as db:
            seed(db, seed_file.parent)
            db.commit()

    reseed()
    assert publish(editor, publisher, "/diensten/zaad", name="Van ons").status_code == 303
    waiting = propose(editor, "/diensten/kiem", name="Van ons ook")
    reseed(name="Van het zaad")
    assert record_of(database, "zaad")["name"] == "Van ons"
    assert record_of(database, "kiem")["name"] == "Van het zaad"
    page = publisher.get(waiting)
    assert "Er is niets overschreven" in page.text
    assert f"{waiting}/goedkeuren" not in page.text
    assert "seed" in publisher.get("/diensten/kiem").text  # the history tells who changed it
