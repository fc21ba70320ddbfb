"""What a trained model makes of the held-out sentences, in figures."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import beta

from bot.nlu.codes import NEEDS, QUESTIONS, RISKS
from tests.nlu.held_out_sets import HeldOut

IN_SCOPE = ("needs", "questions", "long")
WITHOUT_DANGER = ("ordinary", "needs", "questions", "acts", "out_of_scope")
OUT_OF_SCOPE = "buiten_bereik"


@dataclass(frozen=True)
class Parsed:
    """A held-out sentence, what the model made of it, and how long that took in seconds."""

    sentence: HeldOut
    result: dict[str, Any]
    seconds: float

    @property
    def risk(self) -> str | None:
        return self.result["risk"]["code"]

    @property
    def by_rule(self) -> bool:
        return self.result["risk"]["by"] in ("rule", "both")

    @property
    def ranking(self) -> list[str]:
        """Intents, best first."""
        return [entry["name"] for entry in self.result["intent_ranking"]]

    @property
    def confidence(self) -> float:
        return float(self.result["intent"]["confidence"])

    @property
    def right(self) -> bool:
        return self.ranking[0] in self.sentence.codes

    @property
    def without_danger(self) -> bool:
        """Whether a risk code would be a false alarm here."""
        return self.sentence.set in WITHOUT_DANGER and not set(RISKS) & set(self.sentence.codes)


def parse_all(model: Path, sentences: Sequence[HeldOut]) -> list[Parsed]:
    """Let the model at `model` read every sentence, one after the other, as a turn does."""
    from rasa.core.agent import Agent

    from bot.rasa_runtime.prepared import prepare
    from bot.rasa_runtime.turn import parse

    prepare()
    agent = Agent.load(str(model))

    async def read() -> list[Parsed]:
        for sentence in sentences[:20]:
            await parse(agent, sentence.text)
        parsed = []
        for sentence in sentences:
            start = time.perf_counter()
            result = await parse(agent, sentence.text)
            parsed.append(Parsed(sentence, result, time.perf_counter() - start))
        return parsed

    return asyncio.run(read())


def lower_bound(hits: int, n: int) -> float:
    """Return the exact one-sided 95 % lower bound of a share (Clopper and Pearson)."""
    return float(beta.ppf(0.05, hits, n - hits + 1)) if hits else 0.0


def of_set(parsed: Sequence[Parsed], *names: str) -> list[Parsed]:
    return [one for one in parsed if one.sentence.set in names]


def top(parsed: Sequence[Parsed], places: int) -> float:
    """Return the share with a right code within the first `places`."""
    return float(np.mean([bool(set(one.ranking[:places]) & set(one.sentence.codes)) for one in parsed]))


def needs_and_questions(parsed: Sequence[Parsed]) -> list[Parsed]:
    return of_set(parsed, "needs", "questions")


def found_risks(parsed: Sequence[Parsed], risk: str) -> tuple[int, int]:
    """Return how many sentences of `risk` were seen as danger of any kind, and how many there are."""
    sentences = of_set(parsed, f"risk_{risk}")
    return sum(one.risk is not None for one in sentences), len(sentences)


def right_risk(parsed: Sequence[Parsed], risks: Sequence[str] = RISKS) -> float:
    """Return the share of found dangers that got the right risk."""
    found = [one for one in of_set(parsed, *(f"risk_{risk}" for risk in risks)) if one.risk]
    return float(np.mean([one.risk in one.sentence.codes for one in found]))


def false_alarms(parsed: Sequence[Parsed]) -> tuple[int, int]:
    harmless = [one for one in parsed if one.without_danger]
    return sum(one.risk is not None for one in harmless), len(harmless)


def out_of_scope(parsed: Sequence[Parsed], doubt_below: float) -> tuple[float, float]:
    """Return out-of-scope recall (named so, or in doubt) and the points of accuracy that doubt costs in scope."""
    strange = of_set(parsed, "out_of_scope")
    seen = [one.ranking[0] == OUT_OF_SCOPE or one.confidence < doubt_below for one in strange]
    lost = [one.right and not one.risk and one.confidence < doubt_below for one in needs_and_questions(parsed)]
    return float(np.mean(seen)), float(np.mean(lost))


def calibration(parsed: Sequence[Parsed], bins: int = 10) -> list[tuple[float, float, int]]:
    """Return for each tenth of confidence: mean confidence, share that was right, number of sentences."""
    rows = []
    confidences = np.array([one.confidence for one in parsed])
    right = np.array([one.right for one in parsed])
    part = np.minimum((confidences * bins).astype(int), bins - 1)
    for index in range(bins):
        inside = part == index
        if inside.any():
            rows.append((float(confidences[inside].mean()), float(right[inside].mean()), int(inside.sum())))
    return rows


def calibration_error(parsed: Sequence[Parsed]) -> float:
    """Return the expected calibration error: the mean distance between confidence and being right."""
    return sum(abs(said - was) * n for said, was, n in calibration(parsed)) / len(parsed)


def risk_curve(parsed: Sequence[Parsed], thresholds: Sequence[float]) -> list[tuple[float, float, float]]:
    """Return (threshold, recall over all risks, false alarms) as if the model's threshold were another one."""
    dangerous = [one for one in parsed if one.sentence.set.startswith("risk_")]
    harmless = [one for one in parsed if one.without_danger]

    def share(group: Sequence[Parsed], threshold: float) -> float:
        return float(np.mean([one.by_rule or one.result["risk"]["confidence"] >= threshold for one in group]))

    return [(threshold, share(dangerous, threshold), share(harmless, threshold)) for threshold in thresholds]


def confusions(parsed: Sequence[Parsed]) -> list[tuple[tuple[str, str], int]]:
    """Return (what it was, what it was taken for) and how often, most often first, needs, questions and risks."""
    known = {*NEEDS, *QUESTIONS, *RISKS}
    pairs = Counter(
        (one.sentence.codes[0], one.ranking[0])
        for one in parsed
        if one.sentence.codes and one.sentence.codes[0] in known and not one.right
    )
    return pairs.most_common()


def milliseconds(parsed: Sequence[Parsed], share: float) -> float:
    return float(np.percentile([one.seconds for one in parsed], 100 * share) * 1000)
