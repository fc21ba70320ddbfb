"""The referral search: from a need, a place and what may be paid to a few cards, and what was widened to find them.

A service must help with a need, serve the place, have the channel and not cost more than the budget (one whose price is
not known may stay). Where fewer than `ENOUGH` do, the search widens step by step: region, channel, price, need. The
order is that of `referral_db.ranking`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy.orm import Session

from referral_db.candidates import Candidate, Filter, find_candidates
from referral_db.card_details import read_details
from referral_db.cards import Card, make_cards
from referral_db.current_index import current_index
from referral_db.geography import Geography, Place
from referral_db.price import Situation, euros
from referral_db.ranking import FIRST, LISTENING_LINE, Known, Ranked, Wish, area_ranks, kind_of_help, look_at, rank
from referral_db.search_index import SearchIndex
from referral_db.taxonomy import CHANNELS, CODES, LANGUAGES, NO_JOINT_HELP, RISKS
from referral_db.wished_time import windows

ENOUGH = 2
MAX_LIMIT = 50
GENERAL_NEED = "eenzaamheid"
"""A help line for who feels alone listens to every story."""
GENERAL_FROM = 6
"""A service for as many codes as this helps with questions in general."""


Find = Callable[[Filter], list[Candidate]]


@dataclass(frozen=True, slots=True)
class Query:
    """What one person asks. An empty `needs` asks for general help.

    `max_price` is in EUR a conversation: 0 is free, None is any. `channel` is a channel code, `at` an aware datetime.
    `risk` is the risk code of this session, also when the question is now about something else. `silent`: the person
    cannot talk now. `language` is a code of `LANGUAGES`, `time` one of `referral_db.wished_time`, None for any.
    """

    needs: tuple[str, ...]
    place: Place | None
    at: dt.datetime
    max_price: float | None = None
    channel: str | None = None
    limit: int = 3
    offset: int = 0
    risk: str | None = None
    silent: bool = False
    situation: Situation = field(default_factory=Situation)
    language: str = "nl"
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Cards from `offset` on, at most `limit`; `widened` holds a Dutch sentence for each condition that was let go.

    `total` is how many services were found in all.
    """

    cards: list[Card]
    widened: list[str]
    total: int


def search(
    session: Session, geography: Geography, query: Query, *, once: bool = False, index: SearchIndex | None = None
) -> Result:
    """The services for `query`, best first. Raises ValueError for a code that does not exist or a naive `at`.

    `once`: this process searches no more, so that an index in memory is not worth its time. The result is the same.
    `index`: asks this one, made of what `session` reads.
    """
    wish = _wish(query)
    if index is None and not once:
        index = current_index(session)
    find = partial(index.find if index else find_candidates, session)
    known: Known = {}
    found = _find(find, geography, wish, known)
    found = _with_general_line(find, geography, wish, known, found)
    start = max(query.offset, 0)
    shown = found[start : start + min(max(query.limit, 1), MAX_LIMIT)]
    details = partial(index.details if index else read_details, session)
    cards = make_cards(shown, details([one.candidate.id for one in shown]), wish)
    return Result(cards, _widened(shown, wish), len(found))


def _wish(query: Query) -> Wish:
    for code in query.needs:
        if code not in CODES:
            raise ValueError(f"not a need or risk code: {code!r}")
    if query.risk is not None and query.risk not in RISKS:
        raise ValueError(f"not a risk code: {query.risk!r}")
    if query.channel is not None and query.channel not in CHANNELS:
        raise ValueError(f"not a channel code: {query.channel!r}")
    if query.language not in LANGUAGES:
        raise ValueError(f"not a language code: {query.language!r}")
    if query.at.tzinfo is None:
        raise ValueError("the time of a search needs a time zone")
    risk = query.risk or next((code for code in RISKS if code in query.needs), None)
    codes = (risk, *query.needs) if risk else query.needs
    return Wish(
        needs=tuple(dict.fromkeys(codes)),
        place=query.place,
        max_price=query.max_price,
        channel=query.channel,
        at=query.at,
        risk=risk,
        silent=query.silent,
        situation=replace(query.situation, group=query.situation.group or query.channel == "groep"),
        language=query.language,
        times=windows(query.time, query.at) if query.time else (),
    )


def _find(find: Find, geography: Geography, wish: Wish, known: Known) -> list[Ranked]:
    found: list[Ranked] = []
    candidates: dict[str, Candidate] = {}
    asked: Filter | None = None
    for wanted, within_budget in _wider_and_wider(wish, geography):
        if wanted != asked:  # letting go of the price asks the database nothing new
            candidates |= {one.id: one for one in find(wanted)}
            asked = wanted
        found = rank(candidates.values(), wish, geography, within_budget=within_budget, known=known)
        # A line in another language for another place helps nobody.
        found = [one for one in found if one.candidate.area_rank or not one.foreign or wish.language != "nl"]
        understood = {"nl", wish.language}
        if sum(not one.candidate.languages or bool(one.candidate.languages & understood) for one in found) >= ENOUGH:
            break
    return found


def _wider_and_wider(wish: Wish, geography: Geography) -> Iterator[tuple[Filter, bool]]:
    """What a service must have, and whether the budget holds: first all of it, then region, channel, price, need."""
    areas = area_ranks(wish.place, geography)
    wanted = Filter(
        needs=wish.needs,
        areas=areas,
        channels=wish.channels,
        on=wish.at.date(),
        age=wish.situation.age,
        joint_help=wish.risk not in NO_JOINT_HELP,
        general_from=None if wish.needs else GENERAL_FROM,
    )
    within_budget = wish.max_price is not None
    yield wanted, within_budget
    if wish.place is not None:
        around = {part.nis: 0 for part in geography.municipalities(wish.place.province) if part.nis}
        yield replace(wanted, areas=around | areas), within_budget
    wanted = replace(wanted, everywhere=True)
    yield wanted, within_budget
    if wanted.channels:
        wanted = replace(wanted, channels=frozenset())
        yield wanted, within_budget
    if within_budget:
        yield wanted, False
    if wanted.needs:
        # Help for any question is only of use where the person lives.
        yield replace(wanted, areas=areas, everywhere=False, general_from=GENERAL_FROM), False


def _widened(shown: Sequence[Ranked], wish: Wish) -> list[str]:
    """What was let go for the services that are shown, in the order in which it is let go."""
    words = []
    if any(one.candidate.area_rank == 0 for one in shown):
        words.append(
            f"In {wish.place.in_words} vond ik weinig. Daarom toon ik ook hulp uit een andere streek."
            if wish.place
            else "Ik weet niet waar je woont. Daarom toon ik ook hulp die maar in één streek werkt."
        )
    if any(not one.has_channel for one in shown):
        how = f"waar je kan {CHANNELS[wish.channel]}" if wish.channel else "zonder praten"
        words.append(f"Ik vond nu weinig hulp {how}. Daarom toon ik ook iets anders.")
    if any(one.then and one.then.state == "closed" for one in shown):
        words.append("Op dat moment vond ik weinig dat open is. Daarom toon ik ook hulp op een ander moment.")
    if wish.max_price is not None and any(one.fits_budget is False for one in shown):
        price = "Gratis" if wish.max_price == 0 else f"Voor hoogstens {euros(wish.max_price)}"
        words.append(f"{price} vond ik weinig. Daarom toon ik ook hulp die meer kost.")
    if any(one.foreign for one in shown):
        language = LANGUAGES[wish.language]
        words.append(f"In het {language} vond ik weinig. Daarom toon ik ook hulp in een andere taal.")
    if wish.needs and any(not one.candidate.needs & set(wish.needs) for one in shown):
        words.append("Voor deze vraag vond ik weinig. Daarom toon ik ook hulp voor allerlei vragen.")
    return words


def _with_general_line(find: Find, geography: Geography, wish: Wish, known: Known, found: list[Ranked]) -> list[Ranked]:
    """Where none of the first three answers now, puts a general help line that does on the third place."""
    if any(one.answers_now_on(wish.channels) and not one.foreign for one in found[:FIRST]):
        return found
    there = {one.candidate.id for one in found}
    wanted = Filter(
        needs=(GENERAL_NEED,),
        areas=area_ranks(wish.place, geography),
        channels=frozenset(),
        on=wish.at.date(),
        age=wish.situation.age,
        joint_help=False,
    )
    candidates = find(wanted)
    others = [one for one in candidates if one.id not in there and kind_of_help(one) == LISTENING_LINE]
    if not any(one.answers_now and not one.foreign for one in look_at(others, wish, geography, known)):
        return found
    ids = {one.id for one in others}
    lines = [
        one
        for one in rank(candidates, wish, geography, known=known)
        if one.candidate.id in ids and one.answers_now and not one.foreign
    ]
    # One that answers on the channel that was asked for; else any, unless such a one is already among the first.
    lines.sort(key=lambda one: not one.answers_now_on(wish.channels))
    answered = any(one.answers_now and not one.foreign for one in found[:FIRST])
    if not lines or (answered and not lines[0].answers_now_on(wish.channels)):
        return found
    return [*found[: FIRST - 1], lines[0], *found[FIRST - 1 :]]
