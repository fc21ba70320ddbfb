"""Hypothesis strategies for records: everything that the database may hold, also what nobody would write."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from referral_db import codes
from referral_db.areas import municipalities

# What a maintainer can type, without the control characters and lone surrogates that no database takes.
_TEXT = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"], whitelist_characters="\n|\\;'=+"),
    min_size=1,
    max_size=40,
).map(str.strip)
texts = _TEXT.filter(bool)
maybe_text = st.none() | texts
dates = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
slugs = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
web = st.from_regex(r"https://[a-z]{1,8}\.be/[a-z0-9?=&;|]{0,8}", fullmatch=True)
mail = st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.be", fullmatch=True)
times = st.from_regex(r"([01][0-9]|2[0-3]):[0-5][0-9]", fullmatch=True)
amounts = st.floats(0, 9_999).map(lambda value: round(value, 2))


def _some(values: Any, size: int = 3) -> Any:
    return st.lists(st.sampled_from(values), max_size=size, unique=True)


def _ordered(low: str, high: str, values: Any) -> Any:
    """Two fields of which the first, where both are there, does not come after the second."""
    pairs = st.tuples(st.none() | values, st.none() | values)
    return pairs.map(lambda pair: tuple(sorted(pair)) if None not in pair else pair).map(
        lambda pair: {low: pair[0], high: pair[1]}
    )


phones = st.fixed_dictionaries(
    {
        "number": st.from_regex(r"\+?[0-9]{2,4}( [0-9]{2}){0,3}", fullmatch=True),
        "type": st.sampled_from(["voice", "sms"]),
        "description": maybe_text.filter(lambda text: not (text or "").startswith("spoor:")),
        "trace": maybe_text,
    }
)
contacts = st.one_of(
    st.fixed_dictionaries({"channel": st.just("mail"), "value": mail, "trace": maybe_text}),
    st.fixed_dictionaries(
        {"channel": st.sampled_from(["chat", "videogesprek", "website"]), "value": web, "trace": maybe_text}
    ),
)
_hours = st.one_of(
    st.just({"opens_at": None, "closes_at": None}),
    st.fixed_dictionaries({"opens_at": times, "closes_at": times | st.just("24:00")}),
)
_schedule = st.fixed_dictionaries(
    {
        "attending_type": st.sampled_from(codes.CHANNELS),
        "byday": _some(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), 7).filter(bool).map(",".join),
        "interval": st.integers(1, 5),
        "dtstart": st.none() | dates,
        "closed": st.booleans(),
        "on_public_holidays": st.none() | st.booleans(),
        "description": maybe_text,
    }
)
schedules = st.builds(
    lambda *parts: parts[0] | parts[1] | parts[2], _schedule, _hours, _ordered("valid_from", "valid_to", dates)
)
_cost = st.fixed_dictionaries(
    {
        "option": st.sampled_from(codes.COST_CONDITIONS),
        "amount_description": maybe_text,
        "source": maybe_text,
    }
)
costs = st.builds(
    lambda *parts: parts[0] | parts[1] | parts[2],
    _cost,
    _ordered("valid_from", "valid_to", dates),
    _ordered("amount", "amount_max", amounts),
)
areas = st.one_of(
    st.just({"extent_type": "land", "code": "BE"}),
    st.sampled_from(codes.GEWESTEN).map(lambda code: {"extent_type": "gewest", "code": code}),
    st.sampled_from(codes.PROVINCES).map(lambda code: {"extent_type": "provincie", "code": code}),
    st.sampled_from(sorted(municipalities())).map(lambda code: {"extent_type": "gemeente", "code": code}),
)
languages = st.fixed_dictionaries({"code": st.sampled_from(["nl", "fr", "en", "tr"]), "note": maybe_text})
checks = st.fixed_dictionaries(
    {
        "field": st.sampled_from(["phone", "hours", "price", "address"]),
        "checked_on": dates,
        "method": texts,
        "source": maybe_text,
        "confidence": st.sampled_from(codes.CONFIDENCES),
        "checked_by": maybe_text,
    }
)
capacities = st.fixed_dictionaries(
    {
        "unit": texts,
        "available": st.integers(0, 500),
        "maximum": st.none() | st.integers(0, 500),
        "description": maybe_text,
        "updated": st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2099, 12, 31)),
    }
)
accessibilities = st.fixed_dictionaries({"description": texts, "details": maybe_text, "url": st.none() | web})
documents = st.fixed_dictionaries({"document": texts, "uri": st.none() | web})
yes_no = st.none() | st.booleans()


def _places(slug: str) -> Any:
    place = st.fixed_dictionaries(
        {
            "name": maybe_text,
            "address_1": maybe_text,
            "postal_code": st.none() | st.sampled_from(["9000", "1000", "3500"]),
            "city": maybe_text,
            "latitude": st.none() | st.floats(49, 52),
            "longitude": st.none() | st.floats(2, 7),
        }
    )
    return st.lists(place, max_size=2).map(
        lambda rows: [row | {"slug": f"{slug}-{number}"} for number, row in enumerate(rows)]
    )


@st.composite
def raw_records(draw: Any, slug: Any = slugs) -> dict[str, Any]:
    """A record as a seed or import gives it: a draft, so that it may lack anything that a draft may lack."""
    name = draw(slug)
    hidden = draw(st.booleans())
    ages = draw(_ordered("minimum_age", "maximum_age", st.integers(0, 120)))
    return ages | {
        "slug": name,
        "name": draw(texts),
        "description": draw(texts),
        "url": draw(st.none() | web),
        "email": draw(st.none() | mail),
        "eligibility_description": draw(maybe_text),
        "state": draw(st.sampled_from(["draft", "archived"])),
        "provider_type": draw(texts),
        "who_pays": draw(st.sampled_from(codes.WHO_PAYS)),
        "price_kind": draw(st.sampled_from(codes.PRICE_KINDS)),
        "admission": draw(maybe_text),
        "anonymous": draw(st.none() | st.booleans()),
        "couple_work": draw(st.booleans()),
        "hidden_address": hidden,
        "wait_text": draw(maybe_text),
        "wait_observed_on": draw(st.none() | dates),
        "wait_band": draw(st.none() | st.sampled_from(codes.WAIT_BANDS)),
        "wait_known_by": draw(st.none() | st.sampled_from(codes.WAIT_KNOWN_BY)),
        "philosophy": draw(st.none() | st.sampled_from(codes.PHILOSOPHIES)),
        "referral_needed": draw(yes_no),
        "both_partners": draw(yes_no),
        "group_talk": draw(yes_no),
        "on_phone_bill": draw(yes_no),
        "calls_back": draw(yes_no),
        "letter_home": draw(yes_no),
        "account_needed": draw(yes_no),
        "source": draw(texts),
        "confidence": draw(st.sampled_from(codes.CONFIDENCES)),
        "checked_on": draw(dates),
        "draft_reason": draw(maybe_text),
        "organization": {
            "slug": f"org-{name}",
            "name": draw(texts),
            "description": draw(texts),
            "website": draw(st.none() | web),
            "email": draw(st.none() | mail),
        },
        "needs": draw(_some((*codes.NEEDS, *codes.RISKS))),
        "channels": draw(_some(codes.CHANNELS)),
        "phones": draw(st.lists(phones, max_size=2)),
        "online_contacts": draw(st.lists(contacts, max_size=2)),
        "schedules": draw(st.lists(schedules, max_size=2)),
        "cost_options": draw(st.lists(costs, max_size=2)),
        "service_areas": draw(st.lists(areas, max_size=3, unique_by=lambda row: (row["extent_type"], row["code"]))),
        "languages": draw(st.lists(languages, max_size=2, unique_by=lambda row: row["code"])),
        "field_checks": draw(st.lists(checks, max_size=2, unique_by=lambda row: row["field"])),
        "capacities": draw(st.lists(capacities, max_size=2, unique_by=lambda row: row["unit"])),
        "accessibilities": draw(st.lists(accessibilities, max_size=2)),
        "required_documents": draw(st.lists(documents, max_size=2)),
        "locations": [] if hidden else draw(_places(name)),
    }
