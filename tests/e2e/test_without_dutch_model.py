"""A machine that could not fetch spaCy's Dutch model understands the same; `health` says how it does it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import MODEL
from tests.services import free_port, started, wait_for_port
from tests.stack import HOME, Stack

pytestmark = pytest.mark.stack

SENTENCES = (
    "mijn man heeft iets met een collega, ik ben er kapot van",
    "hij heeft me weer geslagen",
    "Wat kost een therapeut? Ik kan niet veel betalen. Ik woon in Sint-Niklaas.",
    "kzie da ni meer zitten",
)


@pytest.fixture(scope="module")
def without(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Rasa process to which the Dutch model looks absent; the trained model is the same file."""
    folder = tmp_path_factory.mktemp("without")
    absent = folder / "nl_core_news_sm"
    absent.mkdir()
    (absent / "__init__.py").write_text("def load(**_):\n    raise OSError('not installed')\n", "utf-8")
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder}{os.pathsep}{HOME}",
        "NACHTLICHT_ACTIONS_PORT": str(stack.actions_port),
        "NACHTLICHT_REDIS_URL": "",
        "OMP_NUM_THREADS": "1",
    }
    command = [".venv-rasa/bin/python", "-W", "ignore", "-m", "bot.rasa_runtime", "run", "--model", str(MODEL)]
    command += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    command += ["--interface", "127.0.0.1", "--port", str(port)]
    with started(command, folder / "rasa.log", environment):
        wait_for_port(port, seconds=120)
        yield f"http://127.0.0.1:{port}"


def test_health_says_which_one_it_is(stack: Stack, without: str) -> None:
    assert httpx.get(f"{without}/health", timeout=10).json()["dutch"] == "lookup"
    assert httpx.get(f"{stack.rasa_url}/health", timeout=10).json()["dutch"] in ("trained", "lookup")


@pytest.mark.parametrize("text", SENTENCES, ids=lambda text: text[:20])
def test_it_understands_the_same(stack: Stack, without: str, text: str) -> None:
    read = [
        httpx.post(f"{url}/model/parse", json={"text": text}, timeout=20).json() for url in (stack.rasa_url, without)
    ]
    for key in ("intent", "risk", "needs", "entities"):
        assert read[0][key] == read[1][key]
