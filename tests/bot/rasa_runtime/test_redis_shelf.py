"""The same promises with Redis behind it. Needs a Redis server; it is started here, on a port of its own."""

import os
import shutil
import socket
import subprocess
import time

import pytest
from rasa.core.tracker_store import TrackerStore
from rasa.utils.endpoints import EndpointConfig

from bot.rasa_runtime.tracker_store import CodesOnlyTrackerStore, MemoryShelf, RedisShelf


@pytest.fixture
def redis_url(tmp_path):
    server = shutil.which("redis-server")
    if not server:
        if os.environ.get("CI") == "true":
            pytest.fail("redis-server is missing, and CI may not skip it")
        pytest.skip("redis-server is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([*command, "--dir", str(tmp_path)], stdout=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


def test_conversations_are_kept_apart_and_end_by_themselves(redis_url) -> None:
    shelf = RedisShelf(redis_url, idle_seconds=1)
    shelf.put("a", "een")
    shelf.put("b", "twee")
    assert shelf.get("a") == "een"
    assert sorted(shelf.senders()) == ["a", "b"]
    shelf.drop("b")
    assert shelf.get("b") is None
    time.sleep(1.2)
    assert shelf.get("a") is None


def test_a_server_that_is_down_is_an_error_and_not_a_silent_memory(redis_url) -> None:
    shelf = RedisShelf("redis://127.0.0.1:1/0")
    with pytest.raises(Exception, match="onnect"):
        shelf.put("a", "een")


@pytest.mark.parametrize(
    ("url", "shelf"), [("redis://127.0.0.1:1/0", RedisShelf), ("", MemoryShelf), (None, MemoryShelf)]
)
def test_rasa_makes_our_store_out_of_endpoints_yml(url, shelf) -> None:
    endpoint = EndpointConfig(type="bot.rasa_runtime.tracker_store.CodesOnlyTrackerStore", url=url)
    store = TrackerStore.create(endpoint)
    assert isinstance(store, CodesOnlyTrackerStore)
    assert isinstance(store.shelf, shelf)
