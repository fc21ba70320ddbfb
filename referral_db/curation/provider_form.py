"""The record of a service as the service itself sees it: a few parts with plain names, each to confirm or correct."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from referral_db.curation import words
from referral_db.curation.forms import Form
from referral_db.curation.service_form import form_of, raw_record
from referral_db.records import Problem, Record


@dataclass(frozen=True)
class Part:
    """One part of the form. `key` is the name of its field check; `texts` and `lists` what may be corrected in it."""

    key: str
    title: str
    texts: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.texts, *self.lists)


PARTS = (
    Part("description", "Naam en beschrijving", texts=("name", "description")),
    Part("phone", "Telefoonnummers", lists=("phones",)),
    Part("contact", "Website, chat en mail", lists=("online_contacts",)),
    Part("hours", "Uren", lists=("schedules",)),
    Part("price", "Prijs", texts=("price_kind", "admission"), lists=("cost_options",)),
    Part("address", "Adressen", lists=("locations",)),
    Part("eligibility_description", "Voor wie", texts=("minimum_age", "maximum_age", "eligibility_description")),
    Part("wait_text", "Wachttijd en vrije plaatsen", texts=("wait_band", "wait_text"), lists=("capacities",)),
)


def parts_of(record: Record) -> list[Part]:
    """What a service is asked about; of a hidden address nothing is asked or stored."""
    return [part for part in PARTS if part.key != "address" or not record["hidden_address"]]


def values_of(record: Record, part: Part) -> list[tuple[str, str]]:
    """What stands there now, label and value in words."""
    return [(words.field_label(name), words.in_words(record[name], name)) for name in part.names]


def record_of(form: Form, base: Record, at: dt.datetime) -> tuple[Record, list[Problem]]:
    """The raw record with what the service corrected; whatever else is sent along changes nothing."""
    names = {name for part in parts_of(base) for name in part.texts}
    lists = tuple(f"{name}-" for part in parts_of(base) for name in part.lists)
    pairs = [(name, value) for name, value in form_of(base).pairs if name not in names and not name.startswith(lists)]
    pairs += [(name, value) for name, value in form.pairs if name in names or name.startswith(lists)]
    raw, problems = raw_record(Form(pairs), base, at)
    if any((raw[name] or None) != base[name] for name in ("wait_band", "wait_text")):
        known = bool(raw["wait_band"] or raw["wait_text"])
        raw |= {"wait_observed_on": at.date() if known else None, "wait_known_by": "hulpverlener" if known else None}
    return raw, problems


def confirmed(form: Form, base: Record) -> list[str]:
    """The keys of the parts that the service says are right."""
    said = form.all("klopt")
    return [part.key for part in parts_of(base) if part.key in said]
