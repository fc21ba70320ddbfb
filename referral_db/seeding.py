"""Puts the records and answers that come with the product in a database, and leaves alone what maintainers did since.

The rule: a record is refreshed by a newer seed only while it is exactly as the last seed left it; two people saw that
change in the repository, and the log tells it as "seed". What a maintainer changed, checked or removed, and what was
there before under the same slug, is theirs and stays; where a newer seed says something else, that is reported. A
service that should go is marked `state: archived` in its seed file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from sqlalchemy import select

from referral_db.areas import municipalities
from referral_db.models import Answer, AuditEntry, Organization, Seeded
from referral_db.records import Record, all_services, canonical, columns, differences, store, to_record
from referral_db.validation import complete, complete_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from referral_db.models import Service

SEED = Path(__file__).parent / "seed"

Counts = Counter[str]
"""How many were "new", "changed", "same", or "kept" as a maintainer left them."""


class Kept(NamedTuple):
    """A record that stays as maintainers left it though the seed says something else since it last wrote it.

    `fields` are those that differ; none where the record was removed.
    """

    key: str
    fields: tuple[str, ...]


def seed(session: Session, folder: Path = SEED, *, report: Callable[[Kept], None] = lambda _kept: None) -> Counts:
    """Brings the database up to the seed in `folder`; does not commit. A second time changes nothing.

    Calls `report` for each record that stays though the seed has news of it. Raises ValueError with every problem of
    the seed files.
    """
    records, answers = read_seed(folder)
    counts: Counts = Counter()
    seeded = {row.key: row for row in session.scalars(select(Seeded))}
    organizations = {organization.slug: organization for organization in session.scalars(select(Organization))}
    services = {service.slug: service for service in all_services(session)}
    for values in {record["organization"]["slug"]: record["organization"] for record in records}.values():
        _seed_organization(session, values, organizations.get(values["slug"]), seeded)
    session.flush()
    for record in records:
        counts[_seed_service(session, record, services.get(record["slug"]), seeded, report)] += 1
    for answer in answers:
        counts[_seed_answer(session, answer, seeded, report)] += 1
    session.flush()
    return counts


def read_seed(folder: Path = SEED) -> tuple[list[Record], list[Record]]:
    """Reads the service records and the answers of a seed folder. Raises ValueError with every problem found."""
    problems: list[str] = []
    streken = _streken(folder)
    prices = _load(folder / "tarieven.yml") or {}
    records = []
    for path in sorted({*folder.glob("flanders*.yml"), *folder.glob("region_*.yml")}):
        for raw in _services(_load(path)):
            expanded = raw | {
                "service_areas": _expand(raw.get("service_areas", []), streken),
                "languages": [{"code": code} for code in raw.get("languages", [])],
            }
            if isinstance(raw.get("cost_options"), str):
                expanded["cost_options"] = prices.get(raw["cost_options"], "?")
            record, wrong = complete(expanded)
            problems += [f"{path.name}: {raw.get('slug')}: {problem.column} {problem.reason}" for problem in wrong]
            records.append(record)
    answers = []
    for path in sorted((folder / "answers").glob("*.yml")):
        for number, raw in enumerate(_load(path) or [], start=1):
            answer, wrong = complete_row(Answer, raw)
            problems += [f"{path.name}: {number}: {problem.column} {problem.reason}" for problem in wrong]
            answers.append(answer)
    slugs = Counter(record["slug"] for record in records)
    problems += [f"twee diensten met de code {slug}" for slug, times in slugs.items() if times > 1]
    if problems:
        raise ValueError("de seed heeft fouten:\n" + "\n".join(problems))
    return records, answers


def _load(path: Path) -> Any:
    if not path.exists():
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same rules, ten times as fast where it was built
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders


def _services(document: dict[str, Any]) -> Iterator[Record]:
    for organization in document["organizations"]:
        about = {key: value for key, value in organization.items() if key != "services"}
        for service in organization["services"]:
            yield service | {"organization": dict(about)}


def _streken(folder: Path) -> dict[str, list[str]]:
    """The named groups of municipalities (NIS codes): those of streken.yml, and the area of each CAW."""
    groups = {name: list(members) for name, members in (_load(folder / "streken.yml") or {}).items()}
    for nis, municipality in municipalities().items():
        groups.setdefault(municipality.caw, []).append(nis)
    return groups


def _expand(areas: list[str], streken: dict[str, list[str]]) -> list[Record]:
    """Turns "provincie Limburg" into one service area, and "streek leuven" into one for each municipality."""
    rows = []
    for area in areas:
        extent_type, _, code = area.partition(" ")
        if extent_type == "streek":
            rows += [{"extent_type": "gemeente", "code": nis} for nis in streken.get(code, [f"? {code}"])]
        else:
            rows.append({"extent_type": extent_type, "code": code})
    return rows


def _seed_organization(session: Session, values: Record, found: Organization | None, seeded: dict[str, Seeded]) -> None:
    key = f"organization/{values['slug']}"
    now = _fingerprint({name: getattr(found, name) for name in columns(Organization)}) if found else None
    after = _fingerprint(values)
    if now != after and _is_ours(seeded.get(key), now):
        session.merge(Organization(**(values | {"id": found.id if found else values["id"]})))
        _remember(session, seeded, key, after)


def _seed_service(
    session: Session,
    record: Record,
    found: Service | None,
    seeded: dict[str, Seeded],
    report: Callable[[Kept], None],
) -> str:
    key = f"service/{record['slug']}"
    before = to_record(found) if found else None
    now, after = _fingerprint(before) if before else None, _fingerprint(record)
    if not _is_ours(seeded.get(key), now):
        _report(report, key, seeded, before, record)
        return "kept"
    if now == after:
        return "same"
    _remember(session, seeded, key, after)
    if before is not None:
        _log(session, "service", before["id"], before, record)
    return store(session, record, update_organization=False)


def _seed_answer(session: Session, values: Record, seeded: dict[str, Seeded], report: Callable[[Kept], None]) -> str:
    name = {key: values[key] for key in ("code", "kind", "moment")}
    key = "answer/" + "/".join(name.values())
    found = session.scalars(select(Answer).filter_by(**name)).one_or_none()
    now = {column: getattr(found, column) for column in columns(Answer)} if found else None
    if not _is_ours(seeded.get(key), _fingerprint(now) if now else None):
        _report(report, key, seeded, now, values)
        return "kept"
    _remember(session, seeded, key, _fingerprint(values))
    if found is None:
        session.add(Answer(**values))
        return "new"
    if now is None or now == values:
        return "same"
    _log(session, "answer", "/".join(name.values()), now, values)
    for column, value in values.items():
        setattr(found, column, value)
    return "changed"


def _is_ours(seeded: Seeded | None, now: str | None) -> bool:
    """Tells whether the seed may write a record: nobody has it yet, or it is as the last seed left it."""
    return now is None if seeded is None else seeded.fingerprint == now


def _report(
    report: Callable[[Kept], None], key: str, seeded: dict[str, Seeded], before: Record | None, after: Record
) -> None:
    last = seeded.get(key)
    if last is not None and last.fingerprint == _fingerprint(after):
        return  # only maintainers changed something
    fields = tuple(_differing(before, after)) if before else ()
    if fields or before is None:
        report(Kept(key, fields))


def _log(session: Session, entity: str, entity_id: str, before: Record, after: Record) -> None:
    """A line in the log as for a maintainer, so that the history of the record tells it."""
    fields = _differing(before, after)
    old, new = ({name: record.get(name) for name in fields} for record in (before, after))
    session.add(
        AuditEntry(
            at=dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0),
            user_name="seed",
            entity=entity,
            entity_id=entity_id,
            action="gewijzigd",
            before=json.dumps(old, ensure_ascii=False, default=str),
            after=json.dumps(new, ensure_ascii=False, default=str),
        )
    )


def _differing(before: Record, after: Record) -> list[str]:
    """The data of an organization are seeded by themselves: of a service only counts which one it is."""
    fields = differences(before, after)
    same = "organization" in fields and before["organization"]["slug"] == after["organization"]["slug"]
    return [name for name in fields if not (same and name == "organization")]


def _remember(session: Session, seeded: dict[str, Seeded], key: str, fingerprint: str) -> None:
    row = seeded.get(key)
    if row is None:
        seeded[key] = row = Seeded(key=key, fingerprint=fingerprint)
        session.add(row)
    row.fingerprint = fingerprint


def _fingerprint(record: Record) -> str:
    """What tells whether a record changed. Of an organization only the slug counts: it has a fingerprint of its own."""
    organization = record.get("organization")
    if organization:
        record = record | {"organization": organization["slug"]}
    return hashlib.sha256(canonical(record).encode()).hexdigest()
