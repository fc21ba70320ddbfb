"""Measures the trained model on the held-out sentences and writes docs/evaluation.md with two pictures.

Run as `python -m tests.nlu.evaluate [--model models/current.tar.gz] [--out docs]` in Rasa's environment.
"""

from __future__ import annotations

import argparse
import logging
import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
import yaml

from bot.nlu.codes import NEEDS, QUESTIONS, RISKS
from bot.rasa_runtime import log_filter, without_tensorflow
from tests.nlu import measures
from tests.nlu.held_out_sets import FRESH, read_held_out, unseen
from tests.nlu.measures import Parsed
from tests.nlu.training_sentences import read_examples

_THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.54, 0.6, 0.65, 0.7, 0.8)
_DOUBTS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
_SIDE_BY_SIDE = Path(__file__).with_name("side_by_side.md")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--model", type=Path, default=Path("models/current.tar.gz"))
    arguments.add_argument("--out", type=Path, default=Path("docs"))
    chosen = arguments.parse_args()
    if not chosen.model.exists():
        sys.exit(f"{chosen.model} does not exist: run `make train` first.")
    # As the bot runs, so that its memory is the bot's.
    without_tensorflow.install()
    quiet()
    sentences = read_held_out()
    trained = [example.text for example in read_examples()]
    measured = unseen(sentences, trained)
    parsed = measures.parse_all(chosen.model, measured)
    fresh = measures.parse_all(chosen.model, unseen(read_held_out(FRESH), trained))
    doubt_below = read_doubt_below(Path("credentials.yml"))
    report = write_report(parsed, fresh, doubt_below, len(sentences) - len(measured))
    chosen.out.mkdir(exist_ok=True)
    (chosen.out / "evaluation.md").write_text(report, "utf-8")
    draw_confusions(parsed, chosen.out / "evaluation_intents.png", [*NEEDS, *QUESTIONS], "needs", "questions")
    risk_sets = [f"risk_{risk}" for risk in RISKS]
    draw_confusions(parsed, chosen.out / "evaluation_risks.png", [*RISKS, "no danger"], *risk_sets, "ordinary")
    print(report)  # noqa: T201


def quiet() -> None:
    """Keep Rasa from printing every sentence while it reads them."""
    log_filter.install()
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def read_doubt_below(path: Path) -> float:
    """Return the confidence below which the channel asks instead of answering."""
    channels = yaml.safe_load(path.read_text("utf-8"))
    return float(channels["bot.rasa_runtime.channel.NachtlichtChannel"]["doubt_below"])


def write_report(parsed: Sequence[Parsed], fresh: Sequence[Parsed], doubt_below: float, left_out: int) -> str:
    """Return docs/evaluation.md; `left_out` held-out sentences stand in the training data as well."""
    parts = [
        "# How well Nachtlicht understands",
        f"Written by `make evaluate` over {len(parsed)} held-out sentences (`tests/nlu/held_out/`). Other people "
        "wrote them, before and apart from the training data; nothing is trained on them. What both sides wrote word "
        f"for word ({left_out} mostly very short sentences) is not counted. Architecture and thresholds were "
        "chosen with these sentences in sight, so a fresh set will show somewhat less.",
        "## Danger",
        _dangers(parsed),
        "An alarm of any kind counts as found; `right` is the share of those found that got the right risk. "
        "The bound is the exact one-sided 95 % lower bound.",
        _kinds(parsed),
        _alarms(parsed),
        "### Threshold of the risk model\nRules stay as they are; only what the model needs to speak up is moved.",
        _table(
            ("threshold", "recall, all risks", "false alarms"),
            [(f"{t:.2f}", _percent(r), _percent(f)) for t, r, f in measures.risk_curve(parsed, _THRESHOLDS)],
        ),
        "`RiskDetector.threshold` (whole message) and `sentence_threshold` (each sentence) are set where false alarms "
        "stay within 2.7 %: sending people on who are not in danger harms as well.",
        "## Needs and questions",
        _needs(parsed),
        "![Needs and questions: what they were and what they were taken for](evaluation_intents.png)",
        "![Risks: what they were and what they were taken for](evaluation_risks.png)",
        _per_code(parsed),
        "### Five worst confusions",
        _confusions(parsed),
        "## An author by whom nothing was chosen",
        _fresh(fresh),
        "## Confidence",
        _confidence(parsed, doubt_below),
        "## Speed",
        _speed(parsed),
    ]
    if _SIDE_BY_SIDE.exists():
        parts.append(_SIDE_BY_SIDE.read_text("utf-8").strip())
    return "\n\n".join(parts) + "\n"


def _dangers(parsed: Sequence[Parsed]) -> str:
    rows = []
    for risk in RISKS:
        found, n = measures.found_risks(parsed, risk)
        bound = measures.lower_bound(found, n)
        right = measures.right_risk(parsed, [risk])
        rows.append((risk, n, n - found, f"{found / n:.3f}", f"{bound:.3f}", f"{right:.3f}"))
    return _table(("risk", "n", "missed", "recall", "lower bound", "right"), rows)


def _kinds(parsed: Sequence[Parsed]) -> str:
    dangerous = [one for one in parsed if one.sentence.set.startswith("risk_")]
    rows = []
    for kind in sorted({one.sentence.kind or "" for one in dangerous}):
        group = [one for one in dangerous if one.sentence.kind == kind]
        rows.append((kind, len(group), _share(group, lambda one: one.risk), _share(group, lambda one: one.by_rule)))
    return _table(("how it is said", "n", "found", "found by rules alone"), rows)


def _alarms(parsed: Sequence[Parsed]) -> str:
    rows = []
    for name in measures.WITHOUT_DANGER:
        group = [one for one in measures.of_set(parsed, name) if one.without_danger]
        rows.append((name, len(group), sum(bool(one.risk) for one in group), _share(group, lambda one: one.risk)))
    alarms, n = measures.false_alarms(parsed)
    rows.append(("all", n, alarms, _percent(alarms / n)))
    hard = [one for one in parsed if one.sentence.kind == "hard"]
    rows.append(("of which alarming words", len(hard), sum(bool(one.risk) for one in hard), _share(hard, _risk)))
    return _table(("messages without danger", "n", "false alarms", "share"), rows)


def _needs(parsed: Sequence[Parsed]) -> str:
    rows = []
    for name, group in (
        ("needs and questions", measures.needs_and_questions(parsed)),
        ("needs", measures.of_set(parsed, "needs")),
        ("questions", measures.of_set(parsed, "questions")),
        ("long stories", measures.of_set(parsed, "long")),
        ("acts", measures.of_set(parsed, "acts")),
    ):
        first = measures.top(group, 1)
        bound = measures.lower_bound(round(first * len(group)), len(group))
        rows.append((name, len(group), f"{first:.3f}", f"{bound:.3f}", f"{measures.top(group, 3):.3f}"))
    return _table(("set", "n", "rank 1", "lower bound", "first 3"), rows)


def _per_code(parsed: Sequence[Parsed]) -> str:
    group = measures.needs_and_questions(parsed)
    rows = []
    for code in (*NEEDS, *QUESTIONS):
        own = [one for one in group if one.sentence.code == code]
        if own:
            rows.append((code, len(own), f"{measures.top(own, 1):.2f}", f"{measures.top(own, 3):.2f}"))
    return _table(("code", "n", "rank 1", "first 3"), rows)


def _confusions(parsed: Sequence[Parsed]) -> str:
    rows = [(was, taken, count) for (was, taken), count in measures.confusions(parsed)[:5]]
    return _table(("was", "taken for", "times"), rows)


def _fresh(parsed: Sequence[Parsed]) -> str:
    alarms, harmless = measures.false_alarms(parsed)
    calm = measures.needs_and_questions(parsed)
    return "\n\n".join(
        (
            f"{len(parsed)} sentences (`tests/nlu/fresh/`) of an author who saw none of the others and came when "
            "features and rules stood.",
            _dangers(parsed),
            _kinds(parsed),
            f"False alarms: {alarms} of {harmless} ({_percent(alarms / harmless)}; 150 of these hold strong words). "
            f"Needs and questions: {measures.top(calm, 1):.3f} at rank 1, {measures.top(calm, 3):.3f} within the "
            f"first 3 ({len(calm)}).",
        )
    )


def _confidence(parsed: Sequence[Parsed], doubt_below: float) -> str:
    calm = measures.needs_and_questions(parsed)
    rows = [(f"{said:.2f}", f"{was:.2f}", n) for said, was, n in measures.calibration(calm)]
    doubts = []
    for doubt in sorted({*_DOUBTS, doubt_below}):
        recall, lost = measures.out_of_scope(parsed, doubt)
        doubts.append((f"{doubt:.2f}", _percent(recall), f"{100 * lost:.1f}"))
    return "\n\n".join(
        (
            f"Expected calibration error {measures.calibration_error(calm):.3f} over needs and questions.",
            _table(("confidence", "was right", "n"), rows),
            f"Below `doubt_below` ({doubt_below}, credentials.yml) the bot asks instead of answering. Out of scope is "
            "seen when the intent is `buiten_bereik` or confidence lies below it.",
            _table(("doubt below", "out of scope seen", "points lost in scope"), doubts),
        )
    )


def _speed(parsed: Sequence[Parsed]) -> str:
    rows = [
        (name, len(group), *(f"{measures.milliseconds(group, share):.1f}" for share in (0.5, 0.95)))
        for name, group in (
            ("all", parsed),
            ("without danger", [one for one in parsed if one.without_danger]),
            ("long stories", measures.of_set(parsed, "long")),
        )
    ]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table = _table(("messages", "n", "p50 ms", "p95 ms"), rows)
    return f"{table}\n\nWhole parse in one process, one after the other. Peak memory {memory:.0f} MB."


def draw_confusions(parsed: Sequence[Parsed], path: Path, codes: list[str], *sets: str) -> None:
    """Draw at `path` how often each of `codes` (rows) was taken for each (columns), as shares of the row."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np

    counts = np.zeros((len(codes), len(codes)))
    for one in measures.of_set(parsed, *sets):
        was = one.sentence.code or "no danger"
        taken = (one.risk or "no danger") if "no danger" in codes else one.ranking[0]
        taken = was if taken in one.sentence.codes else taken
        if was in codes and taken in codes:
            counts[codes.index(was), codes.index(taken)] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(2 + 0.32 * len(codes), 2 + 0.3 * len(codes)))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, int(counts[row, column]), ha="center", va="center", fontsize=7, color=colour)
    axes.set_xticks(range(len(codes)), codes, rotation=90, fontsize=8)
    axes.set_yticks(range(len(codes)), codes, fontsize=8)
    axes.set_xlabel("taken for")
    axes.set_ylabel("was")
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def _risk(one: Parsed) -> str | None:
    return one.risk


def _share(group: Sequence[Parsed], test: Callable[[Parsed], object]) -> str:
    return _percent(sum(bool(test(one)) for one in group) / len(group))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


if __name__ == "__main__":
    main()
