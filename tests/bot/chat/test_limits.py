"""Limits: token buckets, and new sessions counted without keeping an address."""

from __future__ import annotations

import gc
import ipaddress

import pytest

from bot.chat import limits
from bot.chat.limits import AddressBuckets, AddressLimiter, LongTexts, TokenBucket
from bot.chat.problem import ProblemError


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
    limiter = AddressLimiter(rate=2, now=lambda: 0.0)
    assert [limiter.take("192.0.2.1") > 0 for _ in range(3)] == [False, False, True]
    assert limiter.take("192.0.2.2") == 0
    assert [limiter.take("2001:db8::1") > 0 for _ in range(2)] == [False, False]
    assert limiter.take("2001:db8::ffff") > 0, "one home has a whole /64"
    assert limiter.take("2001:db8:0:1::1") == 0
    for address in ("127.0.0.1", "127.0.0.77", "::1", None, "testclient"):
        assert [limiter.take(address) for _ in range(5)] == [0.0] * 5


def test_no_address_is_kept_and_the_key_changes() -> None:
    clock = [0.0]
    buckets = AddressBuckets(1.0, now=lambda: clock[0])
    bucket = buckets.of("198.51.100.23")
    assert buckets.of("198.51.100.23") is bucket
    first_key = buckets._key
    packed = ipaddress.ip_address("198.51.100.23").packed
    held = [referent for referent in gc.get_referents(buckets._buckets) if isinstance(referent, bytes)]
    assert len(held) == 1
    assert packed not in held[0]
    assert "198.51.100.23" not in repr(vars(buckets))
    clock[0] = limits.KEY_SECONDS + 1
    assert buckets.of("198.51.100.23") is not bucket
    assert buckets._key != first_key


def test_the_number_of_clients_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CLIENTS", 10)
    buckets = AddressBuckets(1.0)
    for number in range(100):
        buckets.of(f"192.0.2.{number}")
    assert len(buckets._buckets) <= 10


def test_no_rate_is_no_limit() -> None:
    limiter = AddressLimiter(None)
    assert [limiter.take("192.0.2.1") for _ in range(1000)] == [0.0] * 1000


def session() -> TokenBucket:
    return TokenBucket(limits.LONG_AT_ONCE, 0.0)


def test_a_story_in_three_pieces_goes_at_once_and_more_of_it_waits_its_turn() -> None:
    texts, mine = LongTexts(now=lambda: 0.0), session()
    assert [texts.book(mine, None, 1000) for _ in range(4)] == [0.0, 0.0, 0.0, pytest.approx(5.0)]
    with pytest.raises(ProblemError) as refused:
        texts.book(mine, None, 1000)
    assert refused.value.status == 429
    assert refused.value.retry_after == pytest.approx(10.0)
    assert texts.book(session(), None, 1000) == 0, "nobody waits behind somebody else's"


def test_what_was_refused_is_not_counted() -> None:
    clock = [0.0]
    texts, mine = LongTexts(now=lambda: clock[0]), session()
    while not texts.book(mine, None, 1000):
        pass
    for _ in range(50):
        with pytest.raises(ProblemError):
            texts.book(mine, None, 1000)
    clock[0] = 10.0
    assert texts.book(mine, None, 1000) == 0


def test_many_sessions_of_one_network_share_its_long_texts() -> None:
    texts = LongTexts(now=lambda: 0.0)
    pauses = [texts.book(session(), "192.0.2.1", 1000) for _ in range(10)]
    assert pauses == [*[0.0] * 8, pytest.approx(2.5), pytest.approx(5.0)]
    with pytest.raises(ProblemError):
        texts.book(session(), "192.0.2.1", 1000)
    assert texts.book(session(), "192.0.2.2", 1000) == 0
