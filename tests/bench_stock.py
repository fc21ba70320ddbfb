"""The stock Rasa assistant to compare with: the pipeline and policies that `rasa init` writes, on the same sentences.

It runs in the place of our model: the same channel, actions, database and chat. So a difference in time or memory comes
from the pipeline and the policies and from nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import yaml

from nachtlicht.model_stamp import model_stamp
from tests.services import HOME

EPOCHS = 100


def stock_config(epochs: int = EPOCHS) -> dict[str, Any]:
    """What `rasa init` of Rasa 3.6 writes and what it fills in for the policies, with our language."""
    learned = {"epochs": epochs, "constrain_similarities": True}
    return {
        "recipe": "default.v1",
        "assistant_id": "stock",
        "language": "nl",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", **learned},
            {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", **learned},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "RulePolicy"},
            {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": epochs},
            {"name": "TEDPolicy", "max_history": 5, **learned},
        ],
    }


def stock_stories(rules: Path) -> dict[str, Any]:
    """Our rules told as stories: without a story the learned policies of the stock assistant learn nothing."""
    stories = []
    for file in sorted(rules.glob("*.yml")):
        for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]:
            if "condition" in rule:
                continue
            asked, *done = rule["steps"]
            for intent in asked.get("or", [asked]):
                stories.append({"story": f"{rule['rule']} ({intent['intent']})", "steps": [intent, *done]})
    return {"version": "3.1", "stories": stories}


def stock_model(folder: Path, epochs: int = EPOCHS) -> tuple[Path, float]:
    """The trained stock model, and the seconds that training took. Trained once for each state of our own model."""
    kept = folder / f"stock-{model_stamp(HOME)[:16]}-{epochs}"
    model, took = kept / "stock.tar.gz", kept / "train.json"
    if not took.exists():
        kept.mkdir(parents=True, exist_ok=True)
        (kept / "config.yml").write_text(yaml.safe_dump(stock_config(epochs), sort_keys=False), "utf-8")
        (kept / "stories.yml").write_text(
            yaml.safe_dump(stock_stories(HOME / "data/rules"), allow_unicode=True), "utf-8"
        )
        seconds = train(
            kept, "stock", kept / "config.yml", [HOME / "data/nlu", HOME / "data/rules", kept / "stories.yml"]
        )
        took.write_text(json.dumps({"seconds": seconds}), "utf-8")
    return model, float(json.loads(took.read_text("utf-8"))["seconds"])


def train(out: Path, name: str, config: Path, data: list[Path]) -> float:
    """Train from nothing (no cached parts); return the seconds it took. Fails with the end of what Rasa printed."""
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(HOME),
    }
    environment["RASA_CACHE_DIRECTORY"] = str(out / "cache")
    command = [str(HOME / ".venv-rasa/bin/python"), "-W", "ignore", "-m", "rasa", "train", "--force", "--quiet"]
    command += ["--domain", "domain.yml", "--config", str(config), "--data", *map(str, data)]
    command += ["--out", str(out), "--fixed-model-name", name]
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=HOME, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(f"training {name} failed ({done.returncode}):\n{done.stdout[-2000:]}")
    return time.monotonic() - began


if __name__ == "__main__":
    # Beforehand, when there is time: the benchmark then finds it.
    stock_model(HOME / "var/bench")
