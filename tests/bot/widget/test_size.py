"""The widget stays small enough for an old phone on a slow network."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.chat.assets import MAIN, WIDGET, Assets
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


def test_all_of_it_is_at_most_12_kilobytes(served: Mapping[str, bytes]) -> None:
    assert sum(len(gzip.compress(data, 9)) for data in served.values()) <= 12_000


def test_the_loader_names_the_hash_of_each_module(served: Mapping[str, bytes]) -> None:
    loader = served["widget.js"].decode()
    assert set(served) == {path.name for path in WIDGET.glob("*.js")}
    for name, data in served.items():
        if name != "widget.js":
            assert f'["{name}","sha256-{base64.b64encode(hashlib.sha256(data).digest()).decode()}"]' in loader


def test_modules_import_only_what_the_loader_checks(served: Mapping[str, bytes]) -> None:
    for name, data in served.items():
        for imported in re.findall(r'from "\./(.+?)"', data.decode()):
            assert imported in served
            assert imported != MAIN, f"{name} would make the order of checking wrong"


@pytest.mark.parametrize("path", sorted(WIDGET.glob("*.js")), ids=lambda path: path.name)
def test_nothing_that_writes_markup_or_keeps_a_trace_is_used(path: Path) -> None:
    assert not FORBIDDEN.search(path.read_text("utf-8"))
