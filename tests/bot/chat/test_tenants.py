"""The file of websites that show the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.chat.tenants import OwnLine, load_tenants

if TYPE_CHECKING:
    from pathlib import Path


LINE = "demo: {name: a, line: {number: '106', what_for: praten, hours: altijd, source: 'https://a.example/'}}"


def test_an_own_line_is_read(tmp_path: Path) -> None:
    file = tmp_path / "tenants.yml"
    file.write_text(LINE.replace("106", "0800 12 345"))
    line = load_tenants(file)["demo"].line
    assert line == OwnLine("0800 12 345", "praten", "altijd", "https://a.example/")
    assert line.href == "tel:080012345"


def test_the_file_in_the_repository_has_the_demo() -> None:
    assert load_tenants()["demo"].name == "Nachtlicht"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "at least one tenant"),
        ("- a", "at least one tenant"),
        ("demo: 1", "demo: expected name"),
        ("Demo!: {name: a}", "small letters"),
        ("demo: {}", "demo.name"),
        ("demo: {name: a, colour: red}", "'colour'"),
        ("demo: {name: a, origins: '*'}", "demo.origins"),
        ("demo: {name: a, origins: ['*']}", "demo.origins"),
        ("demo: {name: a, origins: ['https://www.example.be/']}", "demo.origins"),
        ("demo: {name: a, origins: [\"https://a.be 'unsafe-inline'\"]}", "demo.origins"),
        ("demo: {name: a, greeting: 1}", "demo.greeting"),
        ("demo: {name: a, line: '106'}", "demo.line: expected number"),
        ("demo: {name: a, line: {number: '106', what_for: praten, hours: altijd}}", "demo.line: expected number"),
        (LINE.replace("'106'", "106"), "demo.line.number: expected 1 to 16 characters, in quotes"),
        (LINE.replace("106", "+31 20 123"), "demo.line.number: expected a Belgian number"),
        (LINE.replace("106", "0900; 12"), "demo.line.number: expected a Belgian number"),
        (LINE.replace("praten", "p" * 41), "demo.line.what_for"),
        (LINE.replace("https://", "ergens "), "demo.line.source"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, names: str) -> None:
    file = tmp_path / "tenants.yml"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"tenants\.yml") as error:
        load_tenants(file)
    assert names in str(error.value)
