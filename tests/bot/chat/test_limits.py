"""Limits: token buckets, and new sessions counted without keeping an address."""

from __future__ import annotations

import gc
import ipaddress

import pytest

from bot.chat import limits
from bot.chat.limits import NewSessionLimiter, TokenBucket


def test_a_bucket_allows_a_burst_and_then_the_rate() -> None:
    bucket = TokenBucket(30, 0.0)
    assert [bucket.take(30, 0.0) for _ in range(30)] == [0.0] * 30
    assert bucket.take(30, 0.0) == pytest.approx(2.0)
    assert bucket.take(30, 2.0) == 0.0
    assert bucket.take(30, 2.0) > 0
    assert [bucket.take(30, 1000.0) for _ in range(31)].count(0.0) == 30


def test_a_rate_under_one_a_minute_still_allows_one() -> None:
    bucket = TokenBucket(1, 0.0)
    assert bucket.take(0.5, 0.0) == 0.0
    assert bucket.take(0.5, 0.0) == pytest.approx(120.0)
    assert bucket.take(0.5, 120.0) == 0.0


def test_a_clock_that_jumps_back_gives_nothing_away() -> None:
    bucket = TokenBucket(0, 100.0)
    assert bucket.take(30, 50.0) > 0


def test_networks_are_counted_apart_and_loopback_not() -> None:
    limiter = NewSessionLimiter(rate=2, now=lambda: 0.0)
    assert [limiter.take("192.0.2.1") > 0 for _ in range(3)] == [False, False, True]
    assert limiter.take("192.0.2.2") == 0
    assert [limiter.take("2001:db8::1") > 0 for _ in range(2)] == [False, False]
    assert limiter.take("2001:db8::ffff") > 0, "one home has a whole /64"
    assert limiter.take("2001:db8:0:1::1") == 0
    for address in ("127.0.0.1", "127.0.0.77", "::1", None, "testclient"):
        assert [limiter.take(address) for _ in range(5)] == [0.0] * 5


def test_no_address_is_kept_and_the_key_changes() -> None:
    clock = [0.0]
    limiter = NewSessionLimiter(rate=1, now=lambda: clock[0])
    limiter.take("198.51.100.23")
    assert limiter.take("198.51.100.23") > 0
    first_key = limiter._key
    packed = ipaddress.ip_address("198.51.100.23").packed
    held = [referent for referent in gc.get_referents(limiter._buckets) if isinstance(referent, bytes)]
    assert len(held) == 1
    assert packed not in held[0]
    assert "198.51.100.23" not in repr(vars(limiter))
    clock[0] = limits.KEY_SECONDS + 1
    assert limiter.take("198.51.100.23") == 0
    assert limiter._key != first_key


def test_the_number_of_clients_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CLIENTS", 10)
    limiter = NewSessionLimiter(rate=1)
    for number in range(100):
        limiter.take(f"192.0.2.{number}")
    assert len(limiter._buckets) <= 10
