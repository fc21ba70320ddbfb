"""Files between preview and yes: few, not for long, each for one person."""

from __future__ import annotations

from referral_db.curation.forms import Upload
from referral_db.curation.uploads import KEPT_SECONDS, MAX_KEPT, Uploads

FILE = Upload("gids.csv", b"code")


def test_a_file_is_for_who_sent_it_until_it_is_dropped() -> None:
    uploads = Uploads()
    name = uploads.keep(1, FILE)
    assert uploads.find(name, 1) == FILE
    assert uploads.find(name, 2) is None
    uploads.drop(name)
    assert uploads.find(name, 1) is None


def test_the_oldest_makes_room() -> None:
    uploads = Uploads()
    names = [uploads.keep(1, FILE) for _ in range(MAX_KEPT + 1)]
    assert [uploads.find(name, 1) is None for name in names] == [True] + [False] * MAX_KEPT


def test_a_file_is_gone_after_half_an_hour() -> None:
    seconds = 0.0
    uploads = Uploads(now=lambda: seconds)
    name = uploads.keep(1, FILE)
    seconds = KEPT_SECONDS + 1
    assert uploads.find(name, 1) is None
