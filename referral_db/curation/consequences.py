"""What a proposal would change in the conversation: fixed test questions, answered as things are and as they would be.

The questions are made from the taxonomy and the geography, the same every week: each need and risk, in a town of each
province and where nobody said a place, with prices, channels, night and day going round. The change is made in a
transaction that is rolled back, so that the search itself gives the answer.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from nachtlicht.settings import BRUSSELS
from referral_db.answers import find_answer
from referral_db.curation import proposals, words
from referral_db.curation.proposals import Waiting
from referral_db.geography import Geography, Place
from referral_db.price import euros
from referral_db.records import Record
from referral_db.search import GENERAL_FROM, GENERAL_NEED, Query, search
from referral_db.search_index import SearchIndex
from referral_db.taxonomy import CHANNELS, CODES
from referral_db.workflow import Proposal

PLACES = ("2000", "3500", "9000", "3000", "8000", "1000", None, None)
"""Postal codes of a town in each province and of Brussels; twice nothing was said."""
PRICES = (None, 0.0, 15.0, 60.0)
"""EUR a conversation, at most."""
WAYS = (None, "telefoon", "chat", "ter_plaatse", None)
HOURS = (3, 14)
LONGEST = 2.5
"""Seconds that the searches may take, beside a second to read 30 000 services; what was not looked at is said."""
FIRST = 3


@dataclass(frozen=True)
class Question:
    """One test question; `at` is a Tuesday in Brussels time."""

    code: str
    place: Place | None
    max_price: float | None
    channel: str | None
    at: dt.datetime

    @property
    def query(self) -> Query:
        return Query((self.code,), self.place, self.at, self.max_price, self.channel, limit=FIRST)

    @property
    def in_words(self) -> str:
        price = None if self.max_price is None else "gratis" if self.max_price == 0 else f"tot {euros(self.max_price)}"
        parts = (
            CODES[self.code].label,
            self.place.municipality if self.place else "geen plaats",
            price,
            CHANNELS[self.channel] if self.channel else None,
            "’s nachts" if self.at.hour == HOURS[0] else "overdag",
        )
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True)
class Consequence:
    """One question with another answer: the names of the first three (or a text) before and after."""

    question: str
    before: list[str]
    after: list[str]


@dataclass(frozen=True)
class Consequences:
    """`asked` of the `total` questions were looked at."""

    found: list[Consequence]
    asked: int
    total: int


def questions(geography: Geography, today: dt.date) -> list[Question]:
    """The fixed questions, for the Tuesday of the week of `today`; any first part of them is a fair part."""
    tuesday = today - dt.timedelta(days=today.weekday() - 1)
    made = []
    places = [geography.postal_code(postal_code) if postal_code else None for postal_code in PLACES]
    for round_number in range(len(PLACES)):
        for number, code in enumerate(CODES):
            place_number = (number + round_number) % len(PLACES)
            turn = number + place_number
            at = dt.datetime.combine(tuesday, dt.time(HOURS[turn % 2]), BRUSSELS)
            price, way = PRICES[(turn // 2) % len(PRICES)], WAYS[(turn + 2 * place_number) % len(WAYS)]
            made.append(Question(code, places[place_number], price, way, at))
    return made


def consequences(
    database: sessionmaker[Session],
    proposal: Proposal,
    waiting: Waiting,
    geography: Geography,
    today: dt.date,
    clock: Callable[[], float] = time.monotonic,
) -> Consequences:
    """Asks the questions before and after the change, and leaves everything as it was."""
    asked = questions(geography, today)
    with database() as db:
        try:
            if waiting.subject.entity == "answer":
                found = _answers(db, proposal, waiting, today)
                return Consequences(found, len(asked), len(asked))
            reached = [one for one in asked if _may_matter(one, waiting.subject.record, waiting.record)]
            # First what the service is for: there it matters most, should there be too little time.
            needs = {*waiting.subject.record["needs"], *waiting.record["needs"]}
            reached.sort(key=lambda one: one.code not in needs)
            # An index of its own: that of all searches holds nothing of a change that is not committed.
            index = SearchIndex(db.connection())
            start = clock()
            before = list(_ask(db, geography, index, reached, lambda: clock() > start + LONGEST * 2 / 3))
            proposals.put(db, proposal, waiting, by=proposal.author)
            db.flush()
            index = index.with_changed(db, waiting.subject.entity_id)
            after = list(_ask(db, geography, index, reached[: len(before)], lambda: clock() > start + LONGEST))
        finally:
            db.rollback()
    rows = zip(reached, before, after, strict=False)
    found = [
        Consequence(one.in_words, [name for _, name in old], [name for _, name in new])
        for one, old, new in rows
        if [key for key, _ in old] != [key for key, _ in new]
    ]
    return Consequences(found, len(asked) - len(reached) + len(after), len(asked))


def _ask(
    db: Session, geography: Geography, index: SearchIndex, asked: Sequence[Question], enough: Callable[[], bool]
) -> Iterator[list[tuple[str, str]]]:
    for one in asked:
        if enough():
            return
        yield [(card["id"], card["name"]) for card in search(db, geography, one.query, index=index).cards]


def _may_matter(question: Question, before: Record, after: Record) -> bool:
    """Whether the search could meet the service at all: a service that is for something else never comes up."""
    shown = [record for record in (before, after) if record["state"] == "published"]
    return any(
        question.code in record["needs"] or GENERAL_NEED in record["needs"] or len(record["needs"]) >= GENERAL_FROM
        for record in shown
    )


def _answers(db: Session, proposal: Proposal, waiting: Waiting, today: dt.date) -> list[Consequence]:
    code, kind = waiting.record["code"], waiting.record["kind"]

    def say() -> list[str]:
        texts = (find_answer(db, code, kind, night=night, today=today) for night in (True, False))
        return [text or "(geen antwoord)" for text in texts]

    before = say()
    proposals.put(db, proposal, waiting, by=proposal.author)
    db.flush()
    label = f"{words.answer_label(code)} · {words.KINDS[kind]}"
    return [
        Consequence(f"{label} · {moment}", [old], [new])
        for moment, old, new in zip(("’s nachts", "overdag"), before, say(), strict=True)
        if old != new
    ]
