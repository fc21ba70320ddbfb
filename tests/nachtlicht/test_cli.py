"""The command line says what to do."""

import socket

import pytest

from nachtlicht import cli
from nachtlicht.serve import serve
from nachtlicht.settings import Settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_asking_without_a_running_stack_says_how_to_start_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NACHTLICHT_PORT", str(free_port()))
    assert cli.main(["ask", "hallo"]) == 1
    assert "make run" in capsys.readouterr().err


def test_a_bad_setting_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("NACHTLICHT_PORT", "x")
    assert cli.main(["ask", "hallo"]) == 2
    assert capsys.readouterr().err.startswith("NACHTLICHT_PORT: not a port")


def test_a_taken_port_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serve(Settings("sqlite://", port=port)) == 1
    assert f"Port {port} is taken" in capsys.readouterr().err
