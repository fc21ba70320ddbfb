"""The handbook shows the pictures that `make pictures` makes, and no others."""

import re
from pathlib import Path

import pytest

from tests.pictures_of_curation import FOLDER, PICTURES, make

HANDBOOK = (Path(__file__).resolve().parents[2] / "docs/handboek-redactie.md").read_text("utf-8")


def test_every_picture_of_the_handbook_is_one_that_the_command_makes() -> None:
    shown = re.findall(r"\(images/([^)]+)\.png\)", HANDBOOK)
    assert sorted(shown) == sorted(PICTURES)


def test_every_picture_says_in_words_what_it_shows() -> None:
    assert all(len(words.split()) >= 4 for words in re.findall(r"!\[([^\]]*)\]\(images/", HANDBOOK))


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("redactie-*.png")} == set(PICTURES)


@pytest.mark.browser
def test_the_command_still_makes_every_picture(tmp_path: Path) -> None:
    make(tmp_path)
    made = {path.stem: path.stat().st_size for path in tmp_path.glob("*.png")}
    assert set(made) == set(PICTURES)
    assert min(made.values()) > 10_000
