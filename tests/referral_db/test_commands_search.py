"""The search on the command line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from nachtlicht.settings import Settings
from referral_db.commands_search import add_search_command
from referral_db.database import make_session_factory
from tests.referral_db.invented_services import ALWAYS, add, area


@pytest.fixture
def settings(sqlite_url: str) -> Settings:
    factory = make_session_factory(sqlite_url)
    with factory.begin() as session:
        add(session, "line", hours=[ALWAYS], phones=[{"number": "000 00 00 00"}])
        add(session, "visit", channels=["ter_plaatse"], at="9050", areas=[area("Gent")], provider_type="groep")
    factory.kw["bind"].dispose()
    return Settings(sqlite_url)


def run(settings: Settings, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_search_command(parser.add_subparsers(required=True))
    chosen = parser.parse_args(["search", *arguments])
    status: int = chosen.run(chosen, settings)
    return status


def test_json_is_a_list_of_cards(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--at", "2026-11-23T02:30"]
    assert run(settings, "--need", "ontrouw", "--place", "9000", *at, "--limit", "3", "--json") == 0
    cards = json.loads(capsys.readouterr().out)
    assert [card["id"] for card in cards] == ["line", "visit"]
    assert cards[0]["open"]["text"] == "dag en nacht open"


def test_words_for_people(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--need", "ontrouw", "--place", "gent", "--max-price", "0", "--at", "2026-11-23T02:30"]
    assert run(settings, *arguments) == 0
    out = capsys.readouterr().out
    assert "Testdienst line (CAW)" in out
    assert "  + voor vragen over ontrouw, helpt in heel Vlaanderen en Brussel, gratis" in out
    assert "  telefoon: 000 00 00 00" in out
    assert "plaats: Teststraat 1, 9050 Gent (3," in out


def test_what_was_widened_is_said(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(settings, "--need", "ontrouw", "--place", "9000", "--channel", "chat") == 0
    assert capsys.readouterr().out.startswith("Ik vond nu weinig hulp waar je kan chatten.")


def test_of_two_with_one_name_the_town_is_taken(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(settings, "--need", "ontrouw", "--place", "aalst") == 0
    assert capsys.readouterr().err == (
        "--place: 'aalst' is read as 9300 Aalst; there is also \"3800 Aalst\" (Sint-Truiden)\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--need", "ontrow"], "--need: unknown code 'ontrow'; did you mean ontrouw?", id="need"),
        pytest.param(["--need", "xyz"], "--need: unknown code 'xyz'; choose from communicatie", id="far from any need"),
        pytest.param(["--need", "ontrouw", "--place", "Parijs"], "no place in Flanders or Brussels", id="place"),
        pytest.param(["--need", "ontrouw", "--place", "deurne"], "more than one place; choose from", id="two places"),
        pytest.param(["--need", "ontrouw", "--channel", "fax"], "--channel: unknown code 'fax'", id="channel"),
        pytest.param(["--need", "ontrouw", "--at", "straks"], "--at: not a local time: 'straks'", id="time"),
        pytest.param(["--need", "ontrouw", "--max-price", "-1"], "--max-price: not an amount in EUR", id="price"),
        pytest.param(["--need", "ontrouw", "--max-price", "nan"], "--max-price: not an amount in EUR", id="no number"),
        pytest.param(["--need", "ontrouw", "--limit", "0"], "--limit: 0 is not between 1 and 50", id="limit"),
        pytest.param(["--need", "ontrouw", "--offset", "-1"], "--offset: -1 is below 0", id="offset"),
    ],
)
def test_a_wrong_option_is_a_sentence_and_status_2(
    settings: Settings, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(settings, *arguments) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


def test_a_database_without_tables_is_a_sentence_and_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(Settings(f"sqlite:///{tmp_path / 'empty.db'}"), "--need", "ontrouw") == 1
    assert "no such table" in capsys.readouterr().err
