"""A found service as a card: what a person sees of it, in the shape of the contract, and why it is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from referral_db.areas import description as area_description
from referral_db.candidates import COUNTRY, PART_OF_PLACE, REGION
from referral_db.card_details import Details, LocationFacts, PhoneFacts, ServiceFacts
from referral_db.conditions import conditions, phone_trace, room_in_words, wait_in_words
from referral_db.opening_hours import LIVE_CHANNELS, OpenState, opening_state
from referral_db.price import Price, euros
from referral_db.ranking import STALE_AFTER, VISITED, Ranked, Wish
from referral_db.taxonomy import CHANNELS, CODES, LANGUAGES

MAX_SUMMARY = 240
MAX_WHY = 3
MAX_NOT_MATCHING = 2

_TIME_DOUBTS = {"closed": "op dat moment gesloten", "unknown": "niet zeker of het op dat moment open is"}
_LATE = {"phone": "het nummer is", "hours": "de uren zijn", "price": "de prijs is"}
_URL = re.compile(r"https?://[^\s;,'\"<>]+")


class PriceJson(TypedDict):
    kind: str
    min: float | None
    max: float | None
    text: str
    own_share: float | None


class OpenJson(TypedDict):
    state: str
    text: str


class ContactJson(TypedDict):
    channel: str
    value: str
    href: str
    trace: str | None


class WaitJson(TypedDict):
    text: str
    observed_on: str | None


class Card(TypedDict):
    """A `Card` of the contract, section 2; ready for JSON. Dates are ISO text, `distance_km` has one decimal.

    `admission` is all that a person should know before they go, in sentences.
    """

    id: str
    name: str
    summary: str
    provider_type: str
    why: list[str]
    not_matching: list[str]
    price: PriceJson
    open: OpenJson
    contacts: list[ContactJson]
    place: str
    distance_km: float | None
    wait: WaitJson | None
    admission: str | None
    checked_on: str
    source: str


def make_cards(found: Sequence[Ranked], details: Mapping[str, Details], wish: Wish) -> list[Card]:
    """The cards of `found`, in that order. `details` are those of `read_details`, by id."""
    return [_card(one, details[one.candidate.id], wish) for one in found if one.candidate.id in details]


def price_json(price: Price) -> PriceJson:
    """A price in the shape of the contract; what the record adds stands behind the text."""
    return {
        "kind": price.kind,
        "min": price.min,
        "max": price.max,
        "text": price.full_text,
        "own_share": price.own_share,
    }


def _card(one: Ranked, details: Details, wish: Wish) -> Card:
    service = details.service
    opening = _open_state(one, wish)
    return {
        "id": one.candidate.slug,
        "name": service.name,
        "summary": _summary(service.description),
        "provider_type": one.candidate.provider_type,
        "why": _why(one, details, wish),
        "not_matching": _not_matching(one, details, wish),
        "price": price_json(one.price),
        "open": {"state": opening.state, "text": opening.text},
        "contacts": _contacts(details, wish),
        "place": _place(details, wish),
        "distance_km": _shown_distance(one),
        "wait": _wait(service),
        "admission": _admission(details, wish),
        "checked_on": service.checked_on.isoformat(),
        "source": _source(details),
    }


def _open_state(one: Ranked, wish: Wish) -> OpenState:
    live = one.candidate.channels & LIVE_CHANNELS
    if not live and not any(channel in LIVE_CHANNELS for channel in one.states):
        if "website" in one.candidate.channels:
            return OpenState("open", "altijd te lezen")
        if "mail" in one.candidate.channels:
            return OpenState("unknown", "je krijgt later antwoord")
    asked = _state_of_asked(one, wish)
    if asked is None or (asked.state != "open" and one.answers_now and not wish.silent):
        return opening_state(one.candidate.hours, wish.at)
    return asked


def _state_of_asked(one: Ranked, wish: Wish) -> OpenState | None:
    """The state of the live channels that were asked for; None where they have no hours here."""
    asked = wish.channels & LIVE_CHANNELS & set(one.states)
    return opening_state(one.candidate.hours, wish.at, asked) if asked else None


def _summary(text: str) -> str:
    """The first whole sentences that fit."""
    text = " ".join(text.split())
    if len(text) <= MAX_SUMMARY:
        return text
    cut = text[:MAX_SUMMARY]
    end = cut.rfind(". ")
    return cut[: end + 1] if end > 40 else cut.rsplit(" ", 1)[0] + "…"


def _why(one: Ranked, details: Details, wish: Wish) -> list[str]:
    """What matches, the most telling first: the need, then what was asked for, then what is good to know."""
    matched = [code for code in wish.needs if code in one.candidate.needs]
    facts = [CODES[matched[0]].why if matched else "voor vragen van allerlei soort"]
    if one.then and one.then.text:
        facts.append(one.then.text)
    if wish.language != "nl" and wish.language in one.candidate.languages:
        facts.append(f"helpt in het {LANGUAGES[wish.language]}")
    area = _area_fact(one, details, wish)
    free = one.price.own_share == 0
    if wish.place is not None:
        facts += area
    if wish.max_price is not None and one.fits_budget:
        facts.append("gratis" if free else f"binnen je budget: {one.price.text}")
    if wish.channel and one.has_channel:
        facts.append(f"je kan er {CHANNELS[wish.channel]}" if wish.channel != "website" else "je kan het online lezen")
    elif wish.silent and one.has_channel:
        facts.append("je hoeft niet te praten")
    if one.answers_now:
        facts.append("nu bereikbaar")
    if free:
        facts.append("gratis")
    distance = _shown_distance(one)
    if distance is not None and distance <= 15:
        facts.append("in je buurt" if distance <= 5 else f"op ongeveer {round(distance)} km")
    facts += area
    return list(dict.fromkeys(facts))[:MAX_WHY]


def _area_fact(one: Ranked, details: Details, wish: Wish) -> list[str]:
    rank = one.candidate.area_rank
    if rank == COUNTRY:
        return ["helpt in heel België"]
    if rank == REGION:
        wide = any(area.code == "vlaanderen_brussel" for area in details.areas)
        in_brussels = wish.place is not None and wish.place.province == "Brussel"
        return [f"helpt in heel {'Vlaanderen en Brussel' if wide else 'Brussel' if in_brussels else 'Vlaanderen'}"]
    if rank > REGION and wish.place is not None:
        return [f"helpt mensen uit {wish.place.in_words}"]
    return []


def _not_matching(one: Ranked, details: Details, wish: Wish) -> list[str]:
    facts = []
    if one.candidate.area_rank == 0:
        facts.append("werkt in een andere streek" if wish.place else _only_there(details))
    elif one.candidate.area_rank == PART_OF_PLACE:
        facts.append(f"werkt niet overal in {wish.place.in_words}" if wish.place else "werkt niet in Brussel")
    if not one.has_channel:
        facts.append(_missing_channel(one, wish))
    elif (asked := _state_of_asked(one, wish)) and asked.state == "closed" and one.answers_now and wish.channel:
        facts.append(f"{CHANNELS[wish.channel]} kan nu niet: {asked.text}")
    if one.then and one.candidate.channels & LIVE_CHANNELS and (doubt := _TIME_DOUBTS.get(one.then.state)):
        facts.append(doubt)
    if wish.max_price is not None and not one.fits_budget:
        facts.append(_price_doubt(one, wish.max_price))
    if one.foreign:
        facts.append(
            f"helpt in het {' of '.join(LANGUAGES.get(code, code) for code in sorted(one.candidate.languages))}"
        )
    if one.other_age:
        until = details.service.maximum_age
        facts.append("enkel voor jongeren" if until is None else f"enkel tot en met {until} jaar")
    facts += _stale(one, wish)
    return facts[:MAX_NOT_MATCHING]


def _stale(one: Ranked, wish: Wish) -> list[str]:
    if wish.at.date() - one.candidate.checked_on > STALE_AFTER:
        return ["al meer dan een jaar niet nagekeken"]
    return [f"{_LATE[field]} al lang niet nagekeken" for field in one.candidate.late_fields(wish.at.date())[:1]]


def _only_there(details: Details) -> str:
    """Where a service works, for who did not say where they live."""
    areas = [area_description(area.extent_type, area.code) for area in details.areas]
    if not areas:
        return "niet overal"
    return f"enkel in {areas[0].replace('provincie', 'de provincie')}{' en omgeving' if len(areas) > 1 else ''}"


def _missing_channel(one: Ranked, wish: Wish) -> str:
    if one.candidate.channels & LIVE_CHANNELS and one.candidate.channels <= VISITED | {"website"}:
        return "je moet er zelf naartoe"
    if wish.channel and wish.channel != "website":
        return f"je kan er niet {CHANNELS[wish.channel]}"
    return "je moet er praten" if wish.silent else "niet online te lezen"


def _price_doubt(one: Ranked, budget: float) -> str:
    if one.fits_budget is False:
        return "niet gratis" if budget == 0 else f"kost meer dan {euros(budget)}"
    if one.price.kind == "inkomensgerelateerd":
        return "prijs hangt af van je inkomen"
    if one.price.max is None:
        return "prijs niet bekend"
    return "misschien niet gratis" if budget == 0 else f"kost misschien meer dan {euros(budget)}"


def _contacts(details: Details, wish: Wish) -> list[ContactJson]:
    """Ways to get in touch, those on a channel that was asked for first. Never an address."""
    service = details.service
    found = [_phone_contact(phone, phone_trace(service)) for phone in details.phones]
    for contact in details.online:
        found += _online_contact(contact.channel, contact.value, contact.trace)
    known = {contact["channel"] for contact in found}
    if "mail" not in known:
        found += _online_contact("mail", service.email or service.organization_email, None)
    if "website" not in known:
        found += _online_contact("website", service.url or service.organization_website, None)
    if not found:
        found += _online_contact("website", _source(details), None)
    order = list(CHANNELS)
    found.sort(key=lambda contact: (contact["channel"] not in wish.channels, order.index(contact["channel"])))
    unique: dict[str, ContactJson] = {}
    for one in found:
        unique.setdefault(one["href"], one)
    return list(unique.values())


def _phone_contact(phone: PhoneFacts, usual_trace: str | None) -> ContactJson:
    scheme, channel = ("sms", "sms") if phone.type == "sms" else ("tel", "telefoon")
    digits = re.sub(r"[^\d+]", "", phone.number)
    return {
        "channel": channel,
        "value": phone.number,
        "href": f"{scheme}:{digits}",
        "trace": phone.trace or usual_trace,
    }


def _online_contact(channel: str, value: str | None, trace: str | None) -> Iterable[ContactJson]:
    if not value or channel not in CHANNELS:
        return
    if channel == "mail" and "@" in value:
        yield {"channel": channel, "value": value, "href": f"mailto:{value}", "trace": trace}
    elif value.startswith(("https://", "http://")):
        yield {"channel": channel, "value": value, "href": value, "trace": trace}


def _place(details: Details, wish: Wish) -> str:
    """The address of the nearest location, or the area that is served. A hidden address has no location here."""
    locations = [location for location in details.locations if location.city]
    if locations:
        location = min(locations, key=lambda one: _closeness(one, wish))
        town = " ".join(part for part in (location.postal_code, location.city) if part)
        return f"{location.address_1}, {town}" if location.address_1 else town
    widest = {"land": 0, "gewest": 1, "provincie": 2}
    areas = sorted(details.areas, key=lambda area: widest.get(area.extent_type, 3))
    if not areas:
        return "onbekend"
    own = next((area for area in areas if wish.place and area.code == wish.place.nis), areas[0])
    name = area_description(own.extent_type, own.code) if areas[0].extent_type == "gemeente" else ""
    if name:
        return f"{name} en omgeving" if len(areas) > 1 else name
    return area_description(areas[0].extent_type, areas[0].code)


def _closeness(location: LocationFacts, wish: Wish) -> tuple[float, str]:
    if wish.place is None or location.latitude is None or location.longitude is None:
        return float("inf"), location.slug
    # Good enough to tell which of a few is nearer: one degree of longitude is 0.63 of latitude in Flanders.
    east = (location.longitude - wish.place.lon) * 0.63
    return east**2 + (location.latitude - wish.place.lat) ** 2, location.slug


def _shown_distance(one: Ranked) -> float | None:
    if one.distance is None or not one.candidate.channels & VISITED:
        return None
    return round(one.distance, 1)


def _wait(service: ServiceFacts) -> WaitJson | None:
    text = wait_in_words(service)
    if not text:
        return None
    observed = service.wait_observed_on
    return {"text": text, "observed_on": observed.isoformat() if observed else None}


def _admission(details: Details, wish: Wish) -> str | None:
    sentences = conditions(details.service)
    sentences += [f"Breng mee: {name}." for name in details.documents]
    sentences += [f"Toegankelijk: {text.rstrip('.')}." for text in details.accessibilities]
    sentences += filter(None, (room_in_words(room, wish.at) for room in details.rooms))
    return " ".join(sentences) or None


def _source(details: Details) -> str:
    """Where the record comes from, as an address; the service's own site where the source is not one."""
    match = _URL.search(details.service.source)
    if match:
        return match.group().rstrip(".)")
    own = [details.service.url, details.service.organization_website, *(contact.value for contact in details.online)]
    return next((url for url in own if url and url.startswith(("https://", "http://"))), details.service.source)
