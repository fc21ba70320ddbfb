"""A positive control: Rasa's own REST channel writes what somebody typed to its log when they leave during an answer.

With the wordless records of this project the same channel writes the name of the event and no word.
"""

import http.client
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e import canary
from tests.services import HOME, free_port, wait_for_port

SERVER = """
import asyncio, sys
from types import SimpleNamespace
from bot.rasa_runtime import log_filter, without_tensorflow
without_tensorflow.install()
if sys.argv[2] == "ours":
    log_filter.install()
from rasa.core.channels.channel import register
from rasa.core.channels.rest import RestInput
from rasa.utils.log_utils import configure_structlog
from sanic import Sanic
configure_structlog()
app = Sanic("stock")
async def hang(message):
    await asyncio.sleep(30)
app.ctx.agent = SimpleNamespace(handle_message=hang)
register([RestInput()], app, "/webhooks/")
app.run("127.0.0.1", int(sys.argv[1]), access_log=False)
"""


@pytest.mark.parametrize(("records", "leaks"), [("stock", True), ("ours", False)])
def test_who_leaves_during_an_answer_is_in_the_log_of_the_stock_channel(tmp_path, records, leaks) -> None:
    log, port, words = tmp_path / "log", free_port(), canary.fresh("text")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SERVER, str(port), records],
            cwd=HOME,
            env=os.environ | {"PYTHONPATH": str(HOME), "PYTHONUNBUFFERED": "1", "RASA_TELEMETRY_ENABLED": "false"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for_port(port, 60)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        body = json.dumps({"sender": "s", "message": f"is dit anoniem {words.value}"})
        connection.request("POST", "/webhooks/rest/webhook", body, {"content-type": "application/json"})
        time.sleep(1)
        connection.close()
        end = time.monotonic() + 20
        while time.monotonic() < end and b"rest.message.received.timeout" not in log.read_bytes():
            time.sleep(0.1)
    finally:
        process.terminate()
        process.wait(20)
    assert b"rest.message.received.timeout" in log.read_bytes()
    assert bool(canary.search_file(Path(log), [words])) is leaks
