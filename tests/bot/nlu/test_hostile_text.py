"""Text that nobody types by accident: in a process of its own, so that a crash of the engine is seen as one."""

import json
import subprocess
import sys

HOSTILE = {
    "ten thousand characters": "a" * 10_000,
    "one-letter words": "a " * 5_000,
    "combining marks": "e" + "\u0301" * 5_000,
    "marks on every letter": "z\u0336\u0335\u0334" * 1_000,
    "NUL in the middle": "ik wil\x00 niet meer",
    "only NUL": "\x00\x00",
    "control characters": "".join(map(chr, range(32))),
    "emoji": "😢🔪💊" * 300,
    "joined emoji": "👩\u200d👩\u200d👧\u200d👦" * 200,
    "no spaces": "ikwilnietmeerleven" * 200,
    "half a surrogate": "hallo \ud83d daar",
    "not a character": "\uffff\ufffe",
    "far plane": "\U0010ffff" * 100,
    "Arabic": "أريد أن أموت " * 40,
    "Chinese": "我不想活了" * 200,
    "Tigrinya": "ክመውት ደልየ " * 40,
    "right to left": "\u202eniet meer" * 50,
    "empty": "",
    "spaces": " \t\n ",
    "percent and braces": "%s%n{}{0}\\x00" * 100,
}
_READ = """
import json, sys, numpy as np
from pathlib import Path
from bot.nlu.passages import bounded, split_passages
from bot.nlu.text_ngrams import spell
from bot.nlu.e5_encoder import E5Encoder
from bot.nlu.sentence_encoder import SentenceEncoder, UniversalSentenceEncoder
encoders = E5Encoder(Path(SentenceEncoder.get_default_config()["tuned"])), UniversalSentenceEncoder()
for text in json.loads(sys.stdin.read()):
    passages = split_passages(text)
    for vectors in (encoder.encode(passages) for encoder in encoders):
        assert vectors.shape[0] == len(passages) and np.isfinite(vectors).all()
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert len(spell(text)) <= 4 * len(text) + 4
print("read all")
"""


def test_no_text_crashes_an_encoder() -> None:
    # ASCII JSON carries half surrogates and NUL unharmed.
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _READ],
        input=json.dumps(list(HOSTILE.values())),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    assert "read all" in result.stdout
