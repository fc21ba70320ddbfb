"""In: a file is shown with what it would change, and goes on as proposals that one person makes, another approves."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from referral_db.curation import forms, imports, proposals, uploads
from referral_db.models import AuditEntry, Organization, Service
from referral_db.records import to_record
from referral_db.sheet import COLUMNS, table
from referral_db.workbook import write_workbook
from referral_db.workflow import Proposal
from tests.referral_db.curation.conftest import service
from tests.referral_db.curation.site_client import Page, SiteClient, changed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

NEW = {
    "code": "nieuw-1",
    "naam": "Nieuwe dienst",
    "organisatie_code": "proefhuis",
    "soort": "CAW",
    "stand": "gepubliceerd",
    "omschrijving": "Praat erover.",
    "noden": "ontrouw",
    "kanalen": "telefoon",
    "telefoon": "0470 00 00 01",
    "gebied": "land BE",
    "talen": "nl",
    "bron": "gebeld",
    "zekerheid": "hoog",
    "nagekeken_op": "2026-11-20",
}


def propose(client: SiteClient, name: str, data: bytes, **changes: str) -> tuple[str, int]:
    """Sends a file and says yes to the preview; gives where that leads, and the status of the preview."""
    seen = client.upload("/in-en-uit", name, data)
    pairs = Page(seen.text).form("/in-en-uit/voorstellen")
    made = client.send("/in-en-uit/voorstellen", changed(pairs, **changes))
    return made.headers["location"], seen.status_code


def counts(database: sessionmaker[Session]) -> tuple[int, int, int]:
    with database() as db:
        return db.query(Service).count(), db.query(Proposal).count(), db.query(AuditEntry).count()


def test_the_preview_shows_what_would_change_and_stores_nothing(
    editor: SiteClient, database: sessionmaker[Session]
) -> None:
    before = counts(database)
    page = editor.upload("/in-en-uit", "gids.csv", b"code;naam\nlamp;Lamp anders\nschets;Dienst schets\n")
    assert page.status_code == 200
    assert "Lamp anders" in page.text
    assert "<b>1</b> gewijzigd, als voorstel" in page.text
    assert "<b>1</b> zoals het al was" in page.text
    assert counts(database) == before


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_an_export_comes_back_in_without_a_change(editor: SiteClient, kind: str) -> None:
    data = editor.get(f"/gids.{kind}").content
    assert "Er is niets te wijzigen." in editor.upload("/in-en-uit", f"gids.{kind}", data).text


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_one_person_reads_a_file_in_and_another_approves_it_together(
    kind: str, editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    data = editor.get(f"/gids.{kind}").content
    if kind == "xlsx":
        with database() as db:
            record = to_record(db.query(Service).filter_by(slug="lamp").one()) | {"name": "Lamp anders"}
        data = write_workbook(table([record]))
    else:
        assert data.count(b"Dienst lamp") == 1
        data = data.replace(b"Dienst lamp", b"Lamp anders")
    path, _ = propose(editor, f"gids.{kind}", data)
    assert path.startswith("/in-en-uit/")
    with database() as db:
        assert db.query(Service).filter_by(slug="lamp").one().name == "Dienst lamp"
    assert "Een publiceerder die dit niet zelf inlas" in editor.get(path).text
    assert path in publisher.get("/").text
    assert path in publisher.get("/voorstellen").text
    done = publisher.press(path, f"{path}/goedkeuren")
    assert done.headers["location"] == "/voorstellen"
    with database() as db:
        lamp = db.query(Service).filter_by(slug="lamp").one()
        assert lamp.name == "Lamp anders"
        log = [(entry.user_name, entry.action) for entry in db.query(AuditEntry).order_by(AuditEntry.id)]
        assert log == [("Iemand editor", "voorgesteld"), ("Iemand publisher", "goedgekeurd")]
    assert "Hier wacht niets meer." in publisher.get(path).text


def test_who_read_it_in_does_not_approve_it(publisher: SiteClient, administrator: SiteClient) -> None:
    path, _ = propose(publisher, "gids.csv", b"code;naam\nlamp;Lamp anders\n")
    pairs = Page(administrator.get(path).text).form(f"{path}/goedkeuren")
    own = Page(publisher.get("/in-en-uit").text).form("/in-en-uit")
    pairs = changed(pairs, form_token=dict(own)["form_token"])
    assert publisher.send(f"{path}/goedkeuren", pairs).status_code == 403
    assert administrator.press(path, f"{path}/goedkeuren").status_code == 303


def test_a_new_service_is_a_draft_until_a_second_person_publishes_it(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    path, _ = propose(editor, "nieuw.csv", "\n".join(";".join(row) for row in (NEW, NEW.values())).encode())
    with database() as db:
        found = db.query(Service).filter_by(slug="nieuw-1").one()
        assert found.state == "draft"
        assert "nieuw.csv" in (found.draft_reason or "")
    publisher.press(path, f"{path}/goedkeuren")
    with database() as db:
        found = db.query(Service).filter_by(slug="nieuw-1").one()
        assert (found.state, found.draft_reason, found.organization.slug) == ("published", None, "proefhuis")


def test_a_changed_draft_is_stored_at_once(editor: SiteClient, database: sessionmaker[Session]) -> None:
    path, _ = propose(editor, "gids.csv", b"code;naam\nschets;Schets twee\n")
    assert path == "/diensten?staat=draft"
    with database() as db:
        assert db.query(Service).filter_by(slug="schets").one().name == "Schets twee"
        assert [entry.action for entry in db.query(AuditEntry)] == ["ingelezen"]


def test_every_bad_row_is_named_and_nothing_is_stored(editor: SiteClient, database: sessionmaker[Session]) -> None:
    before = counts(database)
    text = "code;naam;telefoon;stand\nlamp;Goed;0470 00 00 09;gepubliceerd\nschets;;geen nummer;misschien\n"
    page = editor.upload("/in-en-uit", "gids.csv", text.encode())
    assert page.status_code == 422
    rows = re.findall(r'<th scope="row">rij (\d+)</th><td data-label="Kolom">([^<]*)</td>', page.text)
    assert rows == [("3", "stand"), ("3", "naam"), ("3", "telefoon")]
    assert "Niets ingelezen" in page.text
    assert counts(database) == before


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("gids.pdf", b"x", "moet een bestand .csv, .xlsx of .json zijn"),
        ("gids.xlsx", b"geen werkmap", "is geen leesbaar XLSX-bestand"),
        ("gids.json", b"{", "is geen leesbare JSON"),
        ("gids.json", b"[" * 200_000, "is geen leesbare JSON"),
        ("gids.json", b'{"a": 1}', "moet een lijst van HSDS-diensten zijn"),
        ("gids.csv", b"code\n\xff\xfe", "is geen UTF-8"),
        ("gids.csv", b'code;naam\n"lamp;a\n' + b"x" * 140_000, "is geen leesbare CSV"),
        ("gids.csv", b"naam\nx\n", "deze kolom ontbreekt"),
        ("gids.csv", b"code;naam\nlamp;a\nlamp;b\n", "staat ook in rij 2"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(editor: SiteClient, name: str, data: bytes, reason: str) -> None:
    page = editor.upload("/in-en-uit", name, data)
    assert page.status_code == 422
    assert reason in page.text


def test_no_file_and_too_large_a_file_are_refused_kindly(editor: SiteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Kies eerst een bestand." in editor.upload("/in-en-uit", "", b"").text
    monkeypatch.setattr(forms, "MAX_FILE", 2_000_000)
    page = editor.upload("/in-en-uit", "gids.csv", b"x" * 2_000_000)
    assert page.status_code == 400
    assert "Het bestand is te groot: hoogstens 2 MB." in page.text


def test_a_file_that_changes_too_much_is_refused(editor: SiteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MAX_CHANGES", 1)
    page = editor.upload("/in-en-uit", "gids.csv", b"code;naam\nlamp;a\nschets;b\n")
    assert page.status_code == 422
    assert "wijzigt 2 diensten" in page.text


def test_what_changed_after_the_preview_is_shown_again(editor: SiteClient, database: sessionmaker[Session]) -> None:
    seen = editor.upload("/in-en-uit", "gids.csv", b"code;naam\nlamp;Lamp anders\n")
    with database() as db:
        db.query(Service).filter_by(slug="lamp").one().name = "Van iemand anders"
        db.commit()
    again = editor.send("/in-en-uit/voorstellen", Page(seen.text).form("/in-en-uit/voorstellen"))
    assert again.status_code == 409
    assert "Van iemand anders" in again.text
    assert counts(database)[1] == 0
    made = editor.send("/in-en-uit/voorstellen", Page(again.text).form("/in-en-uit/voorstellen"))
    assert made.status_code == 303


def test_an_import_that_breaks_off_in_the_middle_leaves_nothing(
    editor: SiteClient, database: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts(database)
    seen = editor.upload("/in-en-uit", "gids.csv", b"code;naam\nlamp;a\nschets;b\nschuilplek;c\n")
    add = proposals.add

    def add_one(db: Session, proposal: Proposal) -> None:
        if proposal.title == "Dienst schuilplek":
            raise RuntimeError("the process ends here")
        add(db, proposal)

    monkeypatch.setattr(proposals, "add", add_one)
    broken = editor.send("/in-en-uit/voorstellen", Page(seen.text).form("/in-en-uit/voorstellen"))
    assert broken.status_code == 500
    assert counts(database) == before


def test_together_means_all_that_was_seen_or_nothing(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    path, _ = propose(editor, "gids.csv", b"code;naam\nlamp;Lamp anders\nschuilplek;Schuilplek anders\n")
    seen = Page(publisher.get(path).text).form(f"{path}/goedkeuren")
    with database() as db:
        db.query(Service).filter_by(slug="lamp").one().description = "Iets anders."
        db.commit()
    late = publisher.send(f"{path}/goedkeuren", seen)
    assert late.status_code == 409
    with database() as db:
        assert {one.state for one in db.query(Proposal)} == {"open"}
        db.query(Service).filter_by(slug="lamp").one().name = "Van iemand anders"
        db.commit()
    page = publisher.get(path)
    assert "Een voor een na te kijken" in page.text  # the name overlaps now: somebody looks at both
    publisher.press(path, f"{path}/goedkeuren")
    with database() as db:
        assert db.query(Service).filter_by(slug="lamp").one().name == "Van iemand anders"
        assert db.query(Service).filter_by(slug="schuilplek").one().name == "Schuilplek anders"


def test_a_line_of_the_safety_protocol_is_approved_alone(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    path, _ = propose(editor, "gids.csv", b"code;telefoon\nlamp;106\n")
    publisher.press(path, f"{path}/goedkeuren")
    second, _ = propose(editor, "gids.csv", b"code;naam\nlamp;Lamp anders\n")
    page = publisher.get(second)
    assert "Een voor een na te kijken" in page.text
    assert f"{second}/goedkeuren" not in page.text


def test_data_of_an_organization_change_for_all_its_services(
    editor: SiteClient, publisher: SiteClient, database: sessionmaker[Session]
) -> None:
    path, _ = propose(editor, "gids.csv", b"code;organisatie_website\nlamp;https://nieuw.example\n")
    proposal = publisher.get(path).text.split('href="/voorstellen/')[1].split('"')[0]
    assert "https://nieuw.example" in publisher.get(f"/voorstellen/{proposal}").text
    publisher.press(path, f"{path}/goedkeuren")
    with database() as db:
        assert db.query(Organization).one().website == "https://nieuw.example"


def test_a_service_keeps_its_code(editor: SiteClient) -> None:
    text = editor.get("/gids.json?zoek=lamp").text
    document = json.loads(text)
    renamed = text.replace('"value": "lamp"', '"value": "andere-naam"')
    assert renamed != text
    assert len(document) == 1
    page = editor.upload("/in-en-uit", "gids.json", renamed.encode())
    assert page.status_code == 422
    assert "heet" in page.text


def test_a_file_is_only_for_who_sent_it_and_not_for_long(
    editor: SiteClient, publisher: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = editor.upload("/in-en-uit", "gids.csv", b"code;naam\nlamp;Lamp anders\n")
    pairs = Page(seen.text).form("/in-en-uit/voorstellen")
    own = dict(Page(publisher.get("/in-en-uit").text).form("/in-en-uit"))["form_token"]
    assert publisher.send("/in-en-uit/voorstellen", changed(pairs, form_token=own)).status_code == 410
    monkeypatch.setattr(uploads, "KEPT_SECONDS", -1.0)
    assert editor.send("/in-en-uit/voorstellen", pairs).status_code == 410


def test_a_reader_takes_the_guide_along_and_reads_nothing_in(reader: SiteClient) -> None:
    assert "/gids.csv" in reader.get("/in-en-uit").text
    assert 'type="file"' not in reader.get("/in-en-uit").text
    assert reader.send("/in-en-uit", {"form_token": "x"}).status_code == 403


def test_a_name_of_a_batch_that_is_not_there_is_a_kind_404(reader: SiteClient) -> None:
    assert reader.get("/in-en-uit/bestaat-niet").status_code == 404


def test_the_sheet_of_a_service_has_every_column(editor: SiteClient) -> None:
    assert editor.get("/gids.csv").text.lstrip("\ufeff").split("\r\n", 1)[0] == ";".join(COLUMNS)
    assert service("lamp")["name"] in editor.get("/gids.csv").text
