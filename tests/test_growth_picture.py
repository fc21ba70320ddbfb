"""The picture and the page of the growing search say what was measured, and are made of what stands beside them."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.bench_search import main, read
from tests.growth_picture import BOUNDS, Growth, describe, draw_growth, in_words
from tests.services import HOME

SVG = "{http://www.w3.org/2000/svg}"
KEPT = HOME / "docs/search_growth"


def _row(database: str = "sqlite", services: int = 10_000, p95: float = 4.0) -> Growth:
    return Growth(database, services, 300, 1.0, p95, 0.8, 3.5, 1.2, 120.0, 2, 0.5)


def test_the_page_and_its_picture_are_of_what_was_measured() -> None:
    rows = read(KEPT.with_suffix(".jsonl"))
    assert KEPT.with_suffix(".svg").read_text("utf-8") == draw_growth(rows), "run: make growth"
    assert KEPT.with_suffix(".md").read_text("utf-8") == describe(rows), "run: make growth"
    assert {(row.database, row.services) for row in rows} >= {(kind, 10_000) for kind in ("sqlite", "postgresql")}


@pytest.mark.parametrize(("p95", "words"), [(4.0, "within the bound of 5 ms"), (5.1, "over the bound of 5 ms")])
def test_it_says_whether_a_bound_held(p95: float, words: str) -> None:
    assert words in in_words([_row(p95=p95)])
    assert words in describe([_row(p95=p95)])


def test_the_picture_says_in_words_what_it_shows() -> None:
    rows = [_row(kind, size) for kind in ("sqlite", "postgresql") for size in (100, *BOUNDS)]
    root = ElementTree.fromstring(draw_growth(rows))  # noqa: S314 - ours
    description = root.find(f"{SVG}desc")
    assert description is not None
    assert description.text == in_words(rows)
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]
    assert {"100", "10 000", "100 000", "at most 5", "at most 20", "SQLite, clock: 4.0"} <= set(texts)
    heights = [
        float(element.get("y") or 0) for element in root.iter(f"{SVG}text") if "SQL, clock" in (element.text or "")
    ]
    assert len(heights) == len(set(heights)), "names lie over each other"


def test_one_size_alone_can_be_drawn() -> None:
    ElementTree.fromstring(draw_growth([_row(services=100)]))  # noqa: S314 - ours
    assert in_words([_row(services=100)]) == "No bound was measured."


def test_the_command_measures_and_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "growth"
    monkeypatch.setattr("sys.argv", ["x", "--sizes", "60", "--searches", "3", "--out", str(out)])
    monkeypatch.setattr("tests.bench_search.postgresql_programs", lambda: None)
    assert main() == 0
    [row] = read(out.with_suffix(".jsonl"))
    assert (row.database, row.services, row.searches) == ("sqlite", 60, 3)
    assert 0 < row.wall_p50 <= row.wall_p95
    assert row.memory > 10
    assert json.loads(out.with_suffix(".jsonl").read_text("utf-8"))["cores"] >= 1
    assert out.with_suffix(".md").exists()
