"""The subpoena drill: after real conversations all that is held is read out, and only rounded totals are there."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.conftest import MODEL, missing
from tests.e2e import canary
from tests.e2e.test_no_trace import LOG_LINES, Visitor
from tests.services import private_redis
from tests.stack import HOME, Stack, running

pytestmark = [pytest.mark.stack, pytest.mark.redis]

TIMES = 25


@pytest.fixture(scope="module")
def drills(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was handed over: before, during and after the conversations, and when the processes have stopped."""
    if not MODEL.exists():
        missing("no trained model: run `make train`")
    folder = tmp_path_factory.mktemp("subpoena")
    (folder / "redis").mkdir()
    with private_redis(folder / "redis") as redis_url:
        with running(folder / "state", NACHTLICHT_REDIS_URL=redis_url) as stack:
            found: dict[str, Any] = {"before": handed_over(stack)}
            visitors = [talk(stack, number) for number in range(TIMES)]
            found["during"] = handed_over(stack)
            for visitor in visitors:
                visitor.end()
                visitor.client.close()
            found["after"] = handed_over(stack)
        found["stopped"] = handed_over(stack)
    found["canaries"] = [one for visitor in visitors for one in visitor.canaries]
    return found


def handed_over(stack: Stack) -> Any:
    command = [str(HOME / ".venv/bin/nachtlicht"), "subpoena", "--hours", "1"]
    done = subprocess.run(command, env=stack.environment, cwd=HOME, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def talk(stack: Stack, number: int) -> Visitor:
    """One conversation of somebody who looks for help, and every other time is in danger first."""
    visitor = Visitor(stack, f"visitor {number}")
    visitor.start()
    if number % 2:
        assert visitor.say(f"hij heeft me weer geslagen {visitor.text.value}")["understood"]["risk"] == "partnergeweld"
    else:
        visitor.say(f"mijn man heeft iets met een collega, ik ben er kapot van {visitor.text.value}")
        visitor.say("ja, waar kan ik terecht")
        visitor.say("gent")
        assert any(message["cards"] for message in visitor.say("liefst gratis")["messages"])
    return visitor


def test_while_people_talk_redis_holds_codes_and_the_database_nothing_new(drills: dict[str, Any]) -> None:
    during = drills["during"]
    assert during["database"] == drills["before"]["database"]
    assert during["database"]["counted"] == []
    assert "ontrouw" in json.dumps(during["redis"])
    words = [one for one in drills["canaries"] if not one.name.endswith("session")]
    assert canary.search_bytes("drill", json.dumps(during, ensure_ascii=False).encode(), words) == set()


def test_an_hour_in_which_everybody_left_holds_nothing(drills: dict[str, Any]) -> None:
    after = drills["after"]
    assert after["redis"] == {}
    assert after["database"] == drills["before"]["database"]


def test_only_rounded_totals_appear_in_the_end(drills: dict[str, Any]) -> None:
    stopped, before = drills["stopped"], drills["before"]
    counted = stopped["database"]["counted"]
    assert stopped["database"] == before["database"] | {"counted": counted}
    assert stopped["redis"] == {}
    assert counted
    for row in counted:
        assert set(row) == {"week", "what", "row", "column", "count"}
        assert row["count"] >= 10
        assert row["count"] % 5 == 0
    everything = json.dumps(stopped, ensure_ascii=False).encode()
    assert canary.search_bytes("drill", everything, drills["canaries"]) == set()


def test_the_files_are_the_database_and_lines_of_known_forms(drills: dict[str, Any]) -> None:
    for moment in ("before", "during", "after", "stopped"):
        files = drills[moment]["files"]
        assert set(files) <= {
            "nachtlicht.db",
            "nachtlicht.db-shm",
            "nachtlicht.db-wal",
            "output.log",
            "supervisord.pid",
        }
        odd = [line for line in files["output.log"]["text"].splitlines() if not LOG_LINES.fullmatch(line)]
        assert odd == []
