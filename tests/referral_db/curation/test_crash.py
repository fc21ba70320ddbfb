"""A process that is killed in the middle of an import or a publication loses nothing and half-writes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.referral_db.curation.crash_drill import SERVICES, WORK
from tests.services import HOME


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    name = "sqlite_url" if request.param == "sqlite" else "postgresql_url"
    address: str = request.getfixturevalue(name)
    return address


def added(before: dict[str, list[str]], after: dict[str, list[str]], table: str) -> int:
    return len(after[table]) - len(before[table])


@pytest.mark.parametrize("work", WORK)
def test_a_killed_process_leaves_all_or_nothing(url: str, work: str) -> None:
    command = [sys.executable, "-m", "tests.referral_db.curation.crash_drill", url, work]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    before, after = found[0]["holds"], found[-1]["holds"]
    assert before["service"]
    whole(work, before, after)
    for one in found[1:]:
        by_chance = one["when"].endswith("seconds")
        allowed = [before, after] if by_chance or one is found[-1] else [before]
        assert one["holds"] in allowed, one["when"]


def whole(work: str, before: dict[str, list[str]], after: dict[str, list[str]]) -> None:
    """What the work does when nobody kills it."""
    others = SERVICES - 1
    open_before, open_after = (sum("'open'" in row for row in held["proposal"]) for held in (before, after))
    changed = len(set(after["service"]) - set(before["service"]))
    expected = {
        "import_on_the_server": (others, 0, others),
        "import_as_proposals": (0, others, others),
        "publish": (1, -1, 1),
        "publish_a_file": (others, -others, others),
    }[work]
    assert (changed, open_after - open_before, added(before, after, "audit_entry")) == expected
