"""Tables of the referral database.

Names and meaning follow HSDS 3.0 where HSDS has the table (organization, service, location, service_at_location,
phone, schedule, cost_option, service_area, language, accessibility, required_document) and its 3.1 draft for
service_capacity; columns under "Ours" are additions, exported as attributes. Its taxonomy_term is `referral_db.codes`,
its metadata `FieldCheck`.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, validates

from referral_db.geography import fold


def sort_name_of(name: str) -> str:
    """Upper and lower case and accents make no difference in a list."""
    return fold(name)[:200]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _owned_by_service() -> Mapped[str]:
    return mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)


class Organization(Base):
    """Who offers services. `id` is a UUID as text, stable over imports (made from `slug`)."""

    __tablename__ = "organization"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str | None] = mapped_column(String(500))
    email: Mapped[str | None] = mapped_column(String(200))

    services: Mapped[list[Service]] = relationship(back_populates="organization", cascade="all, delete-orphan")


class Service(Base):
    """One thing that a person can turn to. Only `state == "published"` is ever shown to them."""

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'archived')", name="state"),
        CheckConstraint("who_pays IN ('overheid', 'vzw', 'prive', 'onbekend')", name="who_pays"),
        Index(None, "sort_name", "slug"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str | None] = mapped_column(String(500))
    email: Mapped[str | None] = mapped_column(String(200))
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    eligibility_description: Mapped[str | None] = mapped_column(Text)
    # Ours.
    state: Mapped[str] = mapped_column(String(10), default="draft", index=True)
    sort_name: Mapped[str] = mapped_column(String(200), server_default="")
    """The name as lists sort it, see `sort_name_of`; follows `name` by itself, but not in a bulk statement."""
    provider_type: Mapped[str] = mapped_column(String(80), index=True)
    who_pays: Mapped[str] = mapped_column(String(10), default="onbekend")
    price_kind: Mapped[str] = mapped_column(String(20), default="onbekend")
    """One of the price kinds of the taxonomy; amounts stand in `cost_options`."""
    admission: Mapped[str | None] = mapped_column(Text)
    """The admission rule in words: "gratis, voorrang voor wie het moeilijkst heeft"."""
    anonymous: Mapped[bool | None]
    couple_work: Mapped[bool] = mapped_column(default=False)
    """Couple therapy, mediation or joint talks: never shown once violence or control was said."""
    hidden_address: Mapped[bool] = mapped_column(default=False)
    # What it takes to come; None where that is not known.
    referral_needed: Mapped[bool | None]
    both_partners: Mapped[bool | None]
    """Whether two partners have to come."""
    group_talk: Mapped[bool | None]
    """Whether a person has to speak in a group."""
    philosophy: Mapped[str | None] = mapped_column(String(20))
    # What it leaves behind that a partner may see; None where that is not known.
    on_phone_bill: Mapped[bool | None]
    calls_back: Mapped[bool | None]
    letter_home: Mapped[bool | None]
    """A letter, or a line on the statement of the health fund."""
    account_needed: Mapped[bool | None]
    wait_band: Mapped[str | None] = mapped_column(String(20))
    wait_text: Mapped[str | None] = mapped_column(String(200))
    wait_observed_on: Mapped[dt.date | None]
    wait_known_by: Mapped[str | None] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(500))
    confidence: Mapped[str] = mapped_column(String(10))
    checked_on: Mapped[dt.date]
    draft_reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    organization: Mapped[Organization] = relationship(back_populates="services")
    needs: Mapped[list[ServiceNeed]] = relationship(back_populates="service", cascade="all, delete-orphan")
    phones: Mapped[list[Phone]] = relationship(back_populates="service", cascade="all, delete-orphan")
    online_contacts: Mapped[list[OnlineContact]] = relationship(back_populates="service", cascade="all, delete-orphan")
    schedules: Mapped[list[Schedule]] = relationship(back_populates="service", cascade="all, delete-orphan")
    cost_options: Mapped[list[CostOption]] = relationship(back_populates="service", cascade="all, delete-orphan")
    service_areas: Mapped[list[ServiceArea]] = relationship(back_populates="service", cascade="all, delete-orphan")
    languages: Mapped[list[Language]] = relationship(back_populates="service", cascade="all, delete-orphan")
    channels: Mapped[list[ServiceChannel]] = relationship(back_populates="service", cascade="all, delete-orphan")
    locations: Mapped[list[ServiceAtLocation]] = relationship(back_populates="service", cascade="all, delete-orphan")
    field_checks: Mapped[list[FieldCheck]] = relationship(back_populates="service", cascade="all, delete-orphan")
    capacities: Mapped[list[ServiceCapacity]] = relationship(back_populates="service", cascade="all, delete-orphan")
    accessibilities: Mapped[list[Accessibility]] = relationship(back_populates="service", cascade="all, delete-orphan")
    required_documents: Mapped[list[RequiredDocument]] = relationship(
        back_populates="service", cascade="all, delete-orphan"
    )
    reports: Mapped[list[Report]] = relationship(back_populates="service", cascade="all, delete-orphan")

    @validates("name")
    def _sort_by(self, _key: str, name: str) -> str:
        self.sort_name = sort_name_of(name)
        return name


class ServiceNeed(Base):
    """Ours: a need or risk code of the taxonomy that the service is for."""

    __tablename__ = "service_need"
    __table_args__ = (Index(None, "code", "service_id"),)

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)

    service: Mapped[Service] = relationship(back_populates="needs")


class ServiceChannel(Base):
    """Ours: a channel code of the taxonomy by which the service helps."""

    __tablename__ = "service_channel"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)

    service: Mapped[Service] = relationship(back_populates="channels")


class Phone(Base):
    """HSDS phone. `type` is "voice" or "sms"; `trace` says in Dutch what a call leaves behind, None where unknown."""

    __tablename__ = "phone"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = _owned_by_service()
    number: Mapped[str] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(10), default="voice")
    description: Mapped[str | None] = mapped_column(String(200))
    trace: Mapped[str | None] = mapped_column(String(200))

    service: Mapped[Service] = relationship(back_populates="phones")


class OnlineContact(Base):
    """Ours: a chat, mail, videogesprek or website address; `value` is a URL, or an e-mail address for mail."""

    __tablename__ = "online_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = _owned_by_service()
    channel: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(500))
    trace: Mapped[str | None] = mapped_column(String(200))

    service: Mapped[Service] = relationship(back_populates="online_contacts")


class Schedule(Base):
    """HSDS schedule: when one channel can be reached.

    `byday` holds RRULE days ("MO,TU"), with `freq` "WEEKLY". Times are "HH:MM" in Europe/Brussels; `closes_at` "24:00"
    is midnight, a `closes_at` at or before `opens_at` is on the next day. `opens_at` None: the day is known, the hour
    is not.
    `attending_type` is the channel code. `valid_from`/`valid_to` bound an exception; `closed` marks one that closes.
    """

    __tablename__ = "schedule"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = _owned_by_service()
    attending_type: Mapped[str] = mapped_column(String(20))
    freq: Mapped[str] = mapped_column(String(10), default="WEEKLY")
    interval: Mapped[int] = mapped_column(default=1)
    byday: Mapped[str] = mapped_column(String(30))
    opens_at: Mapped[str | None] = mapped_column(String(5))
    closes_at: Mapped[str | None] = mapped_column(String(5))
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]
    dtstart: Mapped[dt.date | None]
    closed: Mapped[bool] = mapped_column(default=False)
    on_public_holidays: Mapped[bool | None]
    """Open as usual on Belgian public holidays? None: not known, then a holiday gives the state "unknown"."""
    description: Mapped[str | None] = mapped_column(String(200))

    service: Mapped[Service] = relationship(back_populates="schedules")


class CostOption(Base):
    """HSDS cost_option: one price under one condition. `amount` in EUR a conversation, `amount_max` for a range."""

    __tablename__ = "cost_option"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = _owned_by_service()
    option: Mapped[str] = mapped_column(String(40), default="standaard")
    """The condition: standaard, verhoogde_tegemoetkoming, tot_en_met_23, student, eerste_gesprek, groep."""
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    amount: Mapped[float | None]
    amount_max: Mapped[float | None]
    amount_description: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]
    source: Mapped[str | None] = mapped_column(String(500))

    service: Mapped[Service] = relationship(back_populates="cost_options")


class ServiceArea(Base):
    """HSDS service_area: whom the service serves.

    `extent_type` is "land" (code "BE"), "gewest" (code "vlaanderen_brussel", "vlaanderen" or "brussel"),
    "provincie" (its name, or "Brussel") or "gemeente" (NIS code of the municipality after the mergers of 2025).
    """

    __tablename__ = "service_area"
    __table_args__ = (
        UniqueConstraint("service_id", "extent_type", "code"),
        Index(None, "code", "service_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    extent_type: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40))

    service: Mapped[Service] = relationship(back_populates="service_areas")


class Language(Base):
    """HSDS language: ISO 639-1 code of a language in which the service helps."""

    __tablename__ = "language"
    __table_args__ = (UniqueConstraint("service_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = _owned_by_service()
    code: Mapped[str] = mapped_column(String(8))
    note: Mapped[str | None] = mapped_column(String(200))

    service: Mapped[Service] = relationship(back_populates="languages")


class Accessibility(Base):
    """HSDS accessibility: an arrangement for people with a disability.

    HSDS hangs it on a location; here on the service, since most help is by telephone or chat and has none.
    """

    __tablename__ = "accessibility"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = _owned_by_service()
    description: Mapped[str] = mapped_column(String(200))
    details: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(String(500))

    service: Mapped[Service] = relationship(back_populates="accessibilities")


class RequiredDocument(Base):
    """HSDS required_document: what a person has to bring."""

    __tablename__ = "required_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = _owned_by_service()
    document: Mapped[str] = mapped_column(String(200))
    uri: Mapped[str | None] = mapped_column(String(500))

    service: Mapped[Service] = relationship(back_populates="required_documents")


class Location(Base):
    """HSDS location with its address. Coordinates are WGS 84, good to sort by distance, not to navigate by."""

    __tablename__ = "location"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str | None] = mapped_column(String(200))
    address_1: Mapped[str | None] = mapped_column(String(200))
    postal_code: Mapped[str | None] = mapped_column(String(4), index=True)
    city: Mapped[str | None] = mapped_column(String(100))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]

    services: Mapped[list[ServiceAtLocation]] = relationship(back_populates="location", cascade="all, delete-orphan")


class ServiceAtLocation(Base):
    """HSDS service_at_location."""

    __tablename__ = "service_at_location"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    location_id: Mapped[str] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    service: Mapped[Service] = relationship(back_populates="locations")
    location: Mapped[Location] = relationship(back_populates="services")


class FieldCheck(Base):
    """Ours, after HSDS metadata: who looked at one field of a service, when, how, and where it came from."""

    __tablename__ = "field_check"
    __table_args__ = (UniqueConstraint("service_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = _owned_by_service()
    field: Mapped[str] = mapped_column(String(40))
    checked_on: Mapped[dt.date]
    method: Mapped[str] = mapped_column(String(40))
    source: Mapped[str | None] = mapped_column(String(500))
    confidence: Mapped[str] = mapped_column(String(10))
    checked_by: Mapped[str | None] = mapped_column(String(80))

    service: Mapped[Service] = relationship(back_populates="field_checks")


class ServiceCapacity(Base):
    """HSDS 3.1 draft service_capacity: how much room there is. `unit` names what is counted ("plaats", "bed").

    `maximum` is None where there is no limit or none is known. `updated` is in UTC, without a zone.
    """

    __tablename__ = "service_capacity"
    __table_args__ = (UniqueConstraint("service_id", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    unit: Mapped[str] = mapped_column(String(40))
    available: Mapped[int]
    maximum: Mapped[int | None]
    description: Mapped[str | None] = mapped_column(String(200))
    updated: Mapped[dt.datetime]

    service: Mapped[Service] = relationship(back_populates="capacities")


class Report(Base):
    """Ours: people in the chat said "dit klopt niet meer" about a service, so often on a day. Nothing about who.

    `reason` is a code of `referral_db.reports.REASONS`.
    """

    __tablename__ = "report"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=1)

    service: Mapped[Service] = relationship(back_populates="reports")


class Answer(Base):
    """A curated answer to a need or question. Shown only while published and not past `expires_on`."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("code", "kind", "moment"),
        CheckConstraint(
            "kind IN ('eerste', 'tips', 'waarom', 'vroeg', 'hulp', 'keuze_1', 'keuze_2', 'vraag')", name="kind"
        ),
        CheckConstraint("moment IN ('altijd', 'nacht')", name="moment"),
        CheckConstraint("state IN ('draft', 'published', 'archived')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """eerste: first answer; tips: "meer tips"; waarom: why, with the source; vroeg: when to seek help early; hulp:
    which kind of help fits; keuze_1, keuze_2: a differential question; vraag: a fact answer about help."""
    moment: Mapped[str] = mapped_column(String(10), default="altijd")
    """nacht: used from 22:00 to 07:00 Europe/Brussels, before "altijd"."""
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(500))
    owner: Mapped[str] = mapped_column(String(80))
    reviewed_on: Mapped[dt.date]
    expires_on: Mapped[dt.date]
    state: Mapped[str] = mapped_column(String(10), default="published")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class User(Base):
    """A maintainer. `password_hash` is Argon2id; `role` is reader, editor, publisher or administrator."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("role IN ('reader', 'editor', 'publisher', 'administrator')", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    created_on: Mapped[dt.date]


class AuditEntry(Base):
    """Append-only: which maintainer changed what, from what, to what. Nothing about people who chat."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    user_name: Mapped[str] = mapped_column(String(80))
    entity: Mapped[str] = mapped_column(String(20))
    entity_id: Mapped[str] = mapped_column(String(120), index=True)
    action: Mapped[str] = mapped_column(String(20))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)


class Seeded(Base):
    """What the seed last put in place of one record, so that a later seed knows whether a maintainer changed it since.

    `key` is "organization/slug", "service/slug" or "answer/code/kind/moment"; `fingerprint` a SHA-256 of the record.
    """

    __tablename__ = "seeded"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
