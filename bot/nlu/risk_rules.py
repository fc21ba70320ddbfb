"""Rules on the words of a sentence: those that recognise danger, read from data/risk/*.yml, and those of the signs.

How to write one: docs/risk-rules.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.codes import RISKS
from bot.nlu.normalise import normalise
from bot.nlu.phrases import WORD_LISTS, Phrase, PhraseLanguage, Sentence

_DENIAL = "ontkenning"
_NEW_CLAUSE = "nieuwe_zin"


@dataclass(frozen=True)
class Rule:
    """One of `phrases` speaks of `code`, unless one of `unless` covers part of the same words."""

    code: str
    id: str
    phrases: tuple[Phrase, ...]
    unless: tuple[Phrase, ...] = ()
    hint: bool = False
    """Not enough by itself: the model must see something of it as well."""

    def fires(self, sentence: Sentence) -> bool:
        if not self.unless:
            return any(phrase.stands_in(sentence) for phrase in self.phrases)
        excuses = [span for phrase in self.unless for span in phrase.spans(sentence)]
        return any(
            all(excused <= start or end <= excuse for excuse, excused in excuses)
            for phrase in self.phrases
            for start, end in phrase.spans(sentence)
        )


@dataclass(frozen=True)
class PatternRule:
    """An older kind of rule: a regular expression over the letters of the sentence, and one that excuses anywhere."""

    code: str
    id: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    hint: bool = False

    def fires(self, sentence: Sentence) -> bool:
        return bool(self.pattern.search(sentence.text)) and not (self.unless and self.unless.search(sentence.text))


AnyRule = Rule | PatternRule


def read_rules(folder: Path) -> RuleBook:
    """Read all rules of `folder`. A ValueError names the file, the rule and what is wrong with it.

    Every rule carries a reason and an example that it must match: a rule that nobody can explain is not kept.
    None of its counter-examples (`not`) may match.
    """
    book = RuleBook.with_words_of(folder)
    for path in sorted(set(folder.glob("*.yml")) - {folder / WORD_LISTS}):
        content = yaml.safe_load(path.read_text("utf-8"))
        risk = content.get("risk")
        if risk not in RISKS:
            raise ValueError(f"{path.name}: `risk` is {risk!r}, expected one of {', '.join(RISKS)}")
        for row in content["rules"]:
            book.add(f"{path.name}, rule {row.get('id')!r}", risk, row)
    if len({(rule.code, rule.id) for rule in book.rules}) != len(book.rules):
        raise ValueError(f"{folder.name}: two rules of one risk have the same id")
    return book


class RuleBook:
    """Rules made of rows of a file, and the word lists that they share."""

    def __init__(self, lists: dict[str, list[str]]) -> None:
        self._lists = lists
        self._rows: list[dict[str, Any]] = []
        self.rules: list[AnyRule] = []
        self._waiting: dict[str | None, list[tuple[int, Phrase]]] = {}
        """The phrases, with the numbers of their rules, by what they wait for."""
        # "Not" ends what a phrase may skip, "but" and "because" what an excuse may: they begin another thought.
        self._signs = PhraseLanguage(lists, barrier=_DENIAL)
        self._excuses = PhraseLanguage(lists, barrier=_NEW_CLAUSE)

    @classmethod
    def with_words_of(cls, folder: Path) -> RuleBook:
        """Return a book without rules, with the word lists of `folder`."""
        words = folder / WORD_LISTS
        return cls(yaml.safe_load(words.read_text("utf-8")) if words.exists() else {})

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> RuleBook:
        """Return the book that `as_json` kept."""
        book = cls(kept["lists"])
        for row in kept["rules"]:
            book._keep(row, book._rule(row))
        return book

    def as_json(self) -> dict[str, Any]:
        """Return the rules as they are kept in the model."""
        return {"lists": self._lists, "rules": self._rows}

    def add(self, name: str, code: str, row: dict[str, Any]) -> None:
        """Add the rule of `row`, for `code`. A ValueError says what is wrong with the row, which it calls `name`.

        A rule has an id, a pattern or phrases, a reason, and an example that it matches; `unless`, `not` and `hint` are
        free.
        """
        what = "pattern" if "pattern" in row else "phrases"
        for key in ("id", what, "reason", "example"):
            if not row.get(key):
                raise ValueError(f"{name}: `{key}` is missing")
        kept = {
            "code": code,
            "id": row["id"],
            what: row[what],
            "unless": row.get("unless"),
            "hint": bool(row.get("hint")),
        }
        try:
            rule = self._rule(kept)
        except (ValueError, re.error) as error:
            raise ValueError(f"{name}: {error}") from None
        if not rule.fires(Sentence(normalise(row["example"]))):
            raise ValueError(f"{name}: its own example does not match")
        for counterexample in row.get("not", []):
            if rule.fires(Sentence(normalise(counterexample))):
                raise ValueError(f"{name}: it matches {counterexample!r}, which stands under `not`")
        self._keep(kept, rule)

    def firing(self, text: str) -> list[AnyRule]:
        """Return the rules that fire on a text that went through `normalise`. Its words rule out most phrases."""
        sentence = Sentence(text)
        fires = {
            number: rule.fires(sentence) for number, rule in enumerate(self.rules) if isinstance(rule, PatternRule)
        }
        for cue in (None, *sentence.words, *sentence.beginnings):
            for number, phrase in self._waiting.get(cue, ()):
                if number not in fires and phrase.stands_in(sentence):
                    fires[number] = self.rules[number].fires(sentence)
        return [self.rules[number] for number in sorted(fires) if fires[number]]

    def _keep(self, row: dict[str, Any], rule: AnyRule) -> None:
        if isinstance(rule, Rule):
            for phrase in rule.phrases:
                for cue in {None} if phrase.needs is None else phrase.needs:
                    self._waiting.setdefault(cue, []).append((len(self.rules), phrase))
        self._rows.append(row)
        self.rules.append(rule)

    def _rule(self, row: dict[str, Any]) -> AnyRule:
        code, name, unless, hint = row["code"], row["id"], row["unless"], row["hint"]
        if "pattern" in row:
            found = self._signs.in_pattern(row["pattern"])
            return PatternRule(code, name, found, self._signs.in_pattern(unless) if unless else None, hint)
        phrases = self._signs.read(row["phrases"])
        return Rule(code, name, phrases, self._excuses.read(unless) if unless else (), hint)
