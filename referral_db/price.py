"""What a service costs one person: the price out of its cost options, for a situation, on a date.

The fixed rates of CGG and of the RIZIV convention hold for who comes alone; for a session together no rate was found,
so none is promised. Unknown is not free.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

UNKNOWN_TEXT = "prijs niet bekend: vraag het vooraf"
NOT_SURE_TEXT = "prijs niet zeker"
ASK_TOGETHER = "prijs voor samen niet bekend: vraag het vooraf"
LAST_YOUNG_AGE = 23

PERSONAL_OPTIONS = frozenset({"verhoogde_tegemoetkoming", "tot_en_met_23", "student", "eerste_gesprek"})
"""Conditions that a session alone meets; a session together does not get these rates without asking."""


class CostRow(Protocol):
    """What is read of a cost option; `referral_db.models.CostOption` and `Cost` have it."""

    @property
    def option(self) -> str: ...
    @property
    def amount(self) -> float | None: ...
    @property
    def amount_max(self) -> float | None: ...
    @property
    def amount_description(self) -> str | None: ...
    @property
    def valid_from(self) -> dt.date | None: ...
    @property
    def valid_to(self) -> dt.date | None: ...


class Cost(NamedTuple):
    """A cost option without a database; amounts in EUR a conversation."""

    option: str = "standaard"
    amount: float | None = None
    amount_max: float | None = None
    amount_description: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What a person chose to say about what they pay; None is not said.

    `increased_allowance`: "verhoogde tegemoetkoming"; `age` in years; `together`: with their partner; `group`: looks
    for a group.
    """

    increased_allowance: bool | None = None
    age: int | None = None
    first_conversation: bool = False
    together: bool | None = None
    student: bool | None = None
    group: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """A price in EUR a conversation. `own_share` is what this person pays, None unless it is certain.

    `kind` is a price kind of the taxonomy; `min` and `max` are None where not known. `text` is short; `note` is what
    the record adds in whole sentences, "" for nothing.
    """

    kind: str
    min: float | None
    max: float | None
    text: str
    own_share: float | None
    note: str = ""

    @property
    def full_text(self) -> str:
        return f"{self.text}. {self.note}" if self.note else self.text


UNKNOWN = Price("onbekend", None, None, UNKNOWN_TEXT, None)
FREE = Price("gratis", 0.0, 0.0, "gratis", 0.0)


def price_for(kind: str, options: Iterable[CostRow], situation: Situation, on: dt.date) -> Price:
    """The price of a service whose stored price kind is `kind`, for `situation`, with the options valid `on` a date."""
    valid = {row.option: row for row in options if _is_valid(row, on)}
    usual = valid.get("standaard")
    note = (usual.amount_description or "") if usual else ""
    if kind == "gratis":
        return replace(FREE, note=note)
    if kind == "inkomensgerelateerd":
        return _by_income(usual, note)
    if kind == "onbekend" or usual is None or usual.amount is None:
        return replace(UNKNOWN, text=NOT_SURE_TEXT if note else UNKNOWN_TEXT, note=note)
    special = {row.option: row for row in valid.values() if row.option in PERSONAL_OPTIONS and row.amount is not None}
    if special and situation.together:
        return Price("onbekend", None, None, ASK_TOGETHER, None)
    group = valid.get("groep")
    if situation.group and group is not None and group.amount is not None:
        return replace(_in_group(kind, group, special, situation), note=group.amount_description or note)
    return replace(_in_situation(kind, usual, special, situation), note=note)


def within_budget(price: Price, budget: float) -> bool | None:
    """Whether `price` fits in `budget` EUR a conversation; None where it may: unknown, or only partly below it."""
    if price.own_share is not None:
        return price.own_share <= budget
    if price.min is None or price.max is None:
        return None
    if price.max <= budget:
        return True
    return None if price.min <= budget else False


def euros(amount: float) -> str:
    """An amount as it is written in Belgium: "€ 11", "€ 2,50"."""
    return f"€ {amount:.0f}" if amount == int(amount) else f"€ {amount:.2f}".replace(".", ",")


def _is_valid(row: CostRow, on: dt.date) -> bool:
    return not (row.valid_from and on < row.valid_from) and not (row.valid_to and on > row.valid_to)


def _by_income(usual: CostRow | None, note: str) -> Price:
    if usual is None or usual.amount is None:
        return Price("inkomensgerelateerd", None, None, "volgens je inkomen", None, note)
    high = usual.amount if usual.amount_max is None else max(usual.amount, usual.amount_max)
    text = f"volgens je inkomen, {_span(usual.amount, high)}"
    return Price("inkomensgerelateerd", usual.amount, high, text, None, note)


def _in_group(kind: str, group: CostRow, special: Mapping[str, CostRow], situation: Situation) -> Price:
    """What a group costs; a rate for a conversation alone that is not lower is none for the group."""
    lower = {
        option: row for option, row in special.items() if option != "eerste_gesprek" and _amount(row) < _amount(group)
    }
    price = _in_situation(kind, group, lower, situation)
    return replace(price, text=price.text.replace("per gesprek", "per keer in groep", 1))


def _in_situation(kind: str, usual: CostRow, special: Mapping[str, CostRow], situation: Situation) -> Price:
    low = usual.amount or 0.0
    high = low if usual.amount_max is None else max(low, usual.amount_max)
    held = [_amount(row) for option, row in special.items() if _holds(option, situation) is True]
    if held:
        low = high = min(held)
    perhaps = {option: _amount(row) for option, row in special.items() if _holds(option, situation) is None}
    lower = {option: amount for option, amount in perhaps.items() if amount < low}
    text = "gratis" if high == 0 else _span(low, high)
    if "verhoogde_tegemoetkoming" in lower:
        text += f", {_or_free(lower['verhoogde_tegemoetkoming'])} met verhoogde tegemoetkoming"
    elif "tot_en_met_23" in lower:
        text += f", {_or_free(lower['tot_en_met_23'])} tot en met {LAST_YOUNG_AGE} jaar"
    elif "student" in lower:
        text += f", {_or_free(lower['student'])} voor studenten"
    own = low if low == high and not lower else None
    first = special.get("eerste_gesprek")
    # A first conversation that is free on a condition ("na verwijzing") is not promised.
    if situation.first_conversation and first is not None and not first.amount_description and _amount(first) < low:
        own, text = _amount(first), f"eerste gesprek {_or_free(_amount(first))}, daarna {text}"
        return Price(kind, own, high, text, own)
    return Price("gratis" if own == 0 else kind, min([low, *lower.values()]), high, text, own)


def _amount(row: CostRow) -> float:
    return row.amount or 0.0


def _holds(option: str, situation: Situation) -> bool | None:
    """Whether the condition of `option` is met for every conversation; None where the person did not say."""
    if option == "verhoogde_tegemoetkoming":
        return situation.increased_allowance
    if option == "tot_en_met_23":
        return None if situation.age is None else situation.age <= LAST_YOUNG_AGE
    return situation.student if option == "student" else False


def _span(low: float, high: float) -> str:
    return f"{euros(low)} per gesprek" if low == high else f"{euros(low)} tot {euros(high)} per gesprek"


def _or_free(amount: float) -> str:
    return "gratis" if amount == 0 else euros(amount)
