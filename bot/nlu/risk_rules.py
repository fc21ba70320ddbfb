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


WORD_LISTS = "woorden.yml"
_LIST_NAME = re.compile(r"\{([a-z_]+)\}")


def read_rules(folder: Path) -> list[RiskRule]:
    """Read all rules of `folder`. A ValueError names the file, the rule and what is wrong with it.

    Every rule carries a reason and an example that it must match: a rule that nobody can explain is not kept.
    `{name}` in a pattern is any one of the words of the list `name` in woorden.yml.
    """
    lists = _word_lists(folder / WORD_LISTS)
    rules: list[RiskRule] = []
    for path in sorted(set(folder.glob("*.yml")) - {folder / WORD_LISTS}):
        content = yaml.safe_load(path.read_text("utf-8"))
        risk = content.get("risk")
        if risk not in RISKS:
            raise ValueError(f"{path.name}: `risk` is {risk!r}, expected one of {', '.join(RISKS)}")
        rules.extend(_rule(path.name, risk, row, lists) for row in content["rules"])
    if len({(rule.risk, rule.id) for rule in rules}) != len(rules):
        raise ValueError(f"{folder.name}: two rules of one risk have the same id")
    return rules


def _word_lists(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lists = yaml.safe_load(path.read_text("utf-8"))
    for name, words in lists.items():
        if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
            raise ValueError(f"{path.name}: the list `{name}` must hold one word or more, each on its own line")
    return {name: f"(?:{'|'.join(words)})" for name, words in lists.items()}


def _expanded(pattern: str, lists: dict[str, str], name: str) -> str:
    unknown = [known for known in _LIST_NAME.findall(pattern) if known not in lists]
    if unknown:
        raise ValueError(f"{name}: {WORD_LISTS} holds no list `{unknown[0]}`")
    return _LIST_NAME.sub(lambda found: lists[found[1]], pattern)


def _rule(file: str, risk: str, row: dict[str, Any], lists: dict[str, str]) -> RiskRule:
    name = f"{file}, rule {row.get('id')!r}"
    for key in ("id", "pattern", "reason", "example"):
        if not row.get(key):
            raise ValueError(f"{name}: `{key}` is missing")
    found, excused = (_expanded(row.get(key) or "", lists, name) for key in ("pattern", "unless"))
    try:
        for key, pattern in (("pattern", found), ("unless", excused)):
            re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{name}: `{key}` is not a regular expression: {error}") from None
    rule = RiskRule(risk, row["id"], found, excused or None)
    if not rule.matches(normalise(row["example"])):
        raise ValueError(f"{name}: its own example does not match")
    return rule


def rules_as_json(rules: list[RiskRule]) -> list[dict[str, Any]]:
    """Return `rules` as they are kept in the model."""
    return [asdict(rule) for rule in rules]
