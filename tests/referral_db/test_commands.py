from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import pytest

from nachtlicht.settings import Settings
from referral_db import commands
from referral_db.commands import FORMATS, add_db_commands
from referral_db.database import make_session_factory
from referral_db.models import Seeded

if TYPE_CHECKING:
    from pathlib import Path


def _run(tmp_path: Path, *words: str, url: str | None = None) -> int:
    parser = argparse.ArgumentParser()
    add_db_commands(parser.add_subparsers(required=True))
    chosen = parser.parse_args(["db", *words])
    environment = {
        "NACHTLICHT_DATABASE_URL": url or f"sqlite:///{tmp_path}/db/nachtlicht.db",
        "NACHTLICHT_CLOCK": "2026-11-23T03:10",
    }
    status: int = chosen.run(chosen, Settings.from_environment(environment))
    return status


@pytest.fixture
def seeded(tmp_path: Path, seeded_url: str) -> Path:
    (tmp_path / "db").mkdir()
    (tmp_path / "seeded.db").rename(tmp_path / "db" / "nachtlicht.db")
    return tmp_path


def test_seed_makes_the_database_and_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tmp_path, "seed") == 0
    assert "nieuw" in capsys.readouterr().out
    assert _run(tmp_path, "seed") == 0
    assert "gelijk" in capsys.readouterr().out


def test_seed_names_what_stays_as_maintainers_wrote_it(seeded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the guide that comes with the product says something else since it last wrote the record."""
    (seeded / "x.csv").write_text("code;naam\nlumi;Lumi van ons\n", encoding="utf-8")
    assert _run(seeded, "import", str(seeded / "x.csv")) == 0
    capsys.readouterr()
    assert _run(seeded, "seed") == 0
    assert "blijft" not in capsys.readouterr().out
    factory = make_session_factory(f"sqlite:///{seeded / 'db' / 'nachtlicht.db'}")
    with factory.begin() as session:
        session.get_one(Seeded, "service/lumi").fingerprint = "what an older seed wrote"
    factory.kw["bind"].dispose()
    assert _run(seeded, "seed") == 0
    printed = capsys.readouterr().out
    assert "blijft  service/lumi: name" in printed
    assert "1 keer zegt de nieuwe gids iets anders" in printed


def test_check_of_the_seed_passes(seeded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(seeded, "check") == 0
    assert "0 fouten" in capsys.readouterr().out


def test_check_draws_the_coverage(seeded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(seeded, "check", "--picture", str(seeded / "coverage.svg")) == 0
    assert (seeded / "coverage.svg").read_text(encoding="utf-8").startswith("<svg ")
    assert _run(seeded, "check", "--picture", str(seeded / "geen" / "coverage.svg")) == 2
    assert "coverage.svg kan niet geschreven worden" in capsys.readouterr().err


def test_check_fails_on_an_error(seeded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (seeded / "x.csv").write_text("code;bron\nlumi;van horen zeggen\n", encoding="utf-8")
    assert _run(seeded, "import", str(seeded / "x.csv")) == 0
    assert _run(seeded, "check") == 1
    assert "FOUT  lumi: gepubliceerd zonder bron" in capsys.readouterr().out


def test_stats_as_json_and_as_text(seeded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(seeded, "stats", "--json") == 0
    counts = json.loads(capsys.readouterr().out)
    assert counts["services"]["published"] >= 60
    assert _run(seeded, "stats") == 0
    assert f"  published: {counts['services']['published']}\n" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["hsds", "tabular", "csv", "xlsx"])
def test_out_to_a_file_and_in_again(seeded: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    file = seeded / f"gids{FORMATS[kind]}"
    assert _run(seeded, "export", "--format", kind, "--all", "--output", str(file)) == 0
    assert _run(seeded, "import", str(file)) == 0
    assert "0 nieuw, 0 gewijzigd" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["xlsx", "tabular"])
def test_what_is_no_text_needs_a_file(seeded: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    assert _run(seeded, "export", "--format", kind) == 2
    assert "Geef --output" in capsys.readouterr().err


def test_export_to_standard_output(seeded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(seeded, "export") == 0
    assert len(json.loads(capsys.readouterr().out)) >= 60


def test_a_dry_run_shows_and_stores_nothing(seeded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (seeded / "x.csv").write_text("code;naam\nlumi;Lumi+\n", encoding="utf-8")
    for _ in range(2):
        assert _run(seeded, "import", str(seeded / "x.csv"), "--dry-run") == 0
        out = capsys.readouterr().out
        assert "gewijzigd  lumi: name" in out
        assert "Niets bewaard" in out


def test_bad_rows_are_listed_and_nothing_is_stored(
    seeded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_SHOWN", 1)
    (seeded / "x.csv").write_text("code;stand\nlumi;klaar\ncgg;klaar\n", encoding="utf-8")
    assert _run(seeded, "import", str(seeded / "x.csv")) == 1
    error = capsys.readouterr().err
    assert "rij 2, stand: 'klaar' is niet een van" in error
    assert "… en nog 1." in error
    assert "Niets ingelezen: eerst deze 2 problemen oplossen." in error


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.txt", b"code\n", "Geef --format"),
        ("x.csv", "code;naam\nlumi;\xe9\n".encode("latin-1"), "is geen UTF-8"),
        ("weg.csv", None, "kan niet gelezen worden"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert _run(tmp_path, "import", str(tmp_path / name)) == 2
    assert reason in capsys.readouterr().err


def test_a_file_that_is_too_large_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "MAX_BYTES", 3)
    (tmp_path / "x.csv").write_text("code\n", encoding="utf-8")
    assert _run(tmp_path, "import", str(tmp_path / "x.csv")) == 2
    assert "te groot" in capsys.readouterr().err


def test_a_place_where_nothing_can_be_written_is_explained(seeded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(seeded, "export", "--output", str(seeded / "geen" / "map.json")) == 2
    assert "kan niet geschreven worden" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://geheim@localhost/x", "not a database address"),
        ("postgresql://nachtlicht:geheim@127.0.0.1:1/x", "De database antwoordt niet"),
    ],
)
def test_a_database_that_cannot_be_used_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str, reason: str
) -> None:
    assert _run(tmp_path, "stats", url=url) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert "geheim" not in error
