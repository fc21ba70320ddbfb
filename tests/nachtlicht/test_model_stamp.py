"""The model is trained again when, and only when, something that goes into it changed."""

from pathlib import Path

import pytest

from nachtlicht.model_stamp import model_stamp


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("config.yml", "domain.yml", "data/nlu/needs/ontrouw.yml", "data/risk/zelfdoding.yml", "bot/nlu/x.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/nlu/needs/ontrouw.yml", "data/risk/zelfdoding.yml"])
def test_a_change_in_an_ingredient_changes_the_stamp(home: Path, name: str) -> None:
    before = model_stamp(home)
    assert model_stamp(home) == before
    (home / name).write_text("anders", "utf-8")
    assert model_stamp(home) != before


def test_other_files_and_times_do_not(home: Path) -> None:
    before = model_stamp(home)
    (home / "README.md").write_text("anders", "utf-8")
    (home / "domain.yml").touch()
    assert model_stamp(home) == before
