"""The widget stays small enough for an old phone on a slow network."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.chat.assets import BUNDLES, EXTRA, HOST, MAIN, WIDGET, Assets, _bundle
from bot.chat.emergency import emergency_lines
from referral_db.crisis import load_crisis

if TYPE_CHECKING:
    from collections.abc import Mapping

FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|localStorage|sessionStorage|indexedDB"
    r"|document\.cookie|pushState|replaceState|serviceWorker|document\.title|postMessage|console\."
)


@pytest.fixture(scope="module")
def served() -> Mapping[str, bytes]:
    crisis = load_crisis()
    assets = Assets(emergency_lines(crisis), crisis.digital_safety)
    return {"widget.js": assets.loader, **{name: assets.file(name) for name in assets.modules}}


def test_the_loader_is_at_most_2_kilobytes(served: Mapping[str, bytes]) -> None:
    assert len(gzip.compress(served["widget.js"], 9)) <= 2000


def test_all_that_the_window_loads_is_at_most_12_kilobytes(served: Mapping[str, bytes]) -> None:
    assert sum(len(gzip.compress(served[name], 9)) for name in ("widget.js", MAIN)) <= 12_000


@pytest.mark.parametrize("name", [HOST, *EXTRA])
def test_what_is_fetched_only_when_used_stays_small(served: Mapping[str, bytes], name: str) -> None:
    assert len(gzip.compress(served[name], 9)) <= 3_000


def test_each_module_is_named_with_its_hash_by_what_fetches_it(served: Mapping[str, bytes]) -> None:
    names = {MAIN: "widget.js", HOST: "widget.js", **dict.fromkeys(EXTRA, MAIN)}
    assert set(served) == {*names, "widget.js"}
    for name, by in names.items():
        integrity = "sha256-" + base64.b64encode(hashlib.sha256(served[name]).digest()).decode()
        between = '":"' if by == MAIN else '","'
        assert f'"{name}{between}{integrity}"' in served[by].decode()


def test_every_source_is_served_and_none_imports_another_at_run_time(served: Mapping[str, bytes]) -> None:
    assert {path.name for path in WIDGET.glob("*.js")} == {"widget.js", *EXTRA, *BUNDLES[MAIN], *BUNDLES[HOST]}
    for name, data in served.items():
        assert not re.search(r"import .*from", data.decode()), name


def test_a_part_that_imports_a_later_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"view\.js: imports words\.js"):
        _bundle(("panel.js", "view.js", "words.js"))


def labels(script: bytes) -> dict[str, str]:
    """The labels of a language by key, those of a group by both keys."""
    found = re.findall(r'(\w+):\s*"((?:[^"\\]|\\.)*)"', script.decode().split("words = {", 1)[1])
    return dict(found)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_language_has_every_label_and_its_place_for_a_number(language: str) -> None:
    dutch = labels((WIDGET / "words.js").read_bytes())
    other = labels((WIDGET / f"{language}.js").read_bytes())
    assert len(dutch) > 40
    assert set(other) == {*dutch, "title", "112", "106", "1712", "1813"}
    assert [key for key in dutch if "#" in other[key]] == ["shift"]


def test_every_label_is_used() -> None:
    used = "".join((WIDGET / name).read_text("utf-8") for name in ("chat.js", "view.js"))
    keys = re.findall(r"(?m)^  (\w+):", (WIDGET / "words.js").read_text("utf-8"))
    assert [key for key in keys if f"words.{key}" not in used] == []


@pytest.mark.parametrize("path", sorted(WIDGET.glob("*.js")), ids=lambda path: path.name)
def test_nothing_that_writes_markup_or_keeps_a_trace_is_used(path: Path) -> None:
    assert not FORBIDDEN.search(path.read_text("utf-8"))
