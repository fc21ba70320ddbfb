"""Rules on the words of a sentence: those that recognise danger, read from data/risk/*.yml, and those of the signs.

How to write one: docs/risk-rules.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.codes import RISKS
from bot.nlu.normalise import normalise

WORD_LISTS = "woorden.yml"
"""The file of the word lists, beside the rules."""

_DENIAL = "ontkenning"
_NEW_CLAUSE = "nieuwe_zin"
_GAPS = {"..": 3, "...": 8}
_TOKEN = re.compile(r"\([^()]*\)\??|\S+")
_START, _END = "^", "$"
_ENDS = {_START: r"\A", _END: r"\Z"}
_SIGNS = set("{}()~*.?^$|")
_LIST_NAME = re.compile(r"\{([^{}]*)\}")
_FREQUENT = frozenset(
    normalise(
        "ik k hij ze zij die je u we wij mij me mijn hem haar het t dat da de een en is ben was heb heeft had ga gaat "
        "moet wil kan niet ni nie geen maar als dan want om te van op in met aan voor bij naar er al nog zo ook nu meer"
    ).split(" ")
)
"""Words that stand in many sentences: a rule that waits for one of these would be tried on most of them."""


@dataclass(frozen=True)
class Rule:
    """`pattern` found in a normalised sentence speaks of `code`, unless `unless` covers part of the same words."""

    code: str
    id: str
    pattern: str
    unless: str | None = None
    needs: frozenset[str] | None = None
    """A sentence without any of these words cannot match; None where that is not known."""

    def matches(self, sentence: str) -> bool:
        """Tell whether the rule fires on a sentence that went through `normalise`."""
        found = self._found.search(sentence)
        if not found or not self._excused:
            return bool(found)
        excuses = [excuse.span() for excuse in _every(self._excused, sentence)]
        return any(
            all(end <= found.start() or found.end() <= start for start, end in excuses)
            for found in _every(self._found, sentence)
        )

    def prepare(self) -> None:
        """Compile now what would otherwise be compiled at the first sentence: all rules together take seconds."""
        _ = self._found, self._excused

    @cached_property
    def _found(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def _excused(self) -> re.Pattern[str] | None:
        return re.compile(self.unless) if self.unless else None


def firing(rules: Iterable[Rule], sentence: str) -> Iterator[Rule]:
    """Yield the rules that fire on a sentence that went through `normalise`; a look at its words rules out most."""
    words = frozenset(sentence.split(" "))
    for rule in rules:
        if (rule.needs is None or not rule.needs.isdisjoint(words)) and rule.matches(sentence):
            yield rule


def _every(pattern: re.Pattern[str], sentence: str) -> Iterator[re.Match[str]]:
    # Also what begins inside another match: an excused match must not hide a serious one.
    start = 0
    while found := pattern.search(sentence, start):
        yield found
        start = found.start() + 1


def read_rules(folder: Path) -> list[Rule]:
    """Read all rules of `folder`. A ValueError names the file, the rule and what is wrong with it.

    Every rule carries a reason and an example that it must match: a rule that nobody can explain is not kept.
    None of its counter-examples (`not`) may match.
    """
    reader = RuleReader(folder)
    rules: list[Rule] = []
    for path in sorted(set(folder.glob("*.yml")) - {folder / WORD_LISTS}):
        content = yaml.safe_load(path.read_text("utf-8"))
        risk = content.get("risk")
        if risk not in RISKS:
            raise ValueError(f"{path.name}: `risk` is {risk!r}, expected one of {', '.join(RISKS)}")
        rules.extend(reader.read(f"{path.name}, rule {row.get('id')!r}", risk, row) for row in content["rules"])
    if len({(rule.code, rule.id) for rule in rules}) != len(rules):
        raise ValueError(f"{folder.name}: two rules of one risk have the same id")
    return rules


class RuleReader:
    """Makes rules of the rows of a file, with the word lists of `folder`."""

    def __init__(self, folder: Path) -> None:
        words = folder / WORD_LISTS
        lists = yaml.safe_load(words.read_text("utf-8")) if words.exists() else {}
        # "Not" ends what a phrase may skip, "but" and "because" what an excuse may: they begin another thought.
        self._signs = PhraseLanguage(lists, barrier=_DENIAL)
        self._excuses = PhraseLanguage(lists, barrier=_NEW_CLAUSE)

    def read(self, name: str, code: str, row: dict[str, Any]) -> Rule:
        """Return the rule of `row`, for `code`. A ValueError says what is wrong with the row, which it calls `name`.

        A rule has an id, a pattern or phrases, a reason, and an example that it matches; `unless` and `not` are free.
        """
        for key in ("id", "pattern" if "pattern" in row else "phrases", "reason", "example"):
            if not row.get(key):
                raise ValueError(f"{name}: `{key}` is missing")
        needs = None
        try:
            if "pattern" in row:
                found = self._signs.in_pattern(row["pattern"])
                # The excuse of a regular expression counts wherever it stands in the sentence.
                excused = rf"\A.*?(?:{self._signs.in_pattern(row['unless'])}).*" if row.get("unless") else None
            else:
                found = self._signs.any_of(row["phrases"])
                needs = self._signs.needed_by(row["phrases"])
                excused = self._excuses.any_of(row["unless"]) if row.get("unless") else None
        except (ValueError, re.error) as error:
            raise ValueError(f"{name}: {error}") from None
        rule = Rule(code, row["id"], found, excused, needs)
        if not any(firing([rule], normalise(row["example"]))):
            raise ValueError(f"{name}: its own example does not match")
        for counterexample in row.get("not", []):
            if rule.matches(normalise(counterexample)):
                raise ValueError(f"{name}: it matches {counterexample!r}, which stands under `not`")
        return rule


class PhraseLanguage:
    """Turns phrases such as "{slaat} .. {mij}" into regular expressions; what the signs mean is in docs/risk-rules.md.

    What `..` and `...` skip never holds a word of the list `barrier`. A ValueError says which list, word or phrase is
    wrong.
    """

    def __init__(self, lists: dict[str, list[str]], barrier: str = _DENIAL) -> None:
        self._lists = lists
        self._known: dict[str, str] = {}
        self._needs_of_lists: dict[str, frozenset[str] | None] = {}
        self._open: list[str] = []
        for name, words in lists.items():
            if not isinstance(words, list) or not words:
                raise ValueError(f"{WORD_LISTS}: the list `{name}` is empty")
            for word in words:
                if not isinstance(word, str) or not word.strip():
                    raise ValueError(f"{WORD_LISTS}, list `{name}`: {word!r} is not a word; put it in quotes")
        self._barred = rf"(?!{self._list(barrier)}(?!\S))" if barrier in lists else ""

    def any_of(self, phrases: list[str]) -> str:
        """Return the regular expression that finds any of `phrases`, as whole words of a normalised sentence."""
        if not isinstance(phrases, list):
            raise ValueError("phrases stand in a list, each on a line that begins with -")
        return rf"(?<!\S){_any_of([self._pieces(phrase) for phrase in phrases])}(?!\S)"

    def needed_by(self, phrases: Iterable[str]) -> frozenset[str] | None:
        """Return words of which any sentence with one of `phrases` holds at least one; None where there are no such."""
        needed = [self._needed(phrase) for phrase in phrases]
        return None if None in needed else frozenset().union(*filter(None, needed))

    def _needed(self, phrase: str) -> frozenset[str] | None:
        # Of the words that have to be there, those that the fewest sentences have.
        tokens = [token for token in _TOKEN.findall(phrase) if token not in _GAPS and not token.endswith("?")]
        known = [words for token in tokens if (words := self._words_of(token))]
        return min(known, key=lambda words: (len(words & _FREQUENT), len(words)), default=None)

    def _words_of(self, token: str) -> frozenset[str] | None:
        if token.startswith("("):
            return self.needed_by(token[1:-1].split("|"))
        if name := _LIST_NAME.fullmatch(token):
            if name[1] not in self._needs_of_lists:
                self._needs_of_lists[name[1]] = self.needed_by(self._lists[name[1]])
            return self._needs_of_lists[name[1]]
        if token in _ENDS or "*" in token:
            return None
        if token.startswith("~"):
            return frozenset(_mistyped(normalise(token[1:])))
        return frozenset(normalise(token).split()[:1])

    def in_pattern(self, pattern: str) -> str:
        """Return a regular expression of a maintainer with the words of each `{list}` in it."""
        expanded = re.sub(r"\{([a-z_]+)\}", lambda name: self._list(name[1]), pattern)
        re.compile(expanded)
        return expanded

    def _pieces(self, phrase: str) -> list[str]:
        tokens = _TOKEN.findall(phrase) if isinstance(phrase, str) else []
        if not tokens or any(end in _GAPS or end.endswith("?") for end in (tokens[0], tokens[-1])):
            raise ValueError(f"the phrase {phrase!r} must begin and end with a word that has to be there")
        pieces: list[str] = []
        first = True
        for token in tokens:
            # At the start of the sentence no space stands before a word, and one after what may be left out.
            before, after = ("", " ") if first else (" ", "")
            if token == _START:
                pieces.append(_ENDS[token])
            elif token in _GAPS:
                pieces.append(f"(?:{before}{self._barred}\\S+{after}){{0,{_GAPS[token]}}}?")
            elif token.endswith("?"):
                pieces.append(f"(?:{before}{self._choice(token[:-1])}{after})?")
            else:
                pieces.append(self._required(token, before))
                first = False
        return pieces

    def _required(self, token: str, before: str) -> str:
        if token == _END:
            return _ENDS[token]
        phrases = token[1:-1].split("|") if token.startswith("(") else []
        if _END in phrases:
            # The end of the sentence is no word: no space stands before it.
            return f"(?:{before}{self._one_of([phrase for phrase in phrases if phrase != _END])}|{_ENDS[_END]})"
        return before + self._choice(token)

    def _choice(self, token: str) -> str:
        return self._one_of(token[1:-1].split("|")) if token.startswith("(") else self._word(token)

    def _one_of(self, phrases: list[str]) -> str:
        plain = [[re.escape(letter) for letter in normalise(phrase)] for phrase in phrases if not _SIGNS & set(phrase)]
        if [] in plain:
            raise ValueError(f"a word is missing in {'|'.join(phrases)!r}")
        return _any_of(plain + [self._pieces(phrase) for phrase in phrases if _SIGNS & set(phrase)])

    def _word(self, word: str) -> str:
        if name := _LIST_NAME.fullmatch(word):
            return self._list(name[1])
        if not word or set("{}()^$?|") & set(word):
            raise ValueError(
                f"{word!r} cannot be read; a choice stands in parentheses: (one|two), a list in braces: {{name}}"
            )
        if word.startswith("~"):
            return _any_of(_mistyped(normalise(word[1:])))
        return r"\S*".join(re.escape(normalise(part)) for part in word.split("*"))

    def _list(self, name: str) -> str:
        if name not in self._lists:
            raise ValueError(f"{WORD_LISTS} holds no list `{name}`")
        if name not in self._known:
            if name in self._open:
                raise ValueError(f"{WORD_LISTS}: the list `{name}` holds itself")
            self._open.append(name)
            self._known[name] = self._one_of(self._lists[name])
            self._open.pop()
        return self._known[name]


def _any_of(sequences: Iterable[Sequence[str]]) -> str:
    """Return one regular expression for all sequences, in which shared beginnings stand once: fast to search."""
    tree: dict[str, Any] = {}
    for sequence in sequences:
        node = tree
        for piece in sequence:
            node = node.setdefault(piece, {})
        node[""] = {}

    def written(node: dict[str, Any]) -> str:
        branches = [piece + written(rest) for piece, rest in node.items() if piece]
        if not branches:
            return ""
        joined = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
        return f"(?:{joined})??" if "" in node else joined

    return f"(?:{written(tree)})"


def _mistyped(word: str) -> set[str]:
    """Return `word` and what it becomes with one letter lost, doubled or changed places with the next."""
    later = range(1, len(word))
    lost = {word[:place] + word[place + 1 :] for place in later}
    doubled = {word[:place] + word[place] + word[place:] for place in later}
    swapped = {word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(1, len(word) - 1)}
    return {word} | lost | doubled | swapped


def rules_as_json(rules: list[Rule]) -> list[dict[str, Any]]:
    """Return `rules` as they are kept in the model."""
    return [{**asdict(rule), "needs": None if rule.needs is None else sorted(rule.needs)} for rule in rules]


def rules_from_json(rows: list[dict[str, Any]]) -> list[Rule]:
    """Return the rules that `rules_as_json` kept, ready for the first sentence."""
    rules = [Rule(**{**row, "needs": None if row["needs"] is None else frozenset(row["needs"])}) for row in rows]
    for rule in rules:
        rule.prepare()
    return rules
