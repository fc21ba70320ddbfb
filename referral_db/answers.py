"""Curated answers: the one that may be shown now."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from referral_db.models import Answer


def find_answer(session: Session, code: str, kind: str, *, night: bool, today: dt.date) -> str | None:
    """Return the text of the published, unexpired answer for `code` and `kind`, or None.

    At night the variant for the night comes first; where there is none, the one for any moment is used.
    """
    rows = session.scalars(
        select(Answer).where(
            Answer.code == code, Answer.kind == kind, Answer.state == "published", Answer.expires_on > today
        )
    )
    by_moment = {row.moment: row.text for row in rows}
    return (by_moment.get("nacht") if night else None) or by_moment.get("altijd")
