"""`nachtlicht search`: the referral search on the command line, straight on the database."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from nachtlicht.clock import now
from nachtlicht.settings import BRUSSELS, Settings
from referral_db.cards import Card
from referral_db.database import make_session_factory
from referral_db.geography import Geography, Place, fold
from referral_db.search import MAX_LIMIT, Query, Result, search
from referral_db.taxonomy import CHANNELS, CODES, LANGUAGES

PLACES = Path(__file__).parent / "seed" / "places.csv"


def add_search_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `search` with its options; `run` is its handler."""
    parser = commands.add_parser("search", help="where a person can go, out of the referral database")
    parser.add_argument(
        "--need", action="append", required=True, metavar="CODE", help="a need or risk; may be repeated"
    )
    parser.add_argument("--place", help="postal code, municipality, province or Brussel")
    parser.add_argument("--max-price", type=float, metavar="EUR", help="at most, for one conversation; 0 is free")
    parser.add_argument("--channel", metavar="CODE", help=f"one of {', '.join(CHANNELS)}")
    parser.add_argument("--language", default="nl", metavar="CODE", help=f"one of {', '.join(LANGUAGES)} (default nl)")
    parser.add_argument("--at", metavar="TIME", help="local time, such as 2026-11-23T02:30 (default: now)")
    parser.add_argument(
        "--limit", type=int, default=3, metavar="N", help=f"how many cards, 1 to {MAX_LIMIT} (default 3)"
    )
    parser.add_argument("--offset", type=int, default=0, metavar="N", help="skip the first N (default 0)")
    parser.add_argument("--json", action="store_true", help="print a list of cards as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Prints the cards. Exit status 0; 1 when the database cannot be read; 2 for a wrong option."""
    geography = Geography.load(PLACES)
    try:
        query = _query(args, settings, geography)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with make_session_factory(settings.database_url)() as session:
            result = search(session, geography, query, once=True)
    except SQLAlchemyError as error:
        print(f"cannot search the referral database: {_reason(error)}", file=sys.stderr)
        print("start once with `make run`, or import records with `nachtlicht db import`", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(result.cards, ensure_ascii=False, indent=2))
    else:
        print(_in_words(result))
    return 0


def _query(args: argparse.Namespace, settings: Settings, geography: Geography) -> Query:
    if args.max_price is not None and not 0 <= args.max_price < 1e6:
        raise ValueError(f"--max-price: not an amount in EUR: {args.max_price} (0 is free)")
    if not 1 <= args.limit <= MAX_LIMIT:
        raise ValueError(f"--limit: {args.limit} is not between 1 and {MAX_LIMIT}")
    if args.offset < 0:
        raise ValueError(f"--offset: {args.offset} is below 0")
    return Query(
        needs=tuple(dict.fromkeys(_code(code, CODES, "--need") for code in args.need)),
        place=_place(args.place, geography) if args.place else None,
        at=_time(args.at) if args.at else now(settings),
        max_price=args.max_price,
        channel=_code(args.channel, CHANNELS, "--channel") if args.channel else None,
        limit=args.limit,
        language=_code(args.language, LANGUAGES, "--language"),
        offset=args.offset,
    )


def _code(text: str, known: Iterable[str], option: str) -> str:
    names = list(known)
    if text in names:
        return text
    near = get_close_matches(text, names, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"choose from {', '.join(names)}"
    raise ValueError(f"{option}: unknown code {text!r}; {hint}")


def _place(text: str, geography: Geography) -> Place:
    """The place; of several with one name or postal code the municipality itself, with a note."""
    found = geography.find(text)
    if not found:
        raise ValueError(
            f"--place: no place in Flanders or Brussels is called {text!r}; "
            "give a postal code (9000), a municipality (Gent) or a province (Limburg)"
        )
    if len(found) == 1:
        return found[0]
    first, *others = found
    if fold(first.municipality) == fold(text) or text.strip() == first.postal_code:
        print(f"--place: {text!r} is read as {first.label}; there is also {_labels(others)}", file=sys.stderr)
        return first
    raise ValueError(f"--place: {text!r} can be more than one place; choose from {_labels(found)}")


def _labels(places: Iterable[Place]) -> str:
    return ", ".join(f'"{place.label}" ({place.municipality})' for place in places)


def _time(text: str) -> dt.datetime:
    try:
        local = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--at: not a local time: {text!r} (expected something like 2026-11-23T02:30)") from None
    return local.replace(tzinfo=BRUSSELS) if local.tzinfo is None else local.astimezone(BRUSSELS)


def _reason(error: SQLAlchemyError) -> str:
    original: Any = getattr(error, "orig", None)
    return str(original or error).splitlines()[0]


def _in_words(result: Result) -> str:
    if not result.cards:
        return "Niets gevonden."
    return "\n\n".join([*result.widened, *(_card_in_words(card) for card in result.cards)])


def _card_in_words(card: Card) -> str:
    wait = f"wachttijd: {card['wait']['text']}" if card["wait"] else None
    distance = f" ({str(card['distance_km']).replace('.', ',')} km)" if card["distance_km"] is not None else ""
    lines = [
        f"{card['name']} ({card['provider_type']})",
        card["summary"],
        "+ " + ", ".join(card["why"]),
        "- " + ", ".join(card["not_matching"]) if card["not_matching"] else None,
        f"prijs: {card['price']['text']}",
        f"uren: {card['open']['text']}",
        *(f"{contact['channel']}: {contact['value']}" for contact in card["contacts"]),
        f"plaats: {card['place']}{distance}",
        wait,
        card["admission"],
        f"nagekeken op {card['checked_on']}, bron: {card['source']}",
    ]
    first, *rest = [line for line in lines if line]
    return "\n  ".join([first, *rest])
