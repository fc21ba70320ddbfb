"""The held-out sentences: written by other people than the training data, never trained on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.nlu.normalise import normalise

FOLDER = Path(__file__).with_name("held_out")
FRESH = Path(__file__).with_name("fresh")
"""Of an author who came when all was chosen: what the figures of FOLDER are worth on a set that nobody looked at."""


@dataclass(frozen=True)
class HeldOut:
    """One sentence, the file that it stands in, and the codes that are right for it (none: any code without danger)."""

    set: str
    text: str
    codes: tuple[str, ...]
    kind: str | None

    @property
    def code(self) -> str | None:
        """The code that its writer had in mind first."""
        return self.codes[0] if self.codes else None


def read_held_out(folder: Path = FOLDER) -> list[HeldOut]:
    """Return all sentences of all files, in their order."""
    return [
        HeldOut(
            path.stem, row["text"], tuple(filter(None, [row.get("code"), *(row.get("also") or [])])), row.get("kind")
        )
        for path in sorted(folder.glob("*.yml"))
        for row in yaml.safe_load(path.read_text("utf-8"))
    ]


def unseen(sentences: list[HeldOut], trained: Iterable[str]) -> list[HeldOut]:
    """Return the sentences that nobody wrote as a training sentence too.

    "ik wil dood" or "dat vroeg ik niet" is what two people write independently; measuring on it would flatter.
    """
    known = {plain(text) for text in trained}
    return [sentence for sentence in sentences if plain(sentence.text) not in known]


def plain(text: str) -> str:
    """Return `text` as two people's sentences are compared: normalised, or as it is when that leaves nothing."""
    return normalise(text) or text.strip()
