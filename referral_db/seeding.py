"""Puts the records and answers that come with the product in a database, and leaves alone what maintainers did since.

The rule: a record is refreshed by a newer seed only while it is exactly as the last seed left it. What a maintainer
changed or removed, and what was there before under the same slug, is theirs and stays. A service that should go is
marked `state: archived` in its seed file.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from sqlalchemy import select

from referral_db.areas import municipalities
from referral_db.models import Answer, Organization, Seeded
from referral_db.records import Record, all_services, canonical, columns, store, to_record
from referral_db.validation import complete, complete_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from referral_db.models import Service

SEED = Path(__file__).parent / "seed"

Counts = Counter[str]
"""How many were "new", "changed", "same", or "kept" as a maintainer left them."""


def seed(session: Session, folder: Path = SEED) -> Counts:
    """Brings the database up to the seed in `folder`; does not commit. A second time changes nothing.

    Raises ValueError with every problem of the seed files.
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
        counts[_seed_service(session, record, services.get(record["slug"]), seeded)] += 1
    for answer in answers:
        counts[_seed_answer(session, answer, seeded)] += 1
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


def _seed_service(session: Session, record: Record, found: Service | None, seeded: dict[str, Seeded]) -> str:
    key = f"service/{record['slug']}"
    now = _fingerprint(to_record(found)) if found else None
    if not _is_ours(seeded.get(key), now):
        return "kept"
    after = _fingerprint(record)
    if now == after:
        return "same"
    _remember(session, seeded, key, after)
    return store(session, record, update_organization=False)


def _seed_answer(session: Session, values: Record, seeded: dict[str, Seeded]) -> str:
    name = {key: values[key] for key in ("code", "kind", "moment")}
    key = "answer/" + "/".join(name.values())
    found = session.scalars(select(Answer).filter_by(**name)).one_or_none()
    now = {column: getattr(found, column) for column in columns(Answer)} if found else None
    if not _is_ours(seeded.get(key), _fingerprint(now) if now else None):
        return "kept"
    _remember(session, seeded, key, _fingerprint(values))
    if found is None:
        session.add(Answer(**values))
        return "new"
    if now == values:
        return "same"
    for column, value in values.items():
        setattr(found, column, value)
    return "changed"


def _is_ours(seeded: Seeded | None, now: str | None) -> bool:
    """Tells whether the seed may write a record: nobody has it yet, or it is as the last seed left it."""
    return now is None if seeded is None else seeded.fingerprint == now


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
