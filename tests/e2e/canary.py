"""Canaries: strings that exist nowhere else, and the search for them where a computer may keep what was said."""

from __future__ import annotations

import base64
import functools
import gzip
import json
import os
import re
import secrets
import stat
import string
import threading
import time
import urllib.parse
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

START = 12
"""Characters of a canary that give it away alone: a log may cut a line short."""
_CHUNK = 8 * 1024 * 1024
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Canary:
    """One string to look for. `name` says whose it is: "normal: text", "crisis: session"."""

    name: str
    value: str


@dataclass(frozen=True)
class Found:
    """Where a canary was found, whose it is, and in which form."""

    place: str
    canary: str
    form: str


def fresh(name: str) -> Canary:
    """A canary of 26 letters with an ë, so that every way to escape a letter shows."""
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(25))
    return Canary(name, f"{letters[:18]}ë{letters[18:]}")


def plain(name: str) -> Canary:
    """A canary for places where only ASCII is allowed, such as a header."""
    return Canary(name, "".join(secrets.choice(string.ascii_letters) for _ in range(24)))


def loopback_address(name: str) -> Canary:
    """An own loopback address to speak from. Below 127.64 no machine has a service of its own."""
    return Canary(name, ".".join(["127", *(str(100 + secrets.randbelow(150)) for _ in range(3))]))


@functools.lru_cache(maxsize=4096)
def forms(value: str) -> dict[str, bytes]:
    """The bytes that `value` may have become, by the name of the form."""
    found: dict[str, bytes] = {}
    for whose, text in (("", value), (f"first {START} characters, ", value[:START])):
        data = text.encode()
        found |= {
            f"{whose}UTF-8": data,
            f"{whose}UTF-16": text.encode("utf-16-le"),
            f"{whose}Latin-1": text.encode("latin-1"),
            f"{whose}JSON": json.dumps(text)[1:-1].encode(),
            f"{whose}URL": urllib.parse.quote(text, safe="").encode(),
        }
        # What stands before it shifts base64 by one or two bytes; only whole groups of three stay the same.
        for shift in range(3):
            inner = data[(-shift) % 3 :]
            found[f"{whose}base64, shift {shift}"] = base64.b64encode(inner[: len(inner) // 3 * 3])
    return found


def search_bytes(place: str, data: bytes, canaries: Iterable[Canary]) -> set[Found]:
    """Find every form of every canary in `data`."""
    return {
        Found(place, canary.name, form)
        for canary in canaries
        for form, needle in forms(canary.value).items()
        if needle in data
    }


def search_file(path: Path, canaries: Iterable[Canary]) -> set[Found]:
    """Find every form of every canary in a file, also inside gzip. A file that is gone by now holds nothing."""
    canaries = list(canaries)
    found: set[Found] = set()
    with suppress(FileNotFoundError, PermissionError), path.open("rb") as file:
        zipped = file.read(2) == _GZIP
        file.seek(0)
        for data in _windows(file):
            found |= search_bytes(str(path), data, canaries)
        if zipped:
            file.seek(0)
            with suppress(OSError, EOFError, zlib.error), gzip.open(file) as unzipped:
                for data in _windows(unzipped):
                    found |= search_bytes(f"{path} (unzipped)", data, canaries)
    return found


def _windows(file: BinaryIO | gzip.GzipFile) -> Iterator[bytes]:
    """The file in parts that overlap, so that nothing hides on a border."""
    before = b""
    while part := file.read(_CHUNK):
        yield before + part
        before = part[-256:]


def changed_files(folder: Path, since_ns: int, *, but_not: Iterable[Path] = ()) -> Iterator[Path]:
    """Regular files under `folder` on the same disk that were made or changed since; `but_not` folders are left out."""
    left_out = {str(path) for path in but_not}
    disk = folder.stat().st_dev
    for parent, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if f"{parent}/{name}" not in left_out and _stat(f"{parent}/{name}", disk) is not None
        ]
        for name in names:
            details = _stat(f"{parent}/{name}", disk)
            if details and stat.S_ISREG(details.st_mode) and max(details.st_mtime_ns, details.st_ctime_ns) >= since_ns:
                yield Path(parent, name)


def _stat(path: str, disk: int) -> os.stat_result | None:
    with suppress(OSError):
        details = os.lstat(path)
        return details if details.st_dev == disk else None
    return None


def count_in_memory(pid: int, canaries: Iterable[Canary]) -> Counter[str]:
    """How often each canary's first characters stand in the memory that process `pid` may write."""
    needles = [
        (canary.name, needle)
        for canary in canaries
        for needle in (canary.value[:START].encode(), canary.value[:START].encode("utf-16-le"))
    ]
    counts: Counter[str] = Counter()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            with suppress(OSError, ValueError):
                memory.seek(start)
                data = memory.read(end - start)
                for name, needle in needles:
                    counts[name] += data.count(needle)
    return +counts


class Watch:
    """Looks every 50 ms at a tree of processes: which files are open for writing, and who is spoken to.

    What opens and closes between two looks is missed; the sealed machine of `tests/e2e/sealed.py` misses nothing.
    """

    def __init__(self, root: int, seconds: float = 0.05) -> None:
        self.root = root
        self.looks = 0
        self.written: set[str] = set()
        self.spoken_to: set[str] = set()
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def strangers(self) -> set[str]:
        """Addresses outside loopback that a process of the tree had a socket to."""
        return {address for address in self.spoken_to if not _is_loopback(address)}

    def _watch(self) -> None:
        while not self._over.wait(self._seconds):
            sockets: set[str] = set()
            for pid in [self.root, *children(self.root)]:
                with suppress(OSError):
                    sockets |= self._look_at(pid)
            with suppress(OSError):
                self.spoken_to |= _remote_addresses(sockets)
            self.looks += 1

    def _look_at(self, pid: int) -> set[str]:
        sockets = set()
        for entry in os.listdir(f"/proc/{pid}/fd"):
            with suppress(OSError):
                target = os.readlink(f"/proc/{pid}/fd/{entry}")
                if target.startswith("socket:["):
                    sockets.add(target[8:-1])
                elif _is_on_disk(target) and _is_written(f"/proc/{pid}/fdinfo/{entry}"):
                    self.written.add(target)
        return sockets


def children(pid: int) -> list[int]:
    """All processes below `pid`."""
    direct: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            direct += [int(child) for child in thread.read_text().split()]
    return direct + [grandchild for child in direct for grandchild in children(child)]


def _is_on_disk(target: str) -> bool:
    return target.startswith("/") and not target.startswith("/dev/")


def _is_written(details: str) -> bool:
    """Tell whether an open file, by its fdinfo, may be written."""
    flags = re.search(r"flags:\s*([0-7]+)", Path(details).read_text())
    return flags is not None and int(flags[1], 8) & os.O_ACCMODE != os.O_RDONLY


def _remote_addresses(sockets: set[str]) -> set[str]:
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in sockets:
                found.add(fields[2].partition(":")[0])
    return found


def _is_loopback(address: str) -> bool:
    """Tell whether an address as the kernel's tables write it (hexadecimal, bytes turned) stays on this machine."""
    if len(address) == 8:
        return address in ("00000000",) or address.endswith("7F")
    mapped = address.startswith("0000000000000000FFFF0000")
    return address in ("0" * 32, "0" * 24 + "01000000") or (mapped and address.endswith("7F"))


def settle(seconds: float = 0.3) -> None:
    """Give processes the time to write what they may want to write."""
    time.sleep(seconds)
