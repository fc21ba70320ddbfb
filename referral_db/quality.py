"""What is missing, out of date or thin in the referral database, for the people who keep it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select

from referral_db import freshness
from referral_db.areas import covers, municipalities
from referral_db.codes import NEEDS, PROVINCES, RISKS
from referral_db.models import Answer
from referral_db.opening_hours import LIVE_CHANNELS
from referral_db.reach import falling_short, reach
from referral_db.records import Record, all_services, to_record
from referral_db.reports import REASONS, OpenReport, open_reports
from referral_db.validation import complete

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

DUE_AFTER = freshness.DUE_AFTER
DUE_AFTER_ELSE = freshness.DUE_AFTER_ELSE
OPTIONS_WANTED = 3
"""Published options that every need should have in every municipality; one affordable, one without seeing anybody."""
AFFORDABLE = 15.0
"""EUR a conversation."""

_AT_A_DISTANCE = {"telefoon", "chat", "mail", "sms"}
_FIELDS = {"phone": "telefoon", "hours": "uren", "price": "prijs", "address": "adres"}


@dataclass(frozen=True)
class Finding:
    """One thing to mend. An error should not be shown to people; a warning is work that waits."""

    level: Literal["error", "warning"]
    subject: str
    text: str


@dataclass(frozen=True)
class Coverage:
    """The fewest options that anyone in `region` has for `need`: in all, affordable, and without seeing anybody."""

    need: str
    region: str
    options: int
    affordable: int
    at_a_distance: int

    @property
    def falls_short(self) -> bool:
        return self.options < OPTIONS_WANTED or self.affordable < 1 or self.at_a_distance < 1


def check(session: Session, today: dt.date) -> list[Finding]:
    """Gives every finding, errors first."""
    records = [to_record(service) for service in all_services(session)]
    shown = [record for record in records if record["state"] == "published"]
    findings = [finding for record in records for finding in _check_record(record, today)]
    findings += [
        Finding("warning", f"{row.need} in {row.region}", _shortage(row)) for row in coverage(shown) if row.falls_short
    ]
    monday = today - dt.timedelta(days=today.weekday())
    silent = falling_short(reach(shown, monday))
    findings += [Finding("warning", f"{need} in {region}", reason) for (need, region), reason in silent.items()]
    for answer in session.scalars(select(Answer).where(Answer.state == "published").order_by(Answer.code)):
        if answer.expires_on < today:
            subject = f"antwoord {answer.code}/{answer.kind}/{answer.moment}"
            findings.append(Finding("warning", subject, f"verlopen op {answer.expires_on}, wordt niet meer getoond"))
    findings += [Finding("warning", row.slug, _reported(row)) for row in open_reports(session)]
    return sorted(findings, key=lambda finding: finding.level)


def coverage(records: Iterable[Record]) -> list[Coverage]:
    """Counts for each need and region what the worst served municipality has among published `records`.

    Only help in Dutch counts.
    """
    options = [record for record in records if any(row["code"] == "nl" for row in record["languages"])]
    served: dict[str, list[Record]] = {
        nis: [
            record
            for record in options
            if any(covers(area["extent_type"], area["code"], place) for area in record["service_areas"])
        ]
        for nis, place in municipalities().items()
    }
    rows = []
    for need in NEEDS:
        for region in PROVINCES:
            places = [nis for nis, place in municipalities().items() if place.province == region]
            found = [[record for record in served[nis] if need in record["needs"]] for nis in places]
            rows.append(
                Coverage(
                    need,
                    region,
                    min(map(len, found)),
                    min(sum(map(_is_affordable, records)) for records in found),
                    min(sum(map(_is_at_a_distance, records)) for records in found),
                )
            )
    return rows


def published(session: Session) -> list[Record]:
    """Gives the records that people may see."""
    return [to_record(service) for service in all_services(session) if service.state == "published"]


def due_on(field_check: Record) -> dt.date:
    """The day on which a checked field should be looked at again."""
    return freshness.due_on(field_check["field"], field_check["checked_on"])


def stats(session: Session, today: dt.date) -> dict[str, Any]:
    """Gives counts, ready for JSON."""
    records = [to_record(service) for service in all_services(session)]
    shown = [record for record in records if record["state"] == "published"]
    states = Counter(record["state"] for record in records)
    return {
        "services": {"total": len(records)} | {state: states[state] for state in ("published", "draft", "archived")},
        "organizations": len({record["organization"]["slug"] for record in records}),
        "published": {
            "by_need": {code: sum(code in record["needs"] for record in shown) for code in (*NEEDS, *RISKS)},
            "by_price": dict(sorted(Counter(record["price_kind"] for record in shown).items())),
            "by_who_pays": dict(sorted(Counter(record["who_pays"] for record in shown).items())),
            "by_channel": dict(sorted(Counter(name for record in shown for name in record["channels"]).items())),
            "unknown": {
                "hours": sum(
                    bool(set(record["channels"]) & LIVE_CHANNELS) and not record["schedules"] for record in shown
                ),
                "price": sum(record["price_kind"] == "onbekend" for record in shown),
                "wait": sum(not (record["wait_text"] or record["wait_band"]) for record in shown),
            },
            "by_provider_type": dict(sorted(Counter(record["provider_type"] for record in shown).items())),
        },
        "fields_due": sum(due_on(row) < today for record in shown for row in record["field_checks"]),
        "reports_open": len(open_reports(session)),
        "answers": {
            "published": session.scalar(select(func.count()).where(Answer.state == "published")),
            "expired": session.scalar(
                select(func.count()).where(Answer.state == "published", Answer.expires_on < today)
            ),
        },
    }


def _check_record(record: Record, today: dt.date) -> Iterable[Finding]:
    slug = record["slug"]
    if record["state"] == "archived":
        return
    for problem in complete(record)[1]:
        yield Finding("error", slug, f"{problem.column}: {problem.reason}")
    if record["state"] == "draft":
        return
    yield from _check_published(record, today)


def _check_published(record: Record, today: dt.date) -> Iterable[Finding]:
    slug = record["slug"]
    if not record["source"].startswith("http"):
        yield Finding("error", slug, "gepubliceerd zonder bron die je kan openen")
    if today - record["checked_on"] > freshness.HIDDEN_AFTER:
        yield Finding("error", slug, f"wordt niet meer getoond: niet nagekeken sinds {record['checked_on']}")
    checks = {check["field"]: check for check in record["field_checks"]}
    if record["phones"] and not (checks.get("phone") or {}).get("source"):
        yield Finding("error", slug, "telefoonnummer zonder bron")
    for field, present in (
        ("hours", record["schedules"]),
        ("price", record["price_kind"] != "onbekend"),
        ("address", any(place["address_1"] for place in record["locations"])),
    ):
        if present and field not in checks:
            yield Finding("warning", slug, f"{_FIELDS[field]}: nooit nagekeken")
    for row in record["field_checks"]:
        late = (today - due_on(row)).days
        if late > 0:
            name = _FIELDS.get(row["field"], row["field"])
            yield Finding("warning", slug, f"{name}: {late} dagen te laat, nagekeken op {row['checked_on']}")


def _reported(row: OpenReport) -> str:
    return f"gemeld in de chat: {REASONS[row.reason].label} ({row.count} keer, het laatst op {row.last})"


def _shortage(row: Coverage) -> str:
    parts = [f"{row.options} van {OPTIONS_WANTED} mogelijkheden"] if row.options < OPTIONS_WANTED else []
    parts += ["niets gratis of tot 15 euro"] if row.affordable < 1 else []
    parts += ["niets zonder langs te gaan"] if row.at_a_distance < 1 else []
    return ", ".join(parts)


def _is_affordable(record: Record) -> bool:
    return record["price_kind"] == "gratis" or any(
        cost["amount"] is not None
        and cost["option"] == "standaard"
        and (cost["amount_max"] or cost["amount"]) <= AFFORDABLE
        for cost in record["cost_options"]
    )


def _is_at_a_distance(record: Record) -> bool:
    return bool(_AT_A_DISTANCE & set(record["channels"]))
