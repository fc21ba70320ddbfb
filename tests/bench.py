"""The benchmark: `make bench`, or `python -m tests.bench --quick` to see that it works.

Prints JSON lines (contract, section 6); what happens meanwhile goes to standard error. `value` and `baseline` are
measured in this run on this machine, `ratio` is value / baseline, `n` counts what was measured. `baseline` is the same
figure with the stock Rasa pipeline and policies (tests/bench_stock.py); null where a stock assistant has nothing like
it. `search_p50` and `search_p95` without more are on the real records, `search_p50_sqlite_10000` on made-up ones.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import http.client
import json
import math
import os
import platform
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.bench_search import databases, search_times
from tests.bench_stock import stock_model, train
from tests.services import HOME, free_port, started
from tests.stack import running

SCRIPT = (
    "hallo",
    "mijn man heeft iets met een collega, ik ben er kapot van en weet niet wat doen",
    "ik voel me zo rot",
    "is dit gesprek anoniem",
    "waar kan ik terecht",
    "9000",
    "liefst gratis",
    "zijn er nog andere",
    "wat kost een therapeut",
    "bedankt",
)
WITHOUT_ACTION = {"groet", "buiten_bereik", "andere_taal"}
CLIENTS = 16
SIZES = (100, 10_000, 100_000)


@dataclass(frozen=True)
class Amount:
    """How much is measured."""

    conversations: int = 50
    rounds: int = 4
    parses: int = 300
    searches: int = 300
    sizes: Sequence[int] = SIZES


QUICK = Amount(conversations=2, rounds=1, parses=10, searches=20, sizes=(100, 2_000))


@dataclass
class Measured:
    """Figures of one assistant by name: value and how many samples it comes from."""

    figures: dict[str, tuple[float, int]] = field(default_factory=dict)

    def put(self, name: str, value: float, n: int) -> None:
        self.figures[name] = (value, n)

    def put_times(self, name: str, seconds: Sequence[float]) -> None:
        """The middle one and the one that 19 in 20 stay under, in milliseconds."""
        if seconds:
            ordered = sorted(seconds)
            for part in (50, 95):
                rank = math.ceil(len(ordered) * part / 100) - 1
                self.put(f"{name}_p{part}", ordered[rank] * 1000, len(ordered))


UNITS = {
    "turns_per_second": "turns/s",
    "rss": "MiB",
    "start_seconds": "s",
    "train_seconds": "s",
    "safe_replies": "turns",
    "widget_bytes_gzip": "bytes",
}


class Client:
    """One person's connection; as light as possible, for it shares the machine with what it measures."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        self._connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 201, 204):
            raise RuntimeError(f"{path}: status {answer.status}")
        return json.loads(content) if content else None

    def close(self) -> None:
        self._connection.close()


def talk(port: int) -> list[tuple[float, str, bool]]:
    """One conversation: for each turn its seconds, what was understood, and whether the safe reply came."""
    client = Client(port)
    session = client.post("/api/v1/sessions", {"tenant": "demo"})["session"]
    turns = []
    for sentence in SCRIPT:
        began = time.perf_counter()
        reply = client.post("/api/v1/messages", {"session": session, "text": sentence})
        turns.append((time.perf_counter() - began, str(reply["understood"]["intent"]), bool(reply["degraded"])))
    client.post("/api/v1/sessions/end", {"session": session})
    client.close()
    return turns


def measure_assistant(measured: Measured, chat_port: int, rasa_port: int, amount: Amount) -> None:
    """Turns one by one, turns of 16 people at once, and understanding alone."""
    for _ in range(3):
        talk(chat_port)
    say("  one person after the other")
    turns = [turn for _ in range(amount.conversations) for turn in talk(chat_port)]
    measured.put_times("turn_latency", [seconds for seconds, _, _ in turns])
    measured.put_times("turn_latency_no_action", [s for s, intent, _ in turns if intent in WITHOUT_ACTION])
    measured.put_times("turn_latency_action", [s for s, intent, _ in turns if intent not in WITHOUT_ACTION])

    say(f"  {CLIENTS} people at once")
    with ThreadPoolExecutor(CLIENTS) as pool:
        began = time.perf_counter()
        talks = list(pool.map(talk, [chat_port] * CLIENTS * amount.rounds))
        took = time.perf_counter() - began
    crowd = [turn for one in talks for turn in one]
    measured.put("turns_per_second", len(crowd) / took, len(crowd))
    measured.put_times("turn_latency_16_clients", [seconds for seconds, _, _ in crowd])
    measured.put("safe_replies", sum(degraded for _, _, degraded in turns + crowd), len(turns + crowd))

    say("  understanding alone")
    sentences = [item["text"] for item in yaml.safe_load((HOME / "tests/nlu/held_out/needs.yml").read_text("utf-8"))]
    random.Random(1).shuffle(sentences)
    client = Client(rasa_port)
    times = []
    for number in range(amount.parses):
        began = time.perf_counter()
        client.post("/model/parse", {"text": sentences[number % len(sentences)]})
        times.append(time.perf_counter() - began)
    client.close()
    measured.put_times("parse_latency", times)


def measure_ours(amount: Amount, folder: Path) -> Measured:
    """A freshly started Nachtlicht, as `make run` starts it."""
    measured = Measured()
    say("Nachtlicht: starting")
    with running(folder / "ours") as stack:
        measured.put("start_seconds", stack.start_seconds, 1)
        measure_assistant(measured, stack.port, stack.rasa_port, amount)
        pids = {name: stack.pid_of(name) for name in ("rasa", "actions", "chat", "curation")}
        put_memory(measured, {name: pid for name, pid in pids.items() if pid} | {"supervisor": stack.process.pid})
        measured.put("widget_bytes_gzip", widget_bytes(stack.port), 1)
        say("  the search on the real records")
        wall, _, _ = search_times(stack.environment["NACHTLICHT_DATABASE_URL"], amount.searches)
        measured.put_times("search", wall)
    return measured


def measure_stock(amount: Amount, folder: Path, model: Path) -> Measured:
    """The same four processes with the stock model."""
    measured = Measured()
    say("Stock Rasa: starting")
    with stock_running(folder, model) as (ports, pids, seconds):
        measured.put("start_seconds", seconds, 1)
        measure_assistant(measured, ports["chat"], ports["rasa"], amount)
        put_memory(measured, pids)
    return measured


def measured_stock(amount: Amount, folder: Path) -> Measured | None:
    """The stock assistant, trained where it is not yet; None after a sentence when it cannot be had."""
    say("Stock Rasa: training (many minutes the first time)")
    try:
        model, seconds = stock_model(HOME / "var/bench")
        stock = measure_stock(amount, folder, model)
    except (RuntimeError, OSError) as error:
        say(f"No baseline: {error}")
        return None
    stock.put("train_seconds", seconds, 1)
    return stock


@contextlib.contextmanager
def stock_running(folder: Path, model: Path) -> Iterator[tuple[dict[str, int], dict[str, int], float]]:
    """Ports and process ids by program, and the seconds until a conversation could be begun."""
    home = folder / "stock"
    home.mkdir()
    ports = {name: free_port() for name in ("rasa", "actions", "chat", "curation")}
    lines = (HOME / "deploy/nachtlicht.env").read_text("utf-8").splitlines()
    environment = {
        **os.environ,
        **dict(line.split("=", 1) for line in lines if line and not line.startswith("#")),
        "NACHTLICHT_VAR": str(home),
        # The database that our own run has just filled.
        "NACHTLICHT_DATABASE_URL": f"sqlite:///{folder / 'ours/nachtlicht.db'}",
        "NACHTLICHT_REDIS_URL": "",
        "NACHTLICHT_RATE": "off",
        "NACHTLICHT_PORT": str(ports["chat"]),
        "NACHTLICHT_CURATION_PORT": str(ports["curation"]),
        "NACHTLICHT_RASA_PORT": str(ports["rasa"]),
        "NACHTLICHT_ACTIONS_PORT": str(ports["actions"]),
        "PYTHONPATH": str(HOME),
        # DIET and TED compute with it.
        "NACHTLICHT_TENSORFLOW": "1",
    }
    rasa = [
        ".venv-rasa/bin/python",
        "-m",
        "bot.rasa_runtime",
        "run",
        "--model",
        str(model),
        "--endpoints",
        "endpoints.yml",
    ]
    rasa += ["--credentials", "credentials.yml", "--interface", "127.0.0.1", "--port", str(ports["rasa"])]
    commands = {"rasa": rasa}
    for name, module in (("actions", "actions"), ("chat", "bot.chat"), ("curation", "referral_db.curation")):
        commands[name] = [".venv/bin/python", "-m", module]
    with contextlib.ExitStack() as stack:
        began = time.monotonic()
        pids = {
            name: stack.enter_context(started(command, home / f"{name}.log", environment)).pid
            for name, command in commands.items()
        }
        # Not `readyz`: it asks for the Dutch pipeline, which the stock model does without.
        while not _answers(ports["rasa"], "/") or not _answers(ports["actions"], "/health"):
            if time.monotonic() - began > 300:
                raise RuntimeError(f"stock Rasa does not start:\n{(home / 'rasa.log').read_text('utf-8')[-2000:]}")
            time.sleep(0.1)
        yield ports, pids, time.monotonic() - began


def put_memory(measured: Measured, pids: dict[str, int]) -> None:
    """Resident memory after the load, in MiB; nothing where the system does not tell."""
    total = 0.0
    for name, pid in pids.items():
        with contextlib.suppress(OSError):
            found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
            if found:
                resident = int(found[1]) / 1024
                measured.put(f"rss_{name}", resident, 1)
                total += resident
    if total:
        measured.put("rss_total", total, len(pids))


def widget_bytes(port: int) -> int:
    """Everything that a browser fetches to show the window, as it comes over the wire."""

    def fetch(path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path, headers={"accept-encoding": "gzip"})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status != 200 or answer.headers["content-encoding"] != "gzip":
            raise RuntimeError(f"{path}: status {answer.status}")
        return content

    loader = fetch("/widget.js")
    source = gzip.decompress(loader).decode()
    path = re.search(r'"path":"(/w/[0-9a-f]+/)"', source)
    main = re.search(r'"main":\["([a-z_-]+\.js)","sha256-', source)
    if not path or not main:
        raise RuntimeError("the widget's loader does not name its module")
    return len(loader) + len(fetch(path[1] + main[1]))


def measure_searches(measured: Measured, amount: Amount, folder: Path) -> None:
    """The search on made-up services, on SQLite and on PostgreSQL where there is one."""
    with databases(amount.sizes, folder) as filled:
        for kind, size, url in filled:
            wall, processor, _ = search_times(url, amount.searches)
            measured.put_times(f"search_{kind}_{size}", wall)
            measured.put_times(f"search_{kind}_{size}_processor", processor)


def lines(ours: Measured, stock: Measured | None) -> Iterator[dict[str, Any]]:
    """The lines of the contract, from what was measured and nothing else."""
    machine = machine_name()
    for name, (value, n) in ours.figures.items():
        baseline = stock.figures[name][0] if stock and name in stock.figures else None
        yield {
            # search_sqlite_100_p50 reads as search_p50_sqlite_100: the figure first, then on what.
            "name": re.sub(r"^search_(.+)_(p\d\d)$", r"search_\2_\1", name),
            "value": round(value, 3),
            "unit": next((unit for start, unit in UNITS.items() if name.startswith(start)), "ms"),
            "baseline": None if baseline is None else round(baseline, 3),
            "ratio": round(value / baseline, 3) if baseline else None,
            "n": n,
            "machine": machine,
        }


def machine_name() -> str:
    """Processor, memory and system; nothing that tells whose machine it is."""
    processor, memory = platform.processor() or platform.machine(), ""
    with contextlib.suppress(OSError):
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
        processor = found[1] if found else processor
    with contextlib.suppress(ValueError, OSError):
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    return f"{os.cpu_count()} x {processor}{memory}, {platform.system()}, Python {platform.python_version()}"


def say(what: str) -> None:
    sys.stderr.write(what + "\n")
    sys.stderr.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure, and print JSON lines.")
    parser.add_argument("--no-baseline", action="store_true", help="without stock Rasa: its training takes minutes")
    parser.add_argument("--no-search", action="store_true", help="without the search on made-up services")
    parser.add_argument("--no-train", action="store_true", help="without training our own model")
    parser.add_argument("--quick", action="store_true", help="few samples, to see that it works; says nothing")
    chosen = parser.parse_args()
    amount = QUICK if chosen.quick else Amount()
    with tempfile.TemporaryDirectory(prefix="nachtlicht-bench-") as name:
        folder = Path(name)
        ours, stock = measure_ours(amount, folder), None
        if not chosen.no_train:
            say("Nachtlicht: training")
            data = [HOME / "data/nlu", HOME / "data/rules"]
            ours.put("train_seconds", train(folder / "trained", "ours", HOME / "config.yml", data), 1)
        if not chosen.no_search:
            measure_searches(ours, amount, folder)
        if not chosen.no_baseline:
            stock = measured_stock(amount, folder)
        for line in lines(ours, stock):
            sys.stdout.write(json.dumps(line) + "\n")
    return 0


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
