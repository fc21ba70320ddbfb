"""What exists is documented, and what is documented exists."""

import re
from pathlib import Path

import pytest
import yaml

HOME = Path(__file__).resolve().parents[2]
DEVELOPERS = (HOME / "docs/developers.md").read_text("utf-8")
DOMAIN = yaml.safe_load((HOME / "domain.yml").read_text("utf-8"))
PRODUCT = [
    path
    for folder in ("nachtlicht", "actions", "bot", "referral_db")
    for path in (HOME / folder).rglob("*")
    if path.suffix in {".py", ".js", ".html", ".yml", ".css"} and "seed" not in path.parts
]


def test_every_setting_is_documented_and_read() -> None:
    readers = ("nachtlicht/settings.py", "bot/rasa_runtime/__main__.py")
    read = {
        name for path in readers for name in re.findall(r'"(NACHTLICHT_[A-Z_]+)"', (HOME / path).read_text("utf-8"))
    }
    documented = set(re.findall(r"`(NACHTLICHT_[A-Z_]+)`", DEVELOPERS))
    assert read <= documented
    assert documented - read <= {"NACHTLICHT_WHEELHOUSE"}


@pytest.mark.parametrize(
    "page", [*sorted((HOME / "docs").rglob("*.md")), HOME / "README.md"], ids=lambda page: page.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)\)", page.read_text("utf-8"))
    gone = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert gone == []


def test_every_action_of_the_domain_exists_and_the_other_way_round() -> None:
    names = {
        name
        for path in (HOME / "actions").glob("*.py")
        for name in re.findall(r'return "(action_[a-z_]+)"', path.read_text("utf-8"))
    }
    assert set(DOMAIN["actions"]) == names


def test_every_slot_says_what_it_holds() -> None:
    text = (HOME / "domain.yml").read_text("utf-8")
    for name, slot in DOMAIN["slots"].items():
        explained = re.search(rf"^  {name}:\n    #", text, re.MULTILINE)
        assert explained or slot["mappings"][0]["type"] == "from_entity", name


def test_every_payload_leads_to_an_intent_of_the_domain() -> None:
    sentences = (HOME / "actions/sentences.yml").read_text("utf-8") + (HOME / "domain.yml").read_text("utf-8")
    payloads = set(re.findall(r'payload: "/([a-z_]+)', sentences))
    assert payloads
    assert payloads <= set(DOMAIN["intents"])


def test_every_intent_has_a_rule() -> None:
    rules = "".join(path.read_text("utf-8") for path in (HOME / "data/rules").glob("*.yml"))
    assert set(DOMAIN["intents"]) == set(re.findall(r"intent: ([a-z_]+)", rules))


def test_rules_have_sentences_as_titles() -> None:
    for path in (HOME / "data/rules").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]:
            assert len(rule["rule"].split()) >= 3, rule["rule"]


def test_no_foreign_helpline_stands_anywhere_in_the_product() -> None:
    # Dutch, American and British lines: a wrong number on a bad night can cost a life.
    foreign = re.compile(
        r"0800-0113|0800-2000|\bVeilig Thuis\b|\bLuisterlijn\b|\b116 ?123\b|(?<![\d.#-])\b988\b(?![\d.])"
    )
    found = [
        (path.name, match.group())
        for path in PRODUCT
        if path.name not in {"text_check.py", "quality.py"}
        for match in foreign.finditer(path.read_text("utf-8"))
    ]
    assert found == []
