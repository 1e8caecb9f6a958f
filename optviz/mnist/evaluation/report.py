"""The report of an evaluation: its summary, notes, tables, CSV and JSON."""

from __future__ import annotations

import csv
import html
import io
import json
import math
from collections.abc import Iterable
from typing import Any

from optviz.mnist.evaluation.binary import Binary
from optviz.mnist.evaluation.metrics import MEASURES
from optviz.mnist.evaluation.rounding import MOST, rounded
from optviz.mnist.evaluation.scores import Scores
from optviz.records.ending import Ending
from optviz.words import say

COUNTS = ("TP", "FN", "FP", "TN")


def notes(evaluation: Scores, language: str = "en") -> list[str]:
    """Notes that belong below the numbers, such as what 0/0 counts as; often none."""
    e, training = evaluation, evaluation.training
    found = []
    for word, names in (
        ("never_predicted", e.never_predicted),
        ("no_test_images", e.without_images),
    ):
        if names:
            found.append(say(word, language, names=", ".join(names)))
    if e.overflowed:
        found.append(say("overflowed", language, n=f"{e.overflowed:,}"))
    if training is not None:
        if training.other_data is not None:
            found.append(say("trained_on_other", language, source=training.other_data.text))
        if not training.status.is_complete:
            word = "run_diverged" if training.status is Ending.DIVERGED else "run_unfinished"
            found.append(say(word, language, epochs=training.epochs))
    return found


def summary(evaluation: Scores) -> str:
    """A few lines: accuracy, the most frequent mistakes, calibration, and the notes."""
    e = evaluation
    source = f" of {e.source}" if e.source else ""
    lines = [
        f"{len(e):,} test images{source}: accuracy {e.accuracy:.2%}",
        "mean over the classes: " + _measures(e.macro),
    ]
    worst = [f"{e.classes[i]} as {e.classes[j]} ({k:,})" for i, j, k in e.confused()[:3]]
    lines.append("most often confused: " + (", ".join(worst) or "nothing"))
    sure = float(e.scores.max(1).mean())
    lines.append(
        f"calibration: sure {sure:.2%}, right {e.accuracy:.2%}; "
        f"expected calibration error {e.calibration.ece:.4f}"
    )
    if e.positive is not None:
        lines += _binary_lines(e.binary())
    return "\n".join([*lines, *(f"note: {note}" for note in notes(e))])


def _binary_lines(view: Binary) -> list[str]:
    counts = ", ".join(f"{name} {getattr(view, name):,}" for name in COUNTS)
    shares = _measures({name: getattr(view, name) for name in MEASURES[:5]})
    no = view.always_negative
    return [
        f"{view.name} or not: {counts}; {shares}",
        f'always saying "not {view.name}": accuracy {no.accuracy:.4f}, sensitivity '
        f"{number(no.sensitivity)}: accuracy alone does not tell",
    ]


def _measures(values: dict[str, float]) -> str:
    named = {"f1": "F1", "auc": "AUC"}
    return ", ".join(f"{named.get(name, name)} {number(v)}" for name, v in values.items())


def number(value: float) -> str:
    """Four digits, or "undefined"."""
    return "undefined" if math.isnan(value) else f"{value:.4f}"


def metrics_rows(evaluation: Scores) -> list[list[Any]]:
    """The table: a head, a row for each class, and the means; nan where undefined."""
    e = evaluation
    rows: list[list[Any]] = [["class", "images", *COUNTS, *MEASURES, "note"]]
    for i, name in enumerate(e.classes):
        counts = [int(e.counts[count][i]) for count in COUNTS]
        shares = [float(e.per_class[measure][i]) for measure in MEASURES]
        rows.append([name, int(e.support[i]), *counts, *shares, _note(e, i)])
    missing = "over the classes with test images" if not e.support.all() else ""
    blanks = [""] * len(COUNTS)
    rows.append(["macro mean", len(e), *blanks, *(e.macro[m] for m in MEASURES), missing])
    return rows


def _note(evaluation: Scores, i: int) -> str:
    if not evaluation.support[i]:
        return "no test images: sensitivity and ROC undefined"
    if not evaluation.confusion[:, i].any():
        return "never predicted: precision 0/0 counts as 0"
    return ""


def html_table(evaluation: Scores) -> str:
    """`metrics_rows` for a notebook, with the accuracy above and the notes below."""
    head, *rows = metrics_rows(evaluation)
    lines = [_html_row("th", head)]
    lines += [
        _html_row("td", [rounded(v, MOST) if isinstance(v, float) else v for v in row])
        for row in _without_nan(rows, "–")
    ]
    below = "".join(f"<p>{html.escape(note)}</p>" for note in notes(evaluation))
    title = html.escape(summary(evaluation).splitlines()[0])
    return f"<p>{title}</p><table>{''.join(lines)}</table>{below}"


def _html_row(kind: str, cells: Iterable[Any]) -> str:
    return "<tr>" + "".join(f"<{kind}>{html.escape(str(c))}</{kind}>" for c in cells) + "</tr>"


def _without_nan(value: Any, instead: Any) -> Any:
    """The value with every nan in it replaced by ``instead``."""
    if isinstance(value, dict):
        return {name: _without_nan(v, instead) for name, v in value.items()}
    if isinstance(value, list):
        return [_without_nan(v, instead) for v in value]
    return instead if isinstance(value, float) and math.isnan(value) else value


def as_csv(rows: list[list[Any]]) -> bytes:
    """Rows as a file; undefined numbers are empty cells."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_without_nan(rows, ""))
    return text.getvalue().encode()


def confusion_rows(evaluation: Scores) -> list[list[Any]]:
    """Rows true, columns predicted, with their names."""
    rows: list[list[Any]] = [["true \\ predicted", *evaluation.classes]]
    pairs = zip(evaluation.classes, evaluation.confusion.tolist(), strict=True)
    return rows + [[name, *counts] for name, counts in pairs]


def as_json(evaluation: Scores) -> bytes:
    """All numbers; undefined ones are null."""
    e = evaluation
    content: dict[str, Any] = {
        "format": 1, "source": e.source, "images": len(e), "classes": list(e.classes),
        "accuracy": e.accuracy, "macro": e.macro,
        "per_class": {name: values.tolist() for name, values in e.per_class.items()},
        "accuracy_interval": list(e.accuracy_interval),
        "intervals": {name: ends.tolist() for name, ends in e.intervals.items()},
        "confusion": e.confusion.tolist(),
        "calibration": {name: getattr(e.calibration, name).tolist()
                        for name in ("confidence", "accuracy", "share")} | {
                            "expected_error": e.calibration.ece},
        "notes": notes(e),
    }  # fmt: skip
    if e.positive is not None:
        view = e.binary()
        counts = {name: getattr(view, name) for name in COUNTS}
        shares = {name: getattr(view, name) for name in MEASURES[:5]}
        content["binary"] = {"positive": view.name} | counts | shares
    return json.dumps(_without_nan(content, None), indent=1, ensure_ascii=False).encode()
