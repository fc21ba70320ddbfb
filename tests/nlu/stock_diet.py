"""Trains Rasa's stock pipeline (that of `rasa init`, DIET) on our sentences and measures it on the held-out ones.

Run in Rasa's environment; with the defaults it takes long:

    python -W ignore -m tests.nlu.stock_diet [--epochs 100] [--train 300] [--read 200]

Prints one JSON object. Danger is what the confidences of the six risks add up to; its threshold is the one at which
2.7 % of the harmless sentences are alarms. `--train` and `--read` take that many sentences only, to see that it works.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.nlu.codes import RISKS
from tests.bench_stock import EPOCHS, stock_config
from tests.nlu import measures
from tests.nlu.evaluate import quiet
from tests.nlu.held_out_sets import HeldOut, read_held_out, unseen
from tests.nlu.measures import Parsed
from tests.nlu.training_sentences import Example, read_examples

FALSE_ALARMS = 0.027
_FALLBACK = "nlu_fallback"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--epochs", type=int, default=EPOCHS)
    arguments.add_argument("--train", type=int, default=None)
    arguments.add_argument("--read", type=int, default=None)
    chosen = arguments.parse_args()
    examples = read_examples()
    sentences = unseen(read_held_out(), [example.text for example in examples])
    with tempfile.TemporaryDirectory() as folder:
        model, seconds = train(_some(examples, chosen.train), chosen.epochs, Path(folder))
        # Rasa turns logging on again as it trains.
        quiet()
        parsed = read(model, _some(sentences, chosen.read))
    figures = {"epochs": chosen.epochs, "train_seconds": round(seconds, 1), **figures_of(parsed)}
    print(json.dumps(figures, indent=2))  # noqa: T201


def train(examples: Sequence[Example], epochs: int, folder: Path) -> tuple[Path, float]:
    """Train the pipeline on `examples`; return the model and the seconds that it took."""
    from rasa.model_training import train_nlu

    config = stock_config(epochs)
    del config["policies"]
    for component in config["pipeline"]:
        if component["name"] == "DIETClassifier":
            # All confidences, not the first ten: nothing else changes.
            component["ranking_length"] = 0
    (folder / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    by_intent: dict[str, list[str]] = {}
    for example in examples:
        by_intent.setdefault(example.intent, []).append(example.text)
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()
    ]
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), "utf-8")
    began = time.monotonic()
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name="stock")
    return Path(str(model)), time.monotonic() - began


def read(model: Path, sentences: Sequence[HeldOut]) -> list[Parsed]:
    """Let the model read every sentence, one after the other; the first twenty are read twice, to warm up."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))

    async def all_of_them() -> list[Parsed]:
        for sentence in sentences[:20]:
            await agent.parse_message(sentence.text)
        parsed = []
        for sentence in sentences:
            start = time.perf_counter()
            result = await agent.parse_message(sentence.text.lstrip("/ ") or ".")
            parsed.append(Parsed(sentence, _as_ours(result), time.perf_counter() - start))
        return parsed

    return with_alarms(asyncio.run(all_of_them()))


def with_alarms(parsed: Sequence[Parsed]) -> list[Parsed]:
    """Set the risk of each sentence by the threshold at which FALSE_ALARMS of the harmless ones are alarms."""
    harmless = [one.result["danger"] for one in parsed if one.without_danger]
    threshold = float(np.quantile(harmless, 1 - FALSE_ALARMS, method="higher")) if harmless else 1.0
    return [
        replace(one, result={**one.result, "risk": _risk(one.result) if one.result["danger"] > threshold else _NO_RISK})
        for one in parsed
    ]


def figures_of(parsed: Sequence[Parsed]) -> dict[str, Any]:
    """Return the figures that docs/evaluation.md gives of our own model; None where no sentence is of the kind."""
    group = measures.needs_and_questions(parsed)
    found = {risk: measures.found_risks(parsed, risk) for risk in RISKS}
    alarms, harmless = measures.false_alarms(parsed)
    return {
        "sentences": len(parsed),
        "rank_1": round(measures.top(group, 1), 3) if group else None,
        "first_3": round(measures.top(group, 3), 3) if group else None,
        "danger_found": {risk: round(hits / n, 3) if n else None for risk, (hits, n) in found.items()},
        "right_risk": round(measures.right_risk(parsed), 3) if any(hits for hits, _ in found.values()) else None,
        "false_alarms": round(alarms / harmless, 4) if harmless else None,
        "parse_p50_ms": round(measures.milliseconds(parsed, 0.5), 1),
        "parse_p95_ms": round(measures.milliseconds(parsed, 0.95), 1),
    }


_NO_RISK = {"code": None, "confidence": 0.0, "by": None}


def _as_ours(result: dict[str, Any]) -> dict[str, Any]:
    """Return Rasa's parse result without the fallback, and with what the risks add up to as `danger`."""
    ranking = [one for one in result["intent_ranking"] if one["name"] != _FALLBACK]
    danger = sum(one["confidence"] for one in ranking if one["name"] in RISKS)
    return {"intent": ranking[0], "intent_ranking": ranking, "danger": danger, "risk": _NO_RISK}


def _risk(result: dict[str, Any]) -> dict[str, Any]:
    code = next(one["name"] for one in result["intent_ranking"] if one["name"] in RISKS)
    return {"code": code, "confidence": result["danger"], "by": "model"}


def _some(rows: Sequence[Any], most: int | None) -> list[Any]:
    return list(rows) if most is None else random.Random(1).sample(list(rows), most)


if __name__ == "__main__":
    main()
