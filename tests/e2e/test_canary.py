"""Positive controls: a search that finds nothing proves something only when it does find what is there."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e import canary
from tests.e2e.canary import Watch


@pytest.mark.parametrize("form", list(canary.forms(canary.fresh("form").value)))
def test_the_search_finds_every_form(tmp_path: Path, form: str) -> None:
    one = canary.fresh("text")
    (tmp_path / "file").write_bytes(b"before" + canary.forms(one.value)[form] + b"after")
    assert form in {found.form for found in canary.search_file(tmp_path / "file", [one])}


def test_the_search_finds_what_a_stock_log_line_would_hold(tmp_path: Path) -> None:
    """Rasa's own REST channel writes this line when somebody leaves while the bot is answering."""
    one = canary.fresh("text")
    handler = logging.FileHandler(tmp_path / "scratch.log", encoding="utf-8")
    message = json.dumps({"text": f"dit is van mij {one.value}", "event": "rest.message.received.timeout"})
    handler.emit(logging.LogRecord("rasa", logging.ERROR, "rest.py", 171, message, (), None))
    handler.close()
    assert canary.search_file(tmp_path / "scratch.log", [one])


def test_the_search_finds_text_in_utf_16_and_in_gzip_and_across_a_border(tmp_path: Path) -> None:
    one = canary.fresh("text")
    (tmp_path / "utf-16").write_text(f"dit is van mij {one.value}", "utf-16")
    (tmp_path / "log.gz").write_bytes(gzip.compress(f"dit is van mij {one.value}".encode()))
    (tmp_path / "border").write_bytes(b" " * (canary._CHUNK - 5) + one.value.encode())
    for name in ("utf-16", "log.gz", "border"):
        assert canary.search_file(tmp_path / name, [one]), name


def test_the_search_finds_a_base64_of_a_longer_text(tmp_path: Path) -> None:
    one = canary.fresh("text")
    for before in ("", "a", "ab", "abc"):
        (tmp_path / "file").write_bytes(base64.b64encode(f"{before}{one.value} en nog iets".encode()))
        assert canary.search_file(tmp_path / "file", [one])


def test_a_changed_file_is_seen(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("oud")
    time.sleep(0.05)
    since = time.time_ns()
    time.sleep(0.05)
    (tmp_path / "new").write_text("nieuw")
    os.utime(tmp_path / "new", (0, 0))  # a file that pretends to be old
    assert list(canary.changed_files(tmp_path, since)) == [tmp_path / "new"]


def test_the_watch_sees_a_file_and_a_stranger(tmp_path: Path) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
        (tmp_path / "open").open("w"),
        Watch(os.getpid()) as watch,
    ):
        with contextlib.suppress(OSError):
            out.connect(("192.0.2.1", 9))  # an address for documentation; a datagram socket sends nothing here
        time.sleep(0.5)
    assert str(tmp_path / "open") in watch.written
    if not watch.strangers():
        pytest.skip("this machine has no route to other machines at all")
    assert watch.strangers() == {"010200C0"}


@pytest.mark.parametrize("letters", ["", "→"], ids=["one byte a letter", "two bytes a letter"])
def test_the_memory_count_sees_a_string_of_another_process(letters: str) -> None:
    one = canary.fresh("text")
    program = "import sys; kept = sys.stdin.readline(); print('here', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin
        assert other.stdout
        other.stdin.write(f"dit is van mij {one.value}{letters}\n".encode())
        other.stdin.flush()
        other.stdout.readline()
        assert canary.count_in_memory(other.pid, [one, canary.fresh("nobody's")]).keys() == {"text"}
        other.stdin.close()
