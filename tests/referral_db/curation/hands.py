"""What a person does on a page, counted: clicks, keys and screens. Each screen is checked by axe and at 320 pixels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.referral_db.curation.browser import assert_accessible
from tests.stack import HOME

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

_HEAD = """# Tien taken van de redactie

Geteld in Chromium door `tests/referral_db/curation/test_tasks.py`, vanaf de pagina Vandaag (taak 1: vanaf Aanmelden).
Een lijst openen en kiezen is twee klikken, een bestand kiezen ook twee na de knop. Van de toetsen is een deel tekst die
iemand hoe dan ook typt. Elk scherm: axe zonder fouten, en leesbaar op 320 px.

| taak | klikken | toetsen | waarvan tekst | schermen | |
|---|---:|---:|---:|---:|---|
"""
_ROW = re.compile(r"\| \d")
MOST_TABS = 150
DIALOG_CLICKS = 2
"""The window of the system in which a file is chosen: the file, and the button."""


@dataclass(frozen=True)
class Effort:
    """One task: what it is, and what it took. `typed` of the keys are text that anybody has to type."""

    task: str
    picture: str
    clicks: int
    keys: int
    typed: int
    screens: int


@dataclass
class Hands:
    """One person at one page."""

    page: Page
    clicks: int = 0
    keys: int = 0
    typed: int = 0
    screens: int = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def choose(self, target: Locator, option: str) -> None:
        """Opens a list and picks from it."""
        target.select_option(option)
        self.clicks += 2

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, text: str) -> None:
        """Types where the cursor is."""
        self.page.keyboard.type(text)
        self.keys += len(text)
        self.typed += len(text)

    def fill(self, target: Locator, text: str) -> None:
        """Clicks in a field, selects what stands there, and types over it."""
        self.click(target)
        if target.input_value():
            self.press("Control+a")
        self.write(text)

    def tab_to(self, target: Locator) -> None:
        """Goes on with Tab until `target` has the focus: by keyboard alone."""
        for _ in range(MOST_TABS):
            if target.evaluate("node => node === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"not reached with {MOST_TABS} times Tab: {target}")

    def choose_file(self, target: Locator, path: Path) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.click(target)
        chooser.value.set_files(path)
        self.clicks += DIALOG_CLICKS

    def look(self) -> None:
        """A screen that the person reads."""
        assert_accessible(self.page)
        self.screens += 1


@dataclass
class Report:
    """The efforts of one run, as results/taken.md with a picture of each task."""

    folder: Path = field(default_factory=lambda: HOME / "results")
    efforts: list[Effort] = field(default_factory=list)

    def done(self, task: str, *people: Hands) -> None:
        """Notes a task that was done by these people together, with a picture of the last screen."""
        name = f"taken/{task.split(' ', 1)[0].rstrip('.').rjust(2, '0')}.png"
        (self.folder / "taken").mkdir(parents=True, exist_ok=True)
        people[-1].page.screenshot(path=self.folder / name)
        counts = (sum(getattr(one, what) for one in people) for what in ("clicks", "keys", "typed", "screens"))
        self.efforts.append(Effort(task, name, *counts))

    def write(self) -> None:
        """Writes the page; a task that was not done in this run keeps what an earlier run counted."""
        path = self.folder / "taken.md"
        rows = {}
        if path.exists():
            rows = {line.split(" | ")[0]: line for line in path.read_text("utf-8").splitlines() if _ROW.match(line)}
        for one in self.efforts:
            numbers = f"{one.clicks} | {one.keys} | {one.typed} | {one.screens}"
            rows[f"| {one.task}"] = f"| {one.task} | {numbers} | [beeld]({one.picture}) |"
        ordered = sorted(rows.values(), key=lambda line: (int(line.split()[1]), line))
        path.write_text(_HEAD + "\n".join(ordered) + "\n", encoding="utf-8")
