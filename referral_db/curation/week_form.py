"""The hours of a service as a form: for each channel a week of seven days, then exceptions, then what fits in neither.

A row of the record goes to the first of these that shows all of it:

- the week: every week, without dates, open; one holiday rule and one explanation for the whole channel;
- an exception: from a date to a date;
- special hours: once in a few weeks, from a date on, closed every Monday, a second explanation;
- kept: what no field can say. It stands there as text, and goes back as it came.

Fields are named "schedules-week-telefoon-MO-van-1"; the id of a field that is wrong is its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from referral_db.curation import words
from referral_db.curation.forms import Form
from referral_db.curation.typed import text_of, time_of, yes_no_of
from referral_db.models import Schedule
from referral_db.opening_hours import LIVE_CHANNELS
from referral_db.records import Problem, Record, columns
from referral_db.validation import complete_row, wrong_hours

WEEK = "schedules-week-"
EXCEPTIONS = "schedules-uitzonderingen"
KEPT = "schedules-blijft"
EXCEPTION_FIELDS = (
    *("attending_type", "valid_from", "valid_to", "soort", "opens_at", "closes_at", "on_public_holidays"),
    "description",
)
MOST_RANGES = 6
"""Ranges of one day in the form; a day with more of them is kept as text."""
USUAL_RANGES = 2

COPIES = {"werkdagen": ("TU", "WE", "TH", "FR"), "week": ("TU", "WE", "TH", "FR", "SA", "SU")}
"""The days to which Monday is copied."""

_DAYS = tuple(words.DAYS)
_EVERY_DAY = ",".join(_DAYS)
_ROUND_THE_CLOCK = ("00:00", "24:00")
_UNKNOWN = ("", "")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")

Range = tuple[str, str]
Days = dict[str, list[Range]]


@dataclass(frozen=True)
class ChannelWeek:
    """What the page needs to show the week of one channel."""

    code: str
    ranges: range
    has_hours: bool
    has_others: bool
    """Whether exceptions or special hours are about this channel."""
    is_open: bool
    """Whether the part stands open on the page."""

    @property
    def id(self) -> str:
        return f"{WEEK}{self.code}"

    @property
    def label(self) -> str:
        return words.CHANNELS[self.code]


@dataclass
class Parts:
    """The rows of a record by where the form shows them; `weeks` has the rows of each channel."""

    weeks: dict[str, list[Record]] = field(default_factory=dict)
    exceptions: list[Record] = field(default_factory=list)
    special: list[Record] = field(default_factory=list)
    kept: list[Record] = field(default_factory=list)


def parts_of(rows: Iterable[Record]) -> Parts:
    parts = Parts()
    for row in rows:
        if not _is_readable(row):
            parts.kept.append(row)
        elif row["interval"] == 1 and row["dtstart"] is None and row["valid_from"] and row["valid_to"]:
            parts.exceptions.append(row)
        elif row["interval"] != 1 or row["dtstart"] or row["valid_from"] or row["valid_to"] or row["closed"]:
            parts.special.append(row)
        elif _fits(row, parts.weeks.setdefault(row["attending_type"], [])):
            parts.weeks[row["attending_type"]].append(row)
        else:
            parts.special.append(row)
    return parts


def week_pairs(parts: Parts) -> Iterator[tuple[str, str]]:
    """The fields of the weeks, the exceptions and what is kept."""
    for channel in _channels(parts.weeks):
        yield from _channel_pairs(f"{WEEK}{channel}", parts.weeks.get(channel, []))
    yield f"{EXCEPTIONS}-aantal", str(len(parts.exceptions))
    for number, row in enumerate(parts.exceptions):
        prefix = f"{EXCEPTIONS}-{number}-"
        for name in EXCEPTION_FIELDS:
            yield prefix + name, _exception_kind(row) if name == "soort" else text_of(row[name])
        if row["byday"] != _EVERY_DAY:
            yield from ((f"{prefix}dagen", day) for day in row["byday"].split(","))
    yield f"{KEPT}-aantal", str(len(parts.kept))
    for number, row in enumerate(parts.kept):
        yield f"{KEPT}-{number}-rij", json.dumps(row, default=str, ensure_ascii=False)


def shown_weeks(form: Form, errors: Iterable[str]) -> list[ChannelWeek]:
    """The channels of the form in their order, each with as many ranges as were asked for."""
    wrong = tuple(errors)
    others = {line.text("attending_type") for line in (*form.rows("schedules"), *filled_exceptions(form))}
    weeks = []
    for channel in words.CHANNELS:
        prefix = f"{WEEK}{channel}"
        if not form.has(f"{prefix}-delen"):
            continue
        asked = form.text("meer") == prefix
        number = min(max(form.number(f"{prefix}-delen", 0), USUAL_RANGES) + asked, MOST_RANGES)
        has_hours = any(form.text(f"{prefix}-{day}-soort") or _typed(form, prefix, day) for day in _DAYS)
        touched = asked or form.text("neem_over").startswith(f"{channel}/")
        is_open = has_hours or touched or any(place.startswith(f"{prefix}-") for place in wrong)
        weeks.append(ChannelWeek(channel, range(1, number + 1), has_hours, channel in others, is_open))
    return weeks


def shown_kept(form: Form) -> list[tuple[str, str]]:
    """What is kept as it is: the row as it goes back, and in words."""
    kept = [(row.text("rij"), _kept_row(row.text("rij"))) for row in form.rows(KEPT)]
    return [(text, words.in_words([row], "schedules") if row else text) for text, row in kept]


def asks_for_more(form: Form) -> bool:
    """Whether a button was pressed that shows the form again: more rows, or Monday copied to other days."""
    return form.has("meer") or form.has("neem_over")


def with_copies(form: Form) -> Form:
    """The form with Monday of a channel copied as the button says: "telefoon/werkdagen"."""
    channel, _, which = form.text("neem_over").partition("/")
    prefix = f"{WEEK}{channel}-"
    targets = tuple(f"{prefix}{day}-" for day in COPIES.get(which, ()))
    if not targets:
        return form
    first = f"{prefix}MO-"
    monday = [(name.removeprefix(first), value) for name, value in form.pairs if name.startswith(first)]
    kept = [(name, value) for name, value in form.pairs if not name.startswith(targets)]
    return Form(kept + [(target + name, value) for target in targets for name, value in monday])


def read_week(form: Form, base: Iterable[Record], channels: list[str], problems: list[Problem]) -> list[Record]:
    """The rows of the weeks, the exceptions and what is kept; what is wrong is added to `problems` and left out.

    `channels` are those by which the service helps. Of what the form does not hold, `base` stays.
    """
    before = parts_of(base)
    rows: list[Record] = []
    for channel in words.CHANNELS:
        week = before.weeks.get(channel, [])
        rows += _channel_rows(form, channel, week, problems) if form.has(f"{WEEK}{channel}-delen") else week
    for number, line in enumerate(filled_exceptions(form)):
        rows += _exception_rows(line, f"{EXCEPTIONS}-{number}-", channels, problems)
    if not form.has(f"{EXCEPTIONS}-aantal"):
        rows += before.exceptions
    if not form.has(f"{KEPT}-aantal"):
        rows += before.kept
    for number, line in enumerate(form.rows(KEPT)):
        row = _kept_row(line.text("rij"))
        if row is None:
            problems.append(Problem(f"{KEPT}-{number}", "kunnen we niet meer lezen. Herlaad de pagina."))
        else:
            rows.append(row)
    return rows


def filled_exceptions(form: Form) -> list[Form]:
    """The exceptions that hold anything but their choices."""
    fields = ("valid_from", "valid_to", "opens_at", "closes_at", "description")
    return [line for line in form.rows(EXCEPTIONS) if any(line.text(name) for name in fields) or line.has("dagen")]


def checked_row(row: Record, prefix: str, problems: list[Problem], places: dict[str, str]) -> list[Record]:
    """The row, or nothing when it is wrong. `places` has the fields that stand under another name."""
    record, wrong = complete_row(Schedule, row)
    wrong = wrong or [Problem(name, reason) for name, reason in wrong_hours(record)]
    problems += [Problem(prefix + places.get(one.column, one.column), one.reason) for one in wrong]
    return [] if wrong else [row]


def _channels(weeks: Iterable[str]) -> list[str]:
    """Those where somebody answers, and those that have hours all the same."""
    return [channel for channel in words.CHANNELS if channel in LIVE_CHANNELS or channel in set(weeks)]


def _is_readable(row: Record) -> bool:
    """Whether the fields of a row can say all of it."""
    days = str(row["byday"]).split(",")
    times = (row["opens_at"], row["closes_at"])
    return (
        row["freq"] == "WEEKLY"
        and row["byday"] == ",".join(day for day in _DAYS if day in days)
        and row["attending_type"] in words.CHANNELS
        and row["interval"] >= 1
        and (times == (None, None) or all(time and _TIME.fullmatch(time) for time in times))
        and (row["description"] or "").strip() == (row["description"] or "")
    )


def _fits(row: Record, week: list[Record]) -> bool:
    """Whether a row without dates can stand in the week next to the rows that do."""
    if week and any(row[name] != week[0][name] for name in ("on_public_holidays", "description")):
        return False
    there = _days_of(week)
    here = [there[day] for day in row["byday"].split(",")]
    if row["opens_at"] is None:
        return not any(here)
    return all(_UNKNOWN not in ranges and len(ranges) < MOST_RANGES for ranges in here)


def _days_of(rows: Iterable[Record]) -> Days:
    days: Days = {day: [] for day in _DAYS}
    for row in rows:
        for day in row["byday"].split(","):
            days[day].append((row["opens_at"] or "", row["closes_at"] or ""))
    return {day: sorted(ranges) for day, ranges in days.items()}


def _channel_pairs(prefix: str, rows: list[Record]) -> Iterator[tuple[str, str]]:
    days = _days_of(rows)
    yield f"{prefix}-delen", str(max(USUAL_RANGES, *(len(ranges) for ranges in days.values())))
    for name, column in (("feestdagen", "on_public_holidays"), ("uitleg", "description")):
        yield f"{prefix}-{name}", text_of(rows[0][column]) if rows else ""
    for day, ranges in days.items():
        kind = _day_kind(ranges) if rows else ""
        yield f"{prefix}-{day}-soort", kind
        for number, (opens, closes) in enumerate(ranges if kind == "uren" else [], start=1):
            yield f"{prefix}-{day}-van-{number}", opens
            yield f"{prefix}-{day}-tot-{number}", closes


def _day_kind(ranges: list[Range]) -> str:
    known = {(): "gesloten", (_ROUND_THE_CLOCK,): "dag_en_nacht", (_UNKNOWN,): "niet_bekend"}
    return known.get(tuple(ranges), "uren")


def _exception_kind(row: Record) -> str:
    if row["closed"]:
        return "niet_deze_uren" if row["opens_at"] else "gesloten"
    return "uren" if row["opens_at"] else "niet_bekend"


def _typed(form: Form, prefix: str, day: str) -> list[tuple[int, str, str]]:
    """The ranges of a day that hold anything: number, from, to."""
    most = min(form.number(f"{prefix}-delen", USUAL_RANGES) + 1, MOST_RANGES)
    here = ((n, form.text(f"{prefix}-{day}-van-{n}"), form.text(f"{prefix}-{day}-tot-{n}")) for n in range(1, most + 1))
    return [one for one in here if one[1] or one[2]]


def _channel_rows(form: Form, channel: str, before: list[Record], problems: list[Problem]) -> list[Record]:
    prefix, found = f"{WEEK}{channel}", len(problems)
    days = {day: _read_day(form, prefix, day, problems) for day in _DAYS}
    shared: Record = {
        "on_public_holidays": yes_no_of(form.text(f"{prefix}-feestdagen")),
        "description": form.text(f"{prefix}-uitleg") or None,
    }
    if len(problems) > found:
        return []
    if not any(days.values()):
        problems += _alone(form, prefix, shared)
        return []
    same = days == _days_of(before) and all(before[0][name] == value for name, value in shared.items())
    if before and same:
        return before  # also where two rows say what one could
    rows: list[Record] = []
    for opens, closes in sorted({one for ranges in days.values() for one in ranges}):
        times = [days[day].count((opens, closes)) for day in _DAYS]
        for again in range(max(times)):
            byday = ",".join(day for day, number in zip(_DAYS, times, strict=True) if number > again)
            rows.append(_row(channel, byday, opens, closes) | shared)
    return [good for row in rows for good in checked_row(row, f"{prefix}-", problems, {"description": "uitleg"})]


def _alone(form: Form, prefix: str, shared: Record) -> Iterator[Problem]:
    """What is wrong where no day is open: a channel that is always closed is no channel."""
    if any(form.text(f"{prefix}-{day}-soort") == "gesloten" for day in _DAYS):
        channel = prefix.removeprefix(WEEK)
        others = (*form.rows("schedules"), *form.rows(EXCEPTIONS))
        if not any(line.text("attending_type") == channel for line in others):
            reason = (
                "Geen enkele dag is open. Weet je de uren niet? Zet dan elke dag op “niet ingevuld”. "
                "Is er nooit iemand? Haal dan het vinkje weg bij “Hoe er hulp is”."
            )
            yield Problem(f"{prefix}-MO-soort", reason)
    for name, column in (("feestdagen", "on_public_holidays"), ("uitleg", "description")):
        if shared[column] is not None:
            yield Problem(f"{prefix}-{name}", "hoort bij uren, en die zijn nog niet ingevuld")


def _read_day(form: Form, prefix: str, day: str, problems: list[Problem]) -> list[Range]:
    place = f"{prefix}-{day}"
    kind, typed = form.text(f"{place}-soort"), _typed(form, prefix, day)
    if kind in ("dag_en_nacht", "gesloten", "niet_bekend"):
        if typed:
            text = f"Je koos “{words.DAY_KINDS[kind]}”, maar er staan uren bij. Wis de uren,"
            problems.append(Problem(f"{place}-soort", f"{text} of kies “{words.DAY_KINDS['uren']}”."))
        return {"dag_en_nacht": [_ROUND_THE_CLOCK], "niet_bekend": [_UNKNOWN]}.get(kind, [])
    if kind == "uren" and not typed:
        text = "Vul in van wanneer tot wanneer, of kies “gesloten” of “uur niet bekend”."
        problems.append(Problem(f"{place}-van-1", text))
    ranges = []
    for number, *pair in typed:
        for name, text in zip(("van", "tot"), pair, strict=True):
            problems += _wrong_time(f"{place}-{name}-{number}", text, midnight=name == "tot")
        ranges.append((time_of(pair[0]), time_of(pair[1])))
    return sorted(ranges)


def _wrong_time(place: str, text: str, *, midnight: bool) -> list[Problem]:
    time = time_of(text)
    if not text:
        return [Problem(place, "Dit uur ontbreekt. Voorbeeld: 17u30")]
    if not _TIME.fullmatch(time) or (time == "24:00" and not midnight):
        reason = f"“{text[:20]}” is geen uur. Typ het zo: 9:00 of 17u30. Middernacht is 24:00 bij “tot”."
        return [Problem(place, reason)]
    return []


def _row(channel: str, byday: str, opens: str, closes: str) -> Record:
    row: Record = dict.fromkeys(columns(Schedule))
    times = {"opens_at": opens or None, "closes_at": closes or None}
    return row | {"attending_type": channel, "freq": "WEEKLY", "interval": 1, "byday": byday, "closed": False} | times


def _exception_rows(line: Form, prefix: str, channels: list[str], problems: list[Problem]) -> list[Record]:
    kind, opens, closes = (line.text(name) for name in ("soort", "opens_at", "closes_at"))
    found = len(problems)
    if kind not in words.EXCEPTION_KINDS:
        problems.append(Problem(f"{prefix}soort", "Kies wat er dan anders is."))
    elif kind in ("uren", "niet_deze_uren"):
        problems += _wrong_time(f"{prefix}opens_at", opens, midnight=False)
        problems += _wrong_time(f"{prefix}closes_at", closes, midnight=True)
    elif opens or closes:
        text = f"Je koos “{words.EXCEPTION_KINDS[kind]}”, maar er staan uren bij. Wis de uren, of kies iets anders."
        problems.append(Problem(f"{prefix}soort", text))
    if not line.text("valid_from"):
        problems.append(Problem(f"{prefix}valid_from", "Op welke dag? Vul een datum in."))
    if len(problems) > found:
        return []
    days = [day for day in _DAYS if day in line.all("dagen")]
    shared: Record = {
        "valid_from": line.text("valid_from"),
        "valid_to": line.text("valid_to") or line.text("valid_from"),
        "closed": kind in ("gesloten", "niet_deze_uren"),
        "on_public_holidays": yes_no_of(line.text("on_public_holidays")),
        "description": line.text("description") or None,
    }
    asked = line.text("attending_type")
    live = [channel for channel in words.CHANNELS if channel in LIVE_CHANNELS and channel in channels]
    rows = []
    for channel in live or sorted(LIVE_CHANNELS) if asked == words.ALL_CHANNELS else [asked]:
        row = _row(channel, ",".join(days or _DAYS), time_of(opens), time_of(closes)) | shared
        good = checked_row(row, prefix, problems, {"byday": "dagen"})
        if not good:
            return []  # said once, not for each channel
        rows += good
    return rows


def _kept_row(text: str) -> Record | None:
    """The row that stood in the form as JSON; None when somebody else than this form wrote it."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) and set(row) == set(columns(Schedule)) else None
