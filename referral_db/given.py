"""Sentences that people gave to learn from: redacted, for 180 days, with a week and a website and nothing else.

The chat redacts a sentence before it comes here (`bot.chat.redaction`); here it is bounded, labelled and let go.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Sequence

import yaml
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from referral_db.workflow import GivenSentence

KEPT_DAYS = 180
"""Counted from the Monday of the week: then a sentence is removed, labelled or not."""
MOST_A_WEEK = 200
"""Sentences of one website in a week: what one maintainer can still read."""
MOST_CHARACTERS = 300
BLANK = "[…]"
"""What stands in the place of what was left out."""


def keep(session: Session, text: str, tenant: str, on: dt.date) -> bool:
    """Adds one redacted sentence to the week of `on`; does not commit. False, and nothing is added, past a bound."""
    if not text.strip() or len(text) > MOST_CHARACTERS:
        return False
    week = on - dt.timedelta(days=on.weekday())
    here = select(func.count()).select_from(GivenSentence).filter_by(tenant=tenant, week=week)
    if session.scalar(here) >= MOST_A_WEEK:  # type: ignore[operator]
        return False
    # A random key: a number that counts up would tell in which order they came.
    session.add(GivenSentence(id=secrets.token_hex(8), week=week, tenant=tenant, text=text))
    return True


def let_go(session: Session, today: dt.date) -> int:
    """Removes what is older than `KEPT_DAYS`; does not commit. Gives how many."""
    old = GivenSentence.week <= today - dt.timedelta(days=KEPT_DAYS)
    count = session.scalar(select(func.count()).select_from(GivenSentence).where(old))
    if count:
        session.execute(delete(GivenSentence).where(old))
    return count or 0


def given_sentences(session: Session) -> Sequence[GivenSentence]:
    """All of them: those without a label first, then by week and key."""
    order = (GivenSentence.label.is_not(None), GivenSentence.week, GivenSentence.id)
    return session.scalars(select(GivenSentence).order_by(*order)).all()


def proposal(sentences: Sequence[GivenSentence]) -> str:
    """The labelled sentences in the form of a file of data/nlu, for somebody to read, better and move there.

    What was left out stands as "…": brackets mean something else in that form.
    """
    by_label: dict[str, set[str]] = defaultdict(set)
    for one in sentences:
        if one.label:
            by_label[one.label].add(" ".join(one.text.replace(BLANK, "…").split()))
    intents = [
        {"intent": label, "examples": "".join(f"- {text}\n" for text in sorted(texts))}
        for label, texts in sorted(by_label.items())
    ]
    note = "# Proposal out of sentences that people gave. Read and better each one before it goes to data/nlu/.\n"
    return note + yaml.dump(
        {"version": "3.1", "nlu": intents}, Dumper=_Blocks, allow_unicode=True, sort_keys=False, width=1000
    )


class _Blocks(yaml.SafeDumper):
    """Writes a text of lines as Rasa's files have it: a block after `|`."""


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Blocks.add_representer(str, _block)
