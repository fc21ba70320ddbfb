"""The order of the services that fit: one score, and what the first three must offer together.

A score is a sum of points. Higher is better; equal scores go by slug. Nobody can pay for points.

| what | points |
|---|---|
| helps with the need; with each further need that was named | 40; 8, for at most two |
| with the need that was named first: further ones came out of the same sentence | 4 |
| made for few things: 3 codes or less, falling with more | up to 8 |
| after a risk instead: the share of its codes that are risks; of an emergency number, how many risks | up to 8 |
| serves the municipality, province, region, country | 10, 8, 6, 4 |
| serves only a part of what was asked ("provincie Limburg") | 3 |
| does not serve the place | -20 |
| can be visited: falling to 0 at 40 km; where is not known; only at a distance: the same for all | up to 8; 3; 5 |
| paid by government, non-profit, not known, private | 6, 5, 1, 0 |
| price within the budget; perhaps; not known; over it | 20; 8; 4; -15 |
| no budget was named: free; known; not known | 3; 1; -2 |
| has the channel that was asked for; has it not | 10; -15 |
| somebody answers now, at night (22:00 to 7:00) and by day; not known | 14, 4; 2 |
| instead, when a time was asked: open then; not known | 40; 12 |
| informs and sends on, does not help itself; a court or a service sends people there | -10 |
| can only be read, where that was not asked: a person helps more | -8 |
| there for young people, when one asks: Awel before the CAW of their parents | 12 |
| works with couples, for who wants to make the relationship stronger | 6 |
| the law, for who is still in doubt: a lawyer before a talk reads as advice to leave | -10 |
| emergency number: it comes after a listening line, but first when the danger is now | -10 |
| emergency number, where nobody is in danger | -40 |
| for the young only, where nothing says that this is one | -15 |
| telephone, hours or price not checked since they should have been (90, 180, 365 days); each | -4 |
| the whole service not checked for more than a year | -25 |

Who helps in Dutch comes before who does not, whatever the points; where another language was asked, that one.
After a risk, crisis lines and round-the-clock care come first, those that answer now before the others.
The first three are of different kinds where the score allows (within 20 points), and one of them answers now. Two
records with one telephone number are one door: the second is never among the first three.
Who can pay something sees something that is paid for among the first three, within the budget: else the middle, not
poor and not rich, gets the three free doors that everybody gets. Private help of unknown price does not fit a budget
of 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from nachtlicht.clock import is_night
from referral_db.candidates import COUNTRY, MUNICIPALITY, PART_OF_PLACE, PROVINCE, REGION, Candidate
from referral_db.geography import Geography, Place, distance_km
from referral_db.opening_hours import BRUSSELS, LIVE_CHANNELS, State, states_in
from referral_db.price import Cost, Price, Situation, price_for, within_budget
from referral_db.taxonomy import INDIRECT_PROVIDERS, NEEDS, ON_REFERRAL_PROVIDERS, RISKS, provider_group
from referral_db.wished_time import OpenThen, Window, open_then

FIRST = 3
"""As many cards are shown at once: among these there is variety, and one that answers now."""
VARIETY_COSTS_AT_MOST = 20.0
NEAR_KM = 40.0
STALE_AFTER = dt.timedelta(days=365)

SILENT_CHANNELS = frozenset({"chat", "mail", "sms", "website"})
"""For who cannot talk now."""
YOUNG_UNTIL = 25
"""Years; JAC and OverKop help until this birthday."""
GENERAL_LINE = 8
"""A help line for this many needs listens to every story."""
FOR_FEW_THINGS = 3
VISITED = frozenset({"ter_plaatse", "groep"})

_WHO_PAYS_POINTS = {"overheid": 6.0, "vzw": 5.0, "onbekend": 1.0, "prive": 0.0}
LAST_TIER = 3
LISTENING_LINE = "luisterlijn"
_CRISIS_GROUPS = frozenset({"nood", "hulplijn", LISTENING_LINE})


@dataclass(frozen=True, slots=True)
class Wish:
    """What one person asks, without the database. `at` is aware; `max_price` in EUR a conversation, None for any."""

    needs: tuple[str, ...]
    place: Place | None
    max_price: float | None
    channel: str | None
    at: dt.datetime
    risk: str | None
    silent: bool
    situation: Situation
    language: str = "nl"
    times: tuple[Window, ...] = ()
    """When help is wanted; empty for any time."""
    channels: frozenset[str] = field(init=False)
    """The channels that will do; empty for any."""
    local: dt.datetime = field(init=False)
    """`at` in Europe/Brussels."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "local", self.at.astimezone(BRUSSELS))
        asked = frozenset({self.channel}) if self.channel else frozenset()
        channels = asked & SILENT_CHANNELS or SILENT_CHANNELS if self.silent else asked
        object.__setattr__(self, "channels", channels)


@dataclass(slots=True)
class Ranked:
    """A candidate with what was found about it for one wish. `distance` in km, `fits_budget` None where perhaps.

    `foreign`: known not to help in the language of the wish. `then`: whether it is open at the time that was asked.
    """

    candidate: Candidate
    score: float
    tier: int
    price: Price
    fits_budget: bool | None
    states: Mapping[str, State]
    distance: float | None
    has_channel: bool
    other_age: bool
    foreign: bool
    then: OpenThen | None

    @property
    def group(self) -> str:
        return kind_of_help(self.candidate)

    @property
    def answers_now(self) -> bool:
        return any(state == "open" for channel, state in self.states.items() if channel in LIVE_CHANNELS)

    def answers_now_on(self, channels: frozenset[str]) -> bool:
        """Whether somebody answers now on one of `channels`; on any where that is empty."""
        return any(
            s == "open" for c, s in self.states.items() if c in LIVE_CHANNELS and (c in channels or not channels)
        )


def kind_of_help(candidate: Candidate) -> str:
    """A line that listens to every story is another kind than one for a subject."""
    group = provider_group(candidate.provider_type)
    general = group == "hulplijn" and len(candidate.needs & NEEDS.keys()) >= GENERAL_LINE
    return LISTENING_LINE if general else group


def area_ranks(place: Place | None, geography: Geography) -> dict[str, int]:
    """The service area codes (see `referral_db.models.ServiceArea`) that serve `place`, with how near each is."""
    ranks = {"BE": COUNTRY, "vlaanderen_brussel": REGION}
    if place is None:
        return {**ranks, "vlaanderen": PART_OF_PLACE}
    in_brussels = place.province == "Brussel"
    ranks["brussel" if in_brussels else "vlaanderen"] = REGION
    ranks[place.province] = PROVINCE
    if place.nis is not None:
        return {**ranks, place.nis: MUNICIPALITY}
    return ranks | {part.nis: PART_OF_PLACE for part in geography.municipalities(place.province) if part.nis}


Known = dict[tuple[str, int], Ranked]
"""What was found about services for one wish, by id and area rank."""


def rank(
    candidates: Iterable[Candidate],
    wish: Wish,
    geography: Geography,
    *,
    within_budget: bool = False,
    known: Known | None = None,
) -> list[Ranked]:
    """The candidates in their order, variety and an answer now among the first three included.

    `within_budget` leaves out what costs more for certain. `known` as for `look_at`.
    """
    found = look_at(candidates, wish, geography, {} if known is None else known)
    if within_budget:
        found = [one for one in found if one.fits_budget is not False]
    found.sort(key=_order)
    return with_an_answer_now(_with_something_paid(_with_variety(found, wish), wish), wish.channels)


def look_at(candidates: Iterable[Candidate], wish: Wish, geography: Geography, known: Known) -> list[Ranked]:
    """What there is to say about each candidate. What is `known` from this search is not worked out again."""
    found = []
    for candidate in candidates:
        key = (candidate.id, candidate.area_rank)
        if key not in known:
            known[key] = _ranked(candidate, wish, geography)
        found.append(known[key])
    return found


def with_an_answer_now(found: list[Ranked], channels: frozenset[str]) -> list[Ranked]:
    """Puts the best service that answers now on the third place, when none of the first three does."""
    tests: list[Callable[[Ranked], bool]] = [
        lambda one: one.answers_now_on(channels) and not one.foreign,
        lambda one: one.answers_now and not one.foreign,
    ]
    for answers in tests:
        if any(answers(one) for one in found[:FIRST]):
            return found
        later = next((one for one in found[FIRST:] if answers(one) and not same_door(one, found[: FIRST - 1])), None)
        if later is not None:
            rest = [one for one in found if one is not later]
            return [*rest[: FIRST - 1], later, *rest[FIRST - 1 :]]
    return found


def same_door(one: Ranked, others: Iterable[Ranked]) -> bool:
    """Whether one of `others` answers at a telephone number of `one`."""
    return bool(one.candidate.numbers) and any(not _digits(one).isdisjoint(_digits(other)) for other in others)


def _digits(one: Ranked) -> set[str]:
    return {"".join(filter(str.isdigit, number)) for number in one.candidate.numbers}


def _order(one: Ranked) -> tuple[bool, int, float, str]:
    return one.foreign, one.tier, -one.score, one.candidate.slug


def _with_variety(found: list[Ranked], wish: Wish) -> list[Ranked]:
    """The first three of different kinds and organizations, unless that passes over something much better.

    In danger now only the order counts. Two records with one number are never both there: with nothing else left, the
    second is left out.
    """
    first: list[Ranked] = []
    rest = list(found)
    while rest and len(first) < FIRST:
        groups = {one.group for one in first}
        organizations = {one.candidate.organization_id for one in first}
        doors = [one for one in rest if not same_door(one, first)]
        if not doors:
            return first
        best = doors[0]
        other = (one for one in doors if one.group not in groups and one.candidate.organization_id not in organizations)
        pick = best if wish.risk == "acuut_gevaar" else next(other, best)
        much_better = wish.risk is None and best.score - pick.score > VARIETY_COSTS_AT_MOST
        # After a risk somebody who answers is not passed over for another kind of help.
        leaves_the_lines = pick.tier == LAST_TIER > best.tier
        if much_better or leaves_the_lines or pick.foreign != best.foreign:
            pick = best
        first.append(pick)
        rest.remove(pick)
    return first + rest


def _with_something_paid(found: list[Ranked], wish: Wish) -> list[Ranked]:
    """Puts the best paid help within the budget second, when the first three hold none; sure prices come first."""
    if not wish.max_price or wish.risk is not None:
        return found
    paid = [
        one
        for one in found
        if one.candidate.price_kind != "gratis" and one.fits_budget is not False and not one.foreign
    ]
    paid = [one for one in paid if one.has_channel and not one.other_age and not _sends_on(one)]
    if any(one in paid for one in found[:FIRST]):
        return found
    paid.sort(key=lambda one: 0 if one.fits_budget else 1 if one.price.min is not None else 2)
    pick = next((one for one in paid if one.candidate.area_rank and not same_door(one, found[:1])), None)
    return found if pick is None else [found[0], pick, *(one for one in found[1:] if one is not pick)]


def _sends_on(one: Ranked) -> bool:
    provider = one.candidate.provider_type.casefold()
    return provider in INDIRECT_PROVIDERS or provider in ON_REFERRAL_PROVIDERS


def _ranked(candidate: Candidate, wish: Wish, geography: Geography) -> Ranked:
    price = _price(candidate.price_kind, candidate.costs, wish.situation, wish.at.date())
    fits = None if wish.max_price is None else within_budget(price, wish.max_price)
    if fits is None and wish.max_price == 0 and price.kind == "onbekend" and candidate.who_pays == "prive":
        fits = False
    states = states_in(candidate.opening, wish.local)
    distance = _distance(candidate, wish.place, geography)
    has_channel = not wish.channels or bool(wish.channels & candidate.channels)
    ranked = Ranked(
        candidate,
        score=0.0,
        tier=0,
        price=price,
        fits_budget=fits,
        states=states,
        distance=distance,
        has_channel=has_channel,
        other_age=_is_for_other_age(candidate, wish),
        foreign=bool(candidate.languages) and wish.language not in candidate.languages,
        then=open_then(candidate.opening, wish.channels, wish.times, wish.local) if wish.times else None,
    )
    ranked.score = round(sum(_points(ranked, wish)), 6)
    ranked.tier = _tier(ranked, wish)
    return ranked


@lru_cache(maxsize=4096)
def _price(kind: str, costs: tuple[Cost, ...], situation: Situation, on: dt.date) -> Price:
    """Many services have the same rates."""
    return price_for(kind, costs, situation, on)


def _points(one: Ranked, wish: Wish) -> Iterable[float]:
    candidate = one.candidate
    matched = len(candidate.needs.intersection(wish.needs))
    yield 40.0 + 8.0 * min(matched - 1, 2) if matched else 0.0
    yield 4.0 if wish.needs and wish.needs[0] in candidate.needs else 0.0
    yield 8.0 * _focus(one, wish)
    yield float(candidate.area_rank) if candidate.area_rank else -20.0
    yield _near_points(one)
    yield _WHO_PAYS_POINTS.get(candidate.who_pays, 0.0)
    yield _price_points(one, wish)
    if wish.channels:
        yield 10.0 if one.has_channel else -15.0
    yield _open_points(one, wish)
    if one.group == "nood":
        yield -10.0 if wish.risk else -40.0
    if _sends_on(one):
        yield -10.0
    yield from _fit_points(one, wish)
    if one.other_age:
        yield -15.0
    yield -4.0 * len(candidate.late_fields(wish.at.date()))
    if wish.at.date() - candidate.checked_on > STALE_AFTER:
        yield -25.0


def _fit_points(one: Ranked, wish: Wish) -> Iterable[float]:
    if one.candidate.channels == {"website"} and "website" not in wish.channels:
        yield -8.0
    if "jongeren" in wish.needs and _is_for_the_young(one.candidate):
        yield 12.0
    if "investeren" in wish.needs and one.candidate.couple_work:
        yield 6.0
    if one.group == "recht" and "twijfel_scheiden" in wish.needs and "scheiding" not in wish.needs:
        yield -10.0


def _focus(one: Ranked, wish: Wish) -> float:
    """How much the service is made for this, from 0 to 1."""
    codes = one.candidate.needs
    if wish.risk is None:
        return min(1.0, FOR_FEW_THINGS / max(len(codes), 1))
    risks = len(codes & RISKS.keys())
    return risks / len(RISKS) if one.group == "nood" else risks / max(len(codes), 1)


def _open_points(one: Ranked, wish: Wish) -> float:
    if one.then:
        return 40.0 if one.then.state == "open" else 12.0 if one.then.state == "unknown" else 0.0
    if one.answers_now_on(wish.channels):
        return 14.0 if is_night(wish.at) else 4.0
    live = [state for channel, state in one.states.items() if channel in LIVE_CHANNELS]
    unknown = "unknown" in live or (not live and bool(one.candidate.channels & LIVE_CHANNELS))
    return 2.0 if unknown else 0.0


def _near_points(one: Ranked) -> float:
    if not one.candidate.channels & VISITED:
        return 5.0
    return 3.0 if one.distance is None else 8.0 * max(0.0, 1.0 - one.distance / NEAR_KM)


def _price_points(one: Ranked, wish: Wish) -> float:
    if wish.max_price is None:
        return 3.0 if one.price.own_share == 0 else -2.0 if one.price.kind == "onbekend" else 1.0
    if one.fits_budget is None:
        return 4.0 if one.price.kind == "onbekend" else 8.0
    return 20.0 if one.fits_budget else -15.0


def _tier(one: Ranked, wish: Wish) -> int:
    if wish.risk is None:
        return 0
    if wish.risk not in one.candidate.needs:
        return LAST_TIER
    if one.group == "nood" and wish.risk == "acuut_gevaar":
        return 0
    # A centre that is reached through 1712 comes after 1712; one where a person can go now does not.
    care_now = one.group == "zorg na geweld" and one.answers_now and bool(one.candidate.channels & VISITED)
    if not care_now and one.group not in _CRISIS_GROUPS:
        return LAST_TIER
    return 1 if one.answers_now_on(wish.channels) else 2


def _distance(candidate: Candidate, place: Place | None, geography: Geography) -> float | None:
    """Km from the place to the nearest location; None where either is not one point."""
    if place is None or place.postal_code is None:
        return None
    distances = []
    for latitude, longitude, postal_code in candidate.points:
        if latitude is None or longitude is None:
            centre = geography.postal_code(postal_code or "")
            if centre is None:
                continue
            latitude, longitude = centre.lat, centre.lon
        distances.append(distance_km(place.lat, place.lon, latitude, longitude))
    return min(distances, default=None)


def _is_for_other_age(candidate: Candidate, wish: Wish) -> bool:
    """For young people only, while nothing says that this is one."""
    if "jongeren" in wish.needs:
        return False
    if candidate.needs & NEEDS.keys() == {"jongeren"}:  # Awel names no age, and yet is not for a parent
        return wish.situation.age is None or wish.situation.age > YOUNG_UNTIL
    return wish.situation.age is None and _has_a_young_limit(candidate)


def _is_for_the_young(candidate: Candidate) -> bool:
    few = len(candidate.needs & NEEDS.keys()) <= FOR_FEW_THINGS
    return "jongeren" in candidate.needs and (few or _has_a_young_limit(candidate))


def _has_a_young_limit(candidate: Candidate) -> bool:
    return candidate.maximum_age is not None and candidate.maximum_age < 40
