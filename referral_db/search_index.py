"""What the search needs of every service to choose candidates, held in memory in a compact form.

`referral_db.candidates.find_candidates` says which services these are; this gives the same ones without asking the
database. About 200 bytes a service, so 20 MB for a hundred thousand, and what was last read of at most `MAX_ROWS`.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import partial
from heapq import nsmallest
from itertools import chain, islice
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Executable, Select, func, select
from sqlalchemy.orm import Session

from referral_db.candidates import (
    MAX_CANDIDATES,
    MAX_LOOSE,
    PART_OF_PLACE,
    PRICE_POINTS,
    WHO_PAYS_POINTS,
    Candidate,
    Filter,
    read_candidates,
)
from referral_db.card_details import Details, read_details
from referral_db.freshness import HIDDEN_AFTER
from referral_db.models import Service, ServiceArea, ServiceChannel, ServiceNeed
from referral_db.taxonomy import JOINT_PROVIDERS

_T = TypeVar("_T")

MAX_ROWS = 16_384
"""Services of which the rows are kept that the ranking and the cards read: about 5 kB each."""
_AT_ONCE = 500
_NO_AGE = 2**31 - 1


class SearchIndex:
    """The services of one moment, numbered in the order of their ids. Reads everything on `connection` at once."""

    def __init__(self, connection: Connection) -> None:
        self._ids: list[str] = sorted(connection.scalars(select(Service.id)))
        number = {service_id: n for n, service_id in enumerate(self._ids)}
        self._read_services(connection, number)
        self._need_bits, self._needs = _masks(connection, select(ServiceNeed.service_id, ServiceNeed.code), number)
        self._channel_bits, self._channels = _masks(
            connection, select(ServiceChannel.service_id, ServiceChannel.channel), number
        )
        self._first = {code: self._first_with(bit) for code, bit in self._need_bits.items()}
        self._first_best = {code: self._best_first(numbers) for code, numbers in self._first.items()}
        areas: dict[str, list[int]] = {}
        for service_id, joined in _joined(connection, select(ServiceArea.service_id, ServiceArea.code)):
            n = number[service_id]
            for code in joined.split(","):
                areas.setdefault(code, []).append(n)
        self._areas = {code: array("I", sorted(numbers)) for code, numbers in areas.items()}
        self._areas_best = {code: self._best_first(numbers) for code, numbers in areas.items()}
        self._candidates: _Recent[Candidate] = _Recent()
        self._details: _Recent[Details] = _Recent()

    def preload(self, session: Session) -> None:
        """Reads the rows of every service beforehand, where they fit."""
        if len(self._ids) <= MAX_ROWS:
            for start in range(0, len(self._ids), _AT_ONCE):
                part = self._ids[start : start + _AT_ONCE]
                self._candidates.get(part, partial(read_candidates, session))
                self._details.get(part, partial(read_details, session))

    def with_changed(self, session: Session, service_id: str) -> SearchIndex:
        """The index as it would be made now, where of all services only this one changed; reads no other.

        Holds for what `session` changed and did not commit, so that a change can be looked at beforehand.
        """
        number = bisect_left(self._ids, service_id)
        needs = session.scalars(select(ServiceNeed.code).where(ServiceNeed.service_id == service_id)).all()
        channels = session.scalars(select(ServiceChannel.channel).where(ServiceChannel.service_id == service_id)).all()
        known = number < len(self._ids) and self._ids[number] == service_id
        if not known or not (self._need_bits.keys() >= set(needs) and self._channel_bits.keys() >= set(channels)):
            return SearchIndex(session.connection())  # the numbers or the bits of all would be others
        new = copy(self)
        new._checked, new._points, new._joint = self._checked[:], self._points[:], self._joint[:]
        new._youngest, new._oldest = self._youngest[:], self._oldest[:]
        new._set_service(number, session.execute(select(*_COLUMNS).where(Service.id == service_id)).one())
        before = self._needs[number]
        new._needs, new._channels = self._needs[:], self._channels[:]
        new._needs[number] = sum(self._need_bits[code] for code in needs)
        new._channels[number] = sum(self._channel_bits[channel] for channel in channels)
        turned = {code: bit for code, bit in self._need_bits.items() if (before ^ new._needs[number]) & bit}
        new._first = self._first | {code: new._first_with(bit) for code, bit in turned.items()}
        new._first_best = {code: new._best_first(numbers) for code, numbers in new._first.items()}
        areas = set(session.scalars(select(ServiceArea.code).where(ServiceArea.service_id == service_id)))
        new._areas, new._areas_best = dict(self._areas), dict(self._areas_best)
        for code in areas.union(code for code, numbers in self._areas.items() if number in numbers):
            numbers = set(self._areas.get(code, ())) - {number} | ({number} if code in areas else set())
            new._areas[code] = array("I", sorted(numbers))
            new._areas_best[code] = new._best_first(numbers)
        new._candidates, new._details = self._candidates.without(service_id), self._details.without(service_id)
        return new

    def find(self, session: Session, wanted: Filter) -> list[Candidate]:
        """The candidates that `find_candidates` gives; reads only what is not in memory."""
        ranks = {self._ids[number]: rank for number, rank in self.choose(wanted)}
        found = self._candidates.get(list(ranks), partial(read_candidates, session))
        return [one.at_rank(ranks[service_id]) for service_id, one in found.items()]

    def details(self, session: Session, ids: Sequence[str]) -> dict[str, Details]:
        """What `read_details` gives; reads only what is not in memory."""
        return self._details.get(ids, partial(read_details, session))

    def choose(self, wanted: Filter) -> list[tuple[int, int]]:
        """Number and area rank of the candidates, the best first."""
        fits = self._condition(wanted)
        if len(wanted.needs) == 1 and wanted.general_from is None:
            ranks = self._with_one_need(wanted, fits)
            hits = dict.fromkeys(ranks, 1)
        else:
            ranks, hits = self._with_any_need(wanted, fits)
        scored = [
            (-(hits[number] * 8 + rank + self._points[number]), self._by_slug[number], number, rank)
            for number, rank in ranks.items()
        ]
        return [(number, rank) for _, _, number, rank in nsmallest(MAX_CANDIDATES, scored)]

    def _with_one_need(self, wanted: Filter, fits: Callable[[int], bool]) -> dict[int, int]:
        """The area rank of what fits; at least the best.

        Within one area only the points make a difference: behind `MAX_CANDIDATES` better ones nothing is chosen.
        """
        need = wanted.needs[0]
        bit, needs = self._need_bits.get(need, 0), self._needs
        ranks: dict[int, int] = {}
        if wanted.everywhere:
            elsewhere = (number for number in self._first_best.get(need, ()) if fits(number))
            ranks |= dict.fromkeys(islice(elsewhere, MAX_CANDIDATES), 0)
        for number, _, rank in self._loose(wanted, bit):
            if rank >= ranks.get(number, 0) and fits(number):
                ranks[number] = rank
        for code, rank in _near(wanted):
            own = (number for number in self._areas_best.get(code, ()) if needs[number] & bit and fits(number))
            ranks |= dict.fromkeys(islice(own, MAX_CANDIDATES), rank)
        return ranks

    def _with_any_need(self, wanted: Filter, fits: Callable[[int], bool]) -> tuple[dict[int, int], dict[int, int]]:
        """The area rank of what fits, and how many of the needs were found for it."""
        asked = sum({self._need_bits.get(code, 0) for code in wanted.needs})
        general = wanted.general_from
        kept = asked if general is None else -1
        ranks: dict[int, int] = {}
        found: dict[int, int] = {}
        loose = [self._elsewhere(kept) if wanted.everywhere else (), self._loose(wanted, kept)]
        for number, own, rank in chain.from_iterable(loose):
            found[number] = found.get(number, 0) | own
            ranks[number] = max(ranks.get(number, 0), rank)
        for code, rank in _near(wanted):
            for number in self._areas.get(code, ()):
                if own := self._needs[number] & kept:
                    found[number] = own
                    ranks[number] = rank
        hits = {
            number: (own & asked).bit_count()
            for number, own in found.items()
            if general is None or own & asked or own.bit_count() >= general
        }
        chosen = {number: ranks[number] for number in hits if fits(number)}
        return chosen, hits

    def _condition(self, wanted: Filter) -> Callable[[int], bool]:
        """Whether a service passes what is asked beside need and area."""
        checked, joint, channels, young, old = self._checked, self._joint, self._channels, self._youngest, self._oldest
        not_before = (wanted.on - HIDDEN_AFTER).toordinal()
        any_channel = not wanted.channels
        asked = sum({self._channel_bits.get(channel, 0) for channel in wanted.channels})
        joint_help, age = wanted.joint_help, wanted.age

        def fits(number: int) -> bool:
            return (
                checked[number] >= not_before
                and (any_channel or channels[number] & asked != 0)
                and (joint_help or not joint[number])
                and (age is None or young[number] <= age <= old[number])
            )

        return fits

    def _elsewhere(self, kept: int) -> Iterator[tuple[int, int, int]]:
        """Number, need and rank 0 by need and service, up to `MAX_LOOSE`."""
        left = MAX_LOOSE
        for code, first in self._first.items():
            if bit := self._need_bits[code] & kept:
                yield from ((number, bit, 0) for number in first[:left])
                left -= len(first[:left])

    def _loose(self, wanted: Filter, kept: int) -> Iterator[tuple[int, int, int]]:
        """Number, needs and rank by area, service and need, up to `MAX_LOOSE` pairs of a need and an area."""
        left = MAX_LOOSE
        for code in sorted(code for code, rank in wanted.areas.items() if rank <= PART_OF_PLACE):
            rank = wanted.areas[code]
            for number in self._areas.get(code, ()):
                own = self._needs[number] & kept
                if not own:
                    continue
                while own.bit_count() > left:
                    own ^= 1 << (own.bit_length() - 1)
                yield number, own, rank
                left -= own.bit_count()
                if not left:
                    return

    def _read_services(self, connection: Connection, number: dict[str, int]) -> None:
        count = len(self._ids)
        self._checked = array("i", [0]) * count
        """Day of the check; 0 for what is not published."""
        self._points = array("b", [0]) * count
        self._joint = bytearray(count)
        self._youngest, self._oldest = array("i", [0]) * count, array("i", [0]) * count
        self._by_slug = array("I", [0]) * count
        slugs = []
        for row in _stream(connection, select(*_COLUMNS)):
            n = number[row.id]
            slugs.append((row.slug, n))
            self._set_service(n, row)
        for place, (_, n) in enumerate(sorted(slugs)):
            self._by_slug[n] = place

    def _set_service(self, n: int, row: Any) -> None:
        self._checked[n] = row.checked_on.toordinal() if row.state == "published" else 0
        self._points[n] = WHO_PAYS_POINTS.get(row.who_pays, 0) + PRICE_POINTS.get(row.price_kind, 0)
        self._joint[n] = row.couple_work or row.provider_type in JOINT_PROVIDERS
        self._youngest[n] = -_NO_AGE if row.minimum_age is None else row.minimum_age
        self._oldest[n] = _NO_AGE if row.maximum_age is None else row.maximum_age

    def _best_first(self, numbers: Iterable[int]) -> array[int]:
        """The points count first, then the slug."""
        return array("I", sorted(numbers, key=lambda number: (-self._points[number], self._by_slug[number])))

    def _first_with(self, bit: int) -> array[int]:
        found = array("I")
        for number, own in enumerate(self._needs):
            if own & bit:
                found.append(number)
                if len(found) == MAX_LOOSE:
                    break
        return found


class _Recent(Generic[_T]):
    """What was read last of at most `MAX_ROWS` services, by id."""

    def __init__(self) -> None:
        self._kept: dict[str, _T] = {}
        self._lock = threading.Lock()

    def get(self, ids: Sequence[str], read: Callable[[Sequence[str]], dict[str, _T]]) -> dict[str, _T]:
        """Those of `ids` that are there; `read` gives the ones that are not in memory."""
        with self._lock:
            found = {one: self._kept.pop(one) for one in ids if one in self._kept}
            self._kept |= found  # last used, last to go
        missing = sorted({one for one in ids if one not in found})
        if missing:
            found |= (new := read(missing))
            with self._lock:
                self._kept |= new
                for one in list(islice(self._kept, max(0, len(self._kept) - MAX_ROWS))):
                    del self._kept[one]
        return found

    def without(self, one: str) -> _Recent[_T]:
        """What is kept of all others."""
        new: _Recent[_T] = _Recent()
        with self._lock:
            new._kept = {key: value for key, value in self._kept.items() if key != one}
        return new


_COLUMNS = (
    Service.id,
    Service.slug,
    Service.state,
    Service.checked_on,
    Service.who_pays,
    Service.price_kind,
    Service.couple_work,
    Service.provider_type,
    Service.minimum_age,
    Service.maximum_age,
)


def _near(wanted: Filter) -> list[tuple[str, int]]:
    """The areas that serve the whole place, the nearest last: its rank stands."""
    return sorted(((code, rank) for code, rank in wanted.areas.items() if rank > PART_OF_PLACE), key=itemgetter(1))


def _stream(connection: Connection, statement: Executable) -> Iterator[Any]:
    """The rows, a few thousand in memory at once."""
    return iter(connection.execute(statement, execution_options={"yield_per": 5000}))


def _masks(
    connection: Connection, statement: Select[str, str], number: dict[str, int]
) -> tuple[dict[str, int], list[int]]:
    """A bit for each code, in the order of the codes, and the codes of each service as a sum of these bits."""
    codes = sorted(connection.scalars(select(statement.selected_columns[1]).distinct()))
    bits: dict[str, int] = {code: 1 << place for place, code in enumerate(codes)}
    masks = [0] * len(number)
    same: dict[str, int] = {}
    for service_id, joined in _joined(connection, statement):
        mask = same.get(joined)
        if mask is None:
            mask = same[joined] = sum(bits[code] for code in joined.split(","))
        masks[number[service_id]] = mask
    return bits, masks


def _joined(connection: Connection, statement: Select[str, str]) -> Iterator[tuple[str, str]]:
    """The codes of each service with commas between: the database puts them together faster than rows are read."""
    service_id, code = statement.selected_columns
    rows = select(service_id, func.aggregate_strings(code, ",")).group_by(service_id)
    return ((row[0], row[1]) for row in _stream(connection, rows))
