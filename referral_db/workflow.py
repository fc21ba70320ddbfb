"""Tables of the maintainers' workflow: proposals, links for providers, the second step, settings of websites,
and the sentences that people gave."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from referral_db.models import Base


class Proposal(Base):
    """A change that one maintainer proposes and another one decides about; only a published one changed anything.

    `before` and `after` are JSON of the fields that differ (a record as in `referral_db.records`, or the columns of an
    answer), `checked` JSON of the names of the fields that the author looked at. `entity_id` is the id of a service or
    "code/kind/moment" of an answer. Times are UTC without a zone. A change that was published keeps its log entry.
    Proposals of one imported file have the same `batch`.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("entity IN ('service', 'answer')", name="entity"),
        CheckConstraint("kind IN ('wijziging', 'nagekeken', 'terug')", name="kind"),
        CheckConstraint("state IN ('open', 'published', 'refused', 'withdrawn', 'replaced')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(String(10))
    entity_id: Mapped[str] = mapped_column(String(120), index=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12), default="wijziging")
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    author_id: Mapped[int]
    author: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[dt.datetime]
    why: Mapped[str] = mapped_column(String(300))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    checked: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[dt.datetime | None]
    decision: Mapped[str | None] = mapped_column(String(300))
    audit_id: Mapped[int | None] = mapped_column(ForeignKey("audit_entry.id"), index=True)
    batch: Mapped[str | None] = mapped_column(String(32), index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ProviderLink(Base):
    """A way for one service to check its own record once, without an account. `token_hash` is the SHA-256 of its token.

    Times are UTC without a zone. The link works until `expires_at`, unless it was used or revoked before.
    """

    __tablename__ = "provider_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    maker_id: Mapped[int]
    maker: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class TenantSettings(Base):
    """What an administrator set for one embedding website, in the place of its entry in the tenants file.

    `settings` is JSON of such an entry, as `nachtlicht.tenants` reads it.
    """

    __tablename__ = "tenant_settings"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    settings: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class GivenSentence(Base):
    """A sentence that somebody gave to learn from, after it was redacted; see `referral_db.given`.

    `week` is the Monday of the week in which it came, `tenant` the code of the website. Nothing tells who or when: the
    key is random, and the rows lie in the order of that key. `label` is the code that a maintainer gave it.
    """

    __tablename__ = "given_sentence"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    week: Mapped[dt.date] = mapped_column(index=True)
    tenant: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(300))
    label: Mapped[str | None] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class SecondFactor(Base):
    """The secret of one maintainer's authenticator app (RFC 6238: SHA-1, six digits, 30 seconds).

    `last_step` is the step of the last code that was taken, so that none is taken twice.
    """

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
    since: Mapped[dt.date]
    last_step: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class RecoveryCode(Base):
    """A code for once, for who lost the app: the SHA-256 of 74 random bits. A code that was used is removed."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
