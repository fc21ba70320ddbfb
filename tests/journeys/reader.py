"""Reads conversations out of Dutch files that a counsellor can read and sign; strict, so that no expectation is lost.

The format stands in tests/journeys/LEESMIJ.md. An error names the file, the journey and the step, and says what to do.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
MOMENTS = ("2026-11-23T03:10", "2026-11-24T14:10")
"""A night and an afternoon. Each costs one start of the whole stack, so there are no others."""

MIN_TITLE_WORDS = 4


class JourneyError(ValueError):
    """A journey that cannot be read. The text is Dutch and meant for who wrote it."""


@dataclass(frozen=True)
class Step:
    """One message of the person (`says`, or `picks` the title of a button) and what is expected of the reply.

    None stands for "nothing expected". `understood` is a code of the taxonomy: of the risk when there is one.
    """

    says: str | None = None
    picks: str | None = None
    understood: str | None = None
    reads: tuple[str, ...] = ()
    never_reads: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    never_sees: tuple[str, ...] = ()
    first_card: str | None = None
    first_card_open: bool | None = None
    cards: bool | None = None
    buttons: tuple[str, ...] = ()
    help_bar: bool | None = None
    over: bool = False


@dataclass(frozen=True)
class Journey:
    """One conversation. `moment` is local time; `never`: phrases and provider types that may occur nowhere."""

    file: str
    title: str
    who: str
    moment: str
    steps: tuple[Step, ...]
    never: tuple[str, ...] = ()


_STEP_KEYS = {
    "zegt": ("says", str),
    "kiest": ("picks", str),
    "begrepen": ("understood", str),
    "leest": ("reads", list),
    "leest_nooit": ("never_reads", list),
    "ziet": ("sees", list),
    "ziet_nooit": ("never_sees", list),
    "eerste_kaart": ("first_card", str),
    "eerste_kaart_open": ("first_card_open", bool),
    "kaarten": ("cards", bool),
    "knoppen": ("buttons", list),
    "hulpbalk": ("help_bar", bool),
    "gesprek_voorbij": ("over", bool),
}
_JOURNEY_KEYS = {"titel": str, "wie": str, "wanneer": str, "stappen": list, "nooit": list}
_KIND = {str: "een tekst tussen aanhalingstekens", list: "een lijst", bool: "true of false"}


def read_all(folder: Path = FOLDER) -> list[Journey]:
    """Read every journey of `folder`. Raises JourneyError for the first that is wrong, or a title that occurs twice."""
    journeys = [journey for path in sorted(folder.glob("*.yml")) for journey in read(path)]
    seen: dict[str, str] = {}
    for journey in journeys:
        if journey.title in seen:
            raise JourneyError(
                f"{journey.file}: de titel “{journey.title}” staat ook in {seen[journey.title]}. "
                "Geef elke tocht een eigen titel."
            )
        seen[journey.title] = journey.file
    return journeys


def read(path: Path) -> list[Journey]:
    """Read the journeys of one file. Raises JourneyError."""
    try:
        loaded = yaml.load(path.read_text("utf-8"), _NoTimes)  # noqa: S506 – a safe loader with less in it
    except yaml.YAMLError as error:
        raise JourneyError(f"{path.name}: dit is geen geldige YAML. {error}") from None
    if not isinstance(loaded, list) or not loaded:
        raise JourneyError(f"{path.name}: een bestand is een lijst van tochten. Begin elke tocht met “- titel: …”.")
    return [_journey(item, f"{path.name}, tocht {number}", path.name) for number, item in enumerate(loaded, 1)]


class _NoTimes(yaml.SafeLoader):
    """Leaves `2026-11-23T03:10` and `1712` what the file says: text."""


_NoTimes.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":bool", ":null"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _no_key_twice(loader: yaml.SafeLoader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    """YAML lets the last of two equal keys win; here the first expectation would be lost without a word."""
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"“{key}” staat er twee keer", key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_NoTimes.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _no_key_twice)


def _journey(item: object, where: str, file: str) -> Journey:
    if not isinstance(item, dict):
        raise JourneyError(f"{where}: een tocht begint met “- titel: …”.")
    if isinstance(item.get("titel"), str):
        where = f"{file}, “{item['titel']}”"
    _check_keys(item, _JOURNEY_KEYS, where)
    for key in ("titel", "wie", "wanneer", "stappen"):
        if not item.get(key):
            raise JourneyError(f"{where}: “{key}” ontbreekt.")
    if len(item["titel"].split()) < MIN_TITLE_WORDS:
        raise JourneyError(f"{where}: de titel is geen zin. Zeg wat er hoort te gebeuren.")
    if item["wanneer"] not in MOMENTS:
        raise JourneyError(f"{where}: “wanneer” is {item['wanneer']!r}. Kies {' of '.join(MOMENTS)}.")
    return Journey(
        file=file,
        title=item["titel"],
        who=item["wie"],
        moment=item["wanneer"],
        steps=tuple(_step(step, f"{where}, stap {number}") for number, step in enumerate(item["stappen"], 1)),
        never=_texts(item, "nooit", where),
    )


def _step(item: object, where: str) -> Step:
    if not isinstance(item, dict):
        raise JourneyError(f"{where}: een stap begint met “- zegt: …” of “- kiest: …”.")
    _check_keys(item, {key: kind for key, (_, kind) in _STEP_KEYS.items()}, where)
    if ("zegt" in item) == ("kiest" in item):
        raise JourneyError(f"{where}: een stap heeft “zegt” of “kiest”, en niet allebei.")
    values: dict[str, Any] = {}
    for key, value in item.items():
        name, kind = _STEP_KEYS[key]
        values[name] = _texts(item, key, where) if kind is list else value
    step = Step(**values)
    if step.understood and step.understood not in _codes():
        raise JourneyError(f"{where}: “{step.understood}” is geen code. De codes staan in domain.yml, bij intents.")
    if step.cards is False and (step.sees or step.first_card or step.first_card_open is not None):
        raise JourneyError(f"{where}: “kaarten: false” past niet bij kaarten die er moeten zijn.")
    return step


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(yaml.safe_load((FOLDER.parents[1] / "domain.yml").read_text("utf-8"))["intents"])


def _check_keys(item: dict[str, Any], known: dict[str, type], where: str) -> None:
    for key, value in item.items():
        if key not in known:
            raise JourneyError(f"{where}: “{key}” ken ik niet. Wat wel kan: {', '.join(known)}.")
        if not isinstance(value, known[key]) or value in ("", []):
            raise JourneyError(f"{where}: bij “{key}” hoort {_KIND[known[key]]}.")


def _texts(item: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    texts = item.get(key, [])
    if any(not isinstance(text, str) or not text.strip() for text in texts):
        raise JourneyError(f"{where}: “{key}” is een lijst van teksten. Zet elke tekst tussen aanhalingstekens.")
    return tuple(texts)


def clock_of(moment: str) -> dt.datetime:
    """Return `moment` as a naive local datetime."""
    return dt.datetime.fromisoformat(moment)
