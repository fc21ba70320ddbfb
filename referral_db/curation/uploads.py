"""Files between their preview and the button that proposes what they change: in memory, few, and not for long."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from referral_db.curation.forms import Upload
from referral_db.curation.sessions import new_token

KEPT_SECONDS = 30 * 60.0
MAX_KEPT = 10
"""At `forms.MAX_FILE` each; the oldest makes room."""


class Uploads:
    """The files by a name that nobody can guess; each is only for who sent it. `now` is any clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[int, float, Upload]] = OrderedDict()

    def keep(self, user_id: int, upload: Upload) -> str:
        """Keeps a file and gives its name."""
        name = new_token()
        with self._lock:
            self._kept[name] = (user_id, self._now(), upload)
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return name

    def find(self, name: str, user_id: int) -> Upload | None:
        """The file of that name that this user sent; None when it is gone."""
        with self._lock:
            owner, since, upload = self._kept.get(name, (None, 0.0, None))
            if upload is not None and self._now() - since > KEPT_SECONDS:
                del self._kept[name]
                return None
        return upload if owner == user_id else None

    def drop(self, name: str) -> None:
        with self._lock:
            self._kept.pop(name, None)
