"""The rules that recognise danger, as maintainers read them in data/risk/*.yml."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.codes import RISKS
from bot.nlu.normalise import normalise


@dataclass(frozen=True)
class RiskRule:
    """`pattern` (searched in a normalised sentence) is a sign of `risk`, unless `unless` matches there too."""

    risk: str
    id: str
    pattern: str
    unless: str | None = None

    def matches(self, sentence: str) -> bool:
        """Tell whether the rule fires on a sentence that went through `normalise`."""
        return bool(self._found.search(sentence)) and not (self._excused and self._excused.search(sentence))

    @cached_property
    def _found(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def _excused(self) -> re.Pattern[str] | None:
        return re.compile(self.unless) if self.unless else None


def read_rules(folder: Path) -> list[RiskRule]:
    """Read all rules of `folder`. A ValueError names the file, the rule and what is wrong with it.

    Every rule carries a reason and an example that it must match: a rule that nobody can explain is not kept.
    """
    rules: list[RiskRule] = []
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        risk = content.get("risk")
        if risk not in RISKS:
            raise ValueError(f"{path.name}: `risk` is {risk!r}, expected one of {', '.join(RISKS)}")
        rules.extend(_rule(path.name, risk, row) for row in content["rules"])
    if len({(rule.risk, rule.id) for rule in rules}) != len(rules):
        raise ValueError(f"{folder.name}: two rules of one risk have the same id")
    return rules


def _rule(file: str, risk: str, row: dict[str, Any]) -> RiskRule:
    name = f"{file}, rule {row.get('id')!r}"
    for key in ("id", "pattern", "reason", "example"):
        if not row.get(key):
            raise ValueError(f"{name}: `{key}` is missing")
    try:
        for key in ("pattern", "unless"):
            re.compile(row.get(key) or "")
    except re.error as error:
        raise ValueError(f"{name}: `{key}` is not a regular expression: {error}") from None
    rule = RiskRule(risk, row["id"], row["pattern"], row.get("unless"))
    if not rule.matches(normalise(row["example"])):
        raise ValueError(f"{name}: its own example does not match")
    return rule


def rules_as_json(rules: list[RiskRule]) -> list[dict[str, Any]]:
    """Return `rules` as they are kept in the model."""
    return [asdict(rule) for rule in rules]
