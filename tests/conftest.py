"""Fixtures for the whole project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

MODEL = Path(__file__).resolve().parent.parent / "models/current.tar.gz"


def missing(reason: str) -> None:
    """Skip with a reason on a developer's machine; in continuous integration nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI may not skip it")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """One running Nachtlicht for all tests that only talk to it."""
    from tests.stack import running

    if not MODEL.exists():
        missing("no trained model: run `make train`")
    with running(tmp_path_factory.mktemp("stack")) as one:
        yield one
