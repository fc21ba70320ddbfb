"""Rasa runs without TensorFlow, and what needs it says so."""

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[3]


def run(lines: str) -> subprocess.CompletedProcess[str]:
    """Run `lines` in a fresh process that has left TensorFlow out."""
    start = "from bot.rasa_runtime import without_tensorflow\nwithout_tensorflow.install()\n"
    command = [sys.executable, "-W", "ignore", "-c", start + lines]
    return subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=120, check=False)


def test_rasa_starts_and_nothing_of_tensorflow_is_loaded() -> None:
    done = run(
        "import sys, rasa.__main__, rasa.core.agent, rasa.engine.recipes.default_components, spacy\n"
        "files = [getattr(m, '__file__', None) or '' for m in list(sys.modules.values())]\n"
        "print([f for f in files if '/tensorflow/' in f and '/rasa/' not in f])"
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def test_computing_with_it_says_what_to_do() -> None:
    done = run("import tensorflow as tf\nfrom tensorflow.keras import backend\nbackend.zeros((2, 2))")
    assert done.returncode == 1
    assert "TensorFlowLeftOut: tensorflow.keras.backend.zeros" in done.stderr.replace("bot.rasa_runtime.", "")
    assert "NACHTLICHT_TENSORFLOW=1" in done.stderr


def test_spacy_does_not_take_it_for_the_real_one() -> None:
    done = run("import thinc.compat\nprint(thinc.compat.has_tensorflow)")
    assert (done.stdout.strip(), done.returncode) == ("False", 0), done.stderr
