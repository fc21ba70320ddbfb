"""No line of another country stands anywhere in the product: at three at night it would answer nobody here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

HOME = Path(__file__).resolve().parent.parent
FOLDERS = ("actions", "bot", "referral_db", "nachtlicht", "deploy", "data/rules", "docs")
ENDINGS = {".py", ".yml", ".yaml", ".js", ".html", ".css", ".md", ".txt", ".json", ".csv", ".conf"}
NOT_TEXT = {"places.csv"}
"""Numbers of municipalities."""
THE_LIST_ITSELF = "referral_db/text_check.py"

# 113 and Veilig Thuis (NL), 988 and 911 (US), 999 and Samaritans 116 123 (UK, IE), 3114 and 3919 (FR),
# Telefonseelsorge (DE), and any number with the country code of another country. 116 000 is Child Focus, here.
FOREIGN = re.compile(
    r"(?<![\d.,:#/_\-])(?:113|988|911|999|3114|3919|14567|116[ .]?(?:123|111|006|117)|0800[-. ]?(?:0113|2000)"
    r"|0800[-. ]?111[-. ]?0[-. ]?(?:111|222)|0900[-. ]?0113|088[-. ]?0767[-. ]?000)(?![:\d]|[.,]\d)"
    r"|tel:00(?!32)|tel:\+(?!32)|(?<!\d)\+(?!32)[1-9]\d[ \d()]{6,}"
    r"|Veilig Thuis|De Luisterlijn|Slachtofferhulp Nederland|Centrum Seksueel Geweld|Samaritans|Telefonseelsorge"
)
_HOUSE_NUMBER = re.compile(r"(?<=address_1: )[^,}\n]*")


def foreign_numbers(text: str) -> list[str]:
    """What stands in `text` that no house number explains."""
    return [hit.group() for hit in FOREIGN.finditer(_HOUSE_NUMBER.sub("", text))]


def _texts() -> list[Path]:
    found = [HOME / "domain.yml", HOME / "README.md", HOME / "CHANGELOG.md"]
    for folder in FOLDERS:
        found += [path for path in (HOME / folder).rglob("*") if path.suffix in ENDINGS and path.name not in NOT_TEXT]
    return sorted(path for path in found if "__pycache__" not in path.parts)


TEXTS = _texts()


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(HOME)))
def test_no_foreign_number_stands_in_the_product(path: Path) -> None:
    if str(path.relative_to(HOME)) == THE_LIST_ITSELF:
        assert foreign_numbers(path.read_text("utf-8")), "the list of what nobody may write"
    else:
        assert foreign_numbers(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "name",
    [
        *("domain.yml", "actions/sentences.yml", "actions/protocols.yml", "referral_db/crisis.yml"),
        *("bot/widget/words.js", "bot/widget/fr.js", "bot/widget/en.js", "bot/chat/templates/gesprek.html"),
        *("referral_db/seed/flanders.yml", "referral_db/seed/answers/vragen.yml", "docs/handboek-redactie.md"),
    ],
)
def test_a_foreign_number_would_be_found_there(name: str) -> None:
    assert HOME / name in TEXTS
    text = (HOME / name).read_text("utf-8")
    middle = text.index("\n", len(text) // 2)
    for number in ("bel 113", "988", "116 123", "tel:+31201234567"):
        assert foreign_numbers(f"{text[:middle]}\n{number}\n{text[middle:]}"), number


@pytest.mark.parametrize(
    "text",
    [
        *("bel 113", "988", "116 123", "116123", "116.123", "911!", "(999)", "3114", "3919.", "0800-0113", "0800 2000"),
        *(
            "0900-0113",
            "Veilig Thuis",
            "Samaritans",
            "href='tel:+441234'",
            "tel:0031",
            "+31 20 123 45 67",
            "0800 1110111",
        ),
    ],
)
def test_what_is_foreign(text: str) -> None:
    assert foreign_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        *("112", "101", "102", "103", "106", "107", "1712", "1813", "116 000", "0800 13 500", "078 15 00 10", "1700"),
        *(
            "tel:+3270",
            "+32 2 123 45 67",
            "113.5",
            "€ 1.999",
            "999:999",
            "niet veilig thuis",
            "address_1: Langestraat 113",
        ),
        "tel:106",
    ],
)
def test_what_is_from_here(text: str) -> None:
    assert foreign_numbers(text) == []


SPOKEN = ("domain.yml", "actions/sentences.yml", "actions/protocols.yml", "bot/widget/words.js", "bot/chat/tenants.yml")
_SHORT = re.compile(r"(?<![\d.,:#/€ ])(?<!€ )\b(1\d{2}|1[78]\d{2}|0800 \d{2} \d{3}|078 \d{2} \d{2} \d{2})\b(?![.,]?\d)")


@pytest.mark.parametrize("name", SPOKEN)
def test_what_the_bot_says_names_no_number_beside_the_crisis_file(name: str) -> None:
    lines = yaml.safe_load((HOME / "referral_db/crisis.yml").read_text("utf-8"))["lines"]
    known = {str(line["number"]) for line in lines if line["number"]}
    assert len(known) > 5
    assert set(_SHORT.findall((HOME / name).read_text("utf-8"))) <= known
