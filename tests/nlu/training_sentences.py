"""The training sentences of data/nlu, read as plainly as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = Path("data/nlu")


@dataclass(frozen=True)
class Example:
    """One training sentence, its intent and the file that it stands in, relative to data/nlu."""

    text: str
    intent: str
    file: str


def read_examples(folder: Path = FOLDER) -> list[Example]:
    """Return all training sentences, in the order of files and lines."""
    return [
        Example(line[2:].strip(), block["intent"], path.relative_to(folder).as_posix())
        for path in sorted(folder.rglob("*.yml"))
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]
        for line in block.get("examples", "").splitlines()
        if line.startswith("- ")
    ]
