"""Curated answers: the one that may be shown now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from referral_db.models import Answer

VARIANTS = ("ander", "alleen", "kinderen")
"""For whom an answer was written, after the code of its need: "conflict_kinderen". The first that fits is used.

ander: who worries about somebody else; alleen: whose partner does not want to come along; kinderen: who has children.
"""


def find_answer(
    session: Session, code: str, kind: str, *, night: bool, today: dt.date, rather: Sequence[str] = ()
) -> str | None:
    """Return the text of the published, unexpired answer for `code` and `kind`, or None.

    The codes of `rather` come before `code`, in their order. At night an answer for the night comes before all others;
    where there is none, one for any moment is used.
    """
    codes = (*rather, code)
    rows = session.scalars(
        select(Answer).where(
            Answer.code.in_(codes), Answer.kind == kind, Answer.state == "published", Answer.expires_on > today
        )
    )
    found = {(row.moment, row.code): row.text for row in rows}
    moments = ("nacht", "altijd") if night else ("altijd",)
    return next((found[moment, one] for moment in moments for one in codes if (moment, one) in found), None)
