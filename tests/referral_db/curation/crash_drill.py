"""One crash drill: work on a database in a process that is killed (SIGKILL) at a chosen moment, again and again.

`python -m tests.referral_db.curation.crash_drill URL WORK` fills an empty database, does WORK in child processes that
die, and prints what the database holds after each death as one JSON list; see `drill`. A process of its own, because
one with threads, as pytest may have, should not fork.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from referral_db.curation import batches, imports, proposals, subjects
from referral_db.curation.forms import Upload
from referral_db.curation.people import Person
from referral_db.database import make_session_factory, upgrade
from referral_db.interchange import import_sheet
from referral_db.models import Base, Service
from referral_db.records import all_services, store, to_record
from referral_db.sheet import write_sheet
from referral_db.validation import complete
from referral_db.workflow import Proposal
from tests.referral_db.curation.conftest import NOW, TODAY, service

SERVICES = 6
AUTHOR, APPROVER = Person(1, "An", "editor"), Person(2, "Bo", "publisher")
BY_CHANCE = 3
"""Children that are killed from outside at a random moment."""
_NOT_COMPARED = {"at", "made_at", "decided_at", "audit_id", "batch"}
"""Of the moment, or drawn anew each time."""

Factory = sessionmaker[Session]


def fill(factory: Factory) -> None:
    """Services, one proposal for the first, and a file of proposals for all others."""
    with factory() as db:
        for number in range(SERVICES):
            record, problems = complete(service(f"dienst-{number:02}"))
            assert not problems
            store(db, record)
        db.commit()
        first = subjects.of_service(db.scalars(select(Service).where(Service.slug == "dienst-00")).one())
        record, _ = subjects.merged(first, {"name": "Een andere naam", "needs": ["conflict"]})
        assert proposals.propose(db, AUTHOR, first, record, NOW, why="proef")
        changed = sheet(db, "Uit het eerste bestand")
        planned = imports.plan(db, Upload("gids.csv", changed), TODAY).planned
        imports.keep(db, AUTHOR, planned, "gids.csv", "proef", NOW)


def sheet(db: Session, description: str) -> bytes:
    """All services but the first as a CSV, with another description and telephone."""
    records = [to_record(one) for one in all_services(db) if one.slug != "dienst-00"]
    for record in records:
        record["description"] = description
        record["phones"][0]["number"] = "0470 11 11 11"
    return write_sheet(records).encode()


def import_on_the_server(factory: Factory) -> None:
    with factory() as db:
        result = import_sheet(db, sheet(db, "Uit het bestand").decode(), NOW, "import")
        assert not result.problems, result.problems
        db.commit()


def import_as_proposals(factory: Factory) -> None:
    with factory() as db:
        planned = imports.plan(db, Upload("gids.csv", sheet(db, "Uit het tweede bestand")), TODAY).planned
        assert len(planned) == SERVICES - 1
        imports.keep(db, AUTHOR, planned, "gids.csv", "proef", NOW)


def publish(factory: Factory) -> None:
    with factory() as db:
        proposal = db.scalars(select(Proposal).where(Proposal.batch.is_(None))).one()
        found = proposals.waiting(db, proposal)
        assert found is not None
        proposals.publish(db, APPROVER, proposal, found.subject.version, NOW)


def publish_a_file(factory: Factory) -> None:
    with factory() as db:
        name = db.scalars(select(Proposal.batch).where(Proposal.batch.is_not(None)).limit(1)).one()
        batch = batches.find_batch(db, name or "")
        assert batch is not None
        assert batches.publish_together(db, APPROVER, batch, batch.seen, NOW) == SERVICES - 1


WORK: dict[str, Callable[[Factory], None]] = {
    work.__name__: work for work in (import_on_the_server, import_as_proposals, publish, publish_a_file)
}


def drill(url: str, work: Callable[[Factory], None]) -> list[dict[str, Any]]:
    """What is held after each death, in order; `when` says where the process died, "done" that it did not."""
    found = [{"when": "before", "holds": held(url)}]
    writes = killed_at(url, work, "commit")
    found.append({"when": f"before the commit, after {writes} writes", "holds": held(url)})
    for number in sorted({1, writes // 2, writes}):
        killed_at(url, work, number)
        found.append({"when": f"before write {number}", "holds": held(url)})
    draw = random.Random(url)
    for _ in range(BY_CHANCE):
        seconds = draw.uniform(0.005, 0.2)
        finished = killed_from_outside(url, work, seconds)
        found.append({"when": f"after {seconds:.3f} seconds", "holds": held(url)})
        if finished:
            break  # it was quicker than the kill: what follows has nothing to do any more
    else:
        killed_at(url, work, "end")
        found.append({"when": "after the commit", "holds": held(url)})
    return found


def killed_at(url: str, work: Callable[[Factory], None], moment: int | str) -> int:
    """Does the work in a child that kills itself before a write, the "commit", or at the "end"; gives the writes."""
    counts, tell = os.pipe()
    child = os.fork()
    if child == 0:
        writes = 0

        def die() -> None:
            os.write(tell, str(writes).encode())
            os.kill(os.getpid(), signal.SIGKILL)

        def before_a_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            nonlocal writes
            if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
                writes += 1
                if writes == moment:
                    die()

        factory = make_session_factory(url)
        event.listen(factory.kw["bind"], "before_cursor_execute", before_a_statement)
        if moment == "commit":
            event.listen(factory.kw["bind"], "commit", lambda _connection: die())
        work(factory)
        die()
    os.close(tell)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
    with os.fdopen(counts) as told:
        return int(told.read())


def killed_from_outside(url: str, work: Callable[[Factory], None], seconds: float) -> bool:
    """Does the work in a child that is killed after so many seconds; tells whether it was done before."""
    child = os.fork()
    if child == 0:
        work(make_session_factory(url))
        os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status)


def held(url: str) -> dict[str, list[str]]:
    """Every row of every table as text, without numbers that the database draws. Fails on a broken file."""
    factory = make_session_factory(url)
    engine = factory.kw["bind"]
    rows: dict[str, list[str]] = {}
    with engine.connect() as connection:
        if engine.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        for table in Base.metadata.sorted_tables:
            numbers = {column.name for column in table.primary_key if column.type.python_type is int}
            shown = [column for column in table.columns if column.name not in _NOT_COMPARED | numbers]
            rows[table.name] = sorted(str(tuple(row)) for row in connection.execute(select(*shown)))
    engine.dispose()
    return rows


if __name__ == "__main__":
    url, name = sys.argv[1:]
    upgrade(url)
    filled = make_session_factory(url)
    fill(filled)
    filled.kw["bind"].dispose()
    sys.stdout.write(json.dumps(drill(url, WORK[name])))
