"""The file of websites that show the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nachtlicht.tenants import COLOURS, DAY, NIGHT, TENANTS_FILE, OwnLine, contrast, load_tenants, problems_of

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


SAFE = {"accent": "#43406b", "on_accent": "#ffffff", "accent_dark": "#e9bd7a", "on_accent_dark": "#221a0c"}


def test_colours_hours_and_languages_are_read(tmp_path: Path) -> None:
    file = tmp_path / "tenants.yml"
    file.write_text(f"demo: {{name: a, open: '21-7', languages: [nl, fr], colours: {SAFE}}}")
    tenant = load_tenants(file)["demo"]
    assert (tenant.open, tenant.languages, tenant.colours) == ("21-7", ("nl", "fr"), SAFE)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"colours": SAFE | {"accent": "red"}}, "colours.accent"),
        ({"colours": SAFE | {"accent": "#eeeeee"}}, "colours.accent"),
        ({"colours": SAFE | {"on_accent": "#555555"}}, "colours.on_accent"),
        ({"colours": SAFE | {"accent_dark": "#333333"}}, "colours.accent_dark"),
        ({"colours": {"accent": "#43406b"}}, "colours"),
        ({"open": "21"}, "open"),
        ({"open": "25-7"}, "open"),
        ({"languages": ["de"]}, "languages"),
        ({"languages": []}, "languages"),
        ({"name": "a\nb"}, "name"),
        ({"origins": ["https://a.be"] * 21}, "origins"),
    ],
)
def test_what_cannot_be_read_or_used_is_named(changes: dict[str, object], key: str) -> None:
    assert key in problems_of("demo", {"name": "a", **changes})


def test_the_safe_colours_of_the_window_pass_and_the_papers_are_those_of_the_window() -> None:
    assert problems_of("demo", {"name": "a", "colours": SAFE}) == {}
    assert set(SAFE) == set(COLOURS)
    look = (TENANTS_FILE.parent.parent / "widget/look.js").read_text("utf-8")
    for colour in (DAY, NIGHT):
        parts = ", ".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
        assert f"rgb({parts})" in look
