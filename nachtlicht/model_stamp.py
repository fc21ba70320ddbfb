"""A fingerprint of everything that goes into the Rasa model."""

from __future__ import annotations

import hashlib
from pathlib import Path

_INGREDIENTS = (
    "config.yml",
    "domain.yml",
    "requirements/rasa.txt",
    "referral_db/seed/places.csv",
    "data/**/*.yml",
    "data/encoder/*.onnx",
    "bot/nlu/*.py",
)


def model_stamp(home: Path) -> str:
    """Return a hash of names and contents; it changes whenever the model must be trained again."""
    digest = hashlib.sha256()
    for pattern in _INGREDIENTS:
        for path in sorted(home.glob(pattern)):
            digest.update(path.relative_to(home).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
