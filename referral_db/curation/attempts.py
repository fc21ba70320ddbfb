"""Slows down guessing of passwords, without letting a stranger keep somebody else out.

After a few wrong passwords each next try has to wait, twice as long every time, up to a bound. Three counts run beside
each other: one account from one network address (long waits), one account from everywhere (short waits), one address
over all accounts. A stranger who keeps guessing from elsewhere cannot make the owner wait: a device on which that
person signed in before has a count of its own (OWASP: device cookies), and the count from everywhere does not hold
for the first try from an address.

The code of the second step comes after the right password, so only who knows that can make its owner wait; there one
count holds for all addresses, and a device of before has its own again (`keys_of_code`).

Everything is in memory and bounded. Unknown accounts are counted like known ones.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

FORGET_SECONDS = 24 * 3600.0
MAX_KEYS = 20_000


class Rule(NamedTuple):
    """`free` wrong tries cost nothing; then 1, 2, 4 … seconds of waiting, at most `longest`."""

    free: int
    longest: float


ACCOUNT_FROM_ADDRESS = Rule(free=4, longest=15 * 60.0)
ACCOUNT = Rule(free=10, longest=30.0)
ADDRESS = Rule(free=30, longest=5 * 60.0)
KNOWN_DEVICE = Rule(free=4, longest=5 * 60.0)
CODE = Rule(free=5, longest=15 * 60.0)
"""About a hundred tries a day: at three codes in a million that are right, a lifetime."""

Keys = list[tuple[tuple[str, ...], Rule]]


@dataclass
class _Count:
    wrong: int
    last: float


def keys_of_password(account: str, address: str | None, device: str | None) -> Keys:
    """The counts of one try, the one that is only its own first."""
    account = account.casefold()
    if device is not None:
        return [(("device", account, device), KNOWN_DEVICE)]
    network = network_of(address)
    keys = [(("account from", account, network), ACCOUNT_FROM_ADDRESS), (("account", account), ACCOUNT)]
    return [*keys, (("address", network), ADDRESS)]


def keys_of_code(account: str, _address: str | None, device: str | None) -> Keys:
    """As `keys_of_password`, for the code of the second step."""
    return [(("device", account, device), KNOWN_DEVICE)] if device is not None else [(("account", account), CODE)]


class Attempts:
    """The wrong tries of the last day. `now` is any clock in seconds, `keys` says what counts together."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        keys: Callable[[str, str | None, str | None], Keys] = keys_of_password,
    ) -> None:
        self._now, self._keys = now, keys
        self._counts: OrderedDict[tuple[str, ...], _Count] = OrderedDict()

    def wait(self, account: str, address: str | None, device: str | None) -> float:
        """The seconds that this try has to wait, 0 when it may go. `device` is one that the account knows."""
        keys = self._keys(account, address, device)
        first_from_here = keys[0][0] not in self._counts
        return max(self._left(key, rule) for key, rule in keys if not (rule is ACCOUNT and first_from_here))

    def failed(self, account: str, address: str | None, device: str | None) -> None:
        for key, _ in self._keys(account, address, device):
            count = self._counts.pop(key, None)
            self._counts[key] = _Count(1 if count is None else count.wrong + 1, self._now())
        while len(self._counts) > MAX_KEYS:
            self._counts.popitem(last=False)

    def succeeded(self, account: str, address: str | None, device: str | None) -> None:
        """Forgets the wrong tries from here; those from elsewhere keep counting for elsewhere."""
        for key, rule in self._keys(account, address, device):
            if rule is not ACCOUNT:
                self._counts.pop(key, None)

    def _left(self, key: tuple[str, ...], rule: Rule) -> float:
        count = self._counts.get(key)
        if count is None or count.wrong < rule.free:
            return 0.0
        since = self._now() - count.last
        if since > FORGET_SECONDS:
            del self._counts[key]
            return 0.0
        pause = min(rule.longest, 2.0 ** min(count.wrong - rule.free, 30))
        return max(0.0, pause - since)


def network_of(address: str | None) -> str:
    """The address for IPv4, its /64 for IPv6: one home has a whole /64."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "?"
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))
