"""The file of websites that show the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.chat.tenants import load_tenants

if TYPE_CHECKING:
    from pathlib import Path


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
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, names: str) -> None:
    file = tmp_path / "tenants.yml"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"tenants\.yml") as error:
        load_tenants(file)
    assert names in str(error.value)
