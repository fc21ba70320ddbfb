"""The file format of data/risk/*.yml, and what is said about a mistake in it."""

from pathlib import Path

import pytest

from bot.nlu.normalise import normalise
from bot.nlu.risk_rules import RiskRule, read_rules, rules_as_json

RULE = {
    "id": "slaat_mij",
    "pattern": "'slaat mij'",
    "unless": "'nooit'",
    "reason": "Hitting.",
    "example": "hij slaat mij",
}


def write(folder: Path, risk: str = "partnergeweld", **changes: str | None) -> Path:
    rule = {key: value for key, value in {**RULE, **changes}.items() if value is not None}
    lines = [f"risk: {risk}", "rules:"]
    lines += [f"{'- ' if index == 0 else '  '}{key}: {value}" for index, (key, value) in enumerate(rule.items())]
    (folder / "file.yml").write_text("\n".join(lines), "utf-8")
    return folder


def test_a_rule_fires_unless_it_is_excused(tmp_path) -> None:
    rule = read_rules(write(tmp_path))[0]
    assert rule.matches(normalise("Hij SLAAT mij!"))
    assert not rule.matches(normalise("hij slaat mij nooit"))


def test_rules_come_back_from_a_model_as_they_were(tmp_path) -> None:
    rules = read_rules(write(tmp_path))
    assert [RiskRule(**row) for row in rules_as_json(rules)] == rules


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"risk": "gevaar"}, "file.yml: `risk` is 'gevaar', expected one of"),
        ({"reason": None}, "rule 'slaat_mij': `reason` is missing"),
        ({"example": None}, "rule 'slaat_mij': `example` is missing"),
        ({"pattern": "'('"}, "`pattern` is not a regular expression"),
        ({"unless": "'['"}, "`unless` is not a regular expression"),
        ({"example": "hij is lief"}, "its own example does not match"),
        ({"example": "hij slaat mij nooit"}, "its own example does not match"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_mistake_is_named(tmp_path, changes, problem) -> None:
    with pytest.raises(ValueError, match=problem.replace("(", r"\(")):
        read_rules(write(tmp_path, **changes))


def test_two_rules_with_one_id_are_refused(tmp_path) -> None:
    write(tmp_path)
    (tmp_path / "second.yml").write_text((tmp_path / "file.yml").read_text("utf-8"), "utf-8")
    with pytest.raises(ValueError, match="the same id"):
        read_rules(tmp_path)


def test_no_folder_is_no_rules(tmp_path) -> None:
    assert read_rules(tmp_path / "none") == []
