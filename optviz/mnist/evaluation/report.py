"""An evaluation as text, tables and a folder of files."""

from __future__ import annotations

import csv
import html
import io
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optviz import export, files
from optviz.mnist.evaluation.evaluation import Evaluation
from optviz.mnist.evaluation.figures import evaluations
from optviz.mnist.evaluation.metrics import MEASURES
from optviz.scene.picture_spec import PictureSpec

if TYPE_CHECKING:
    from optviz.mnist.evaluation.binary import Binary

REPORT = "evaluation.json"  # written last: a folder that holds it is whole
COUNTS = ("TP", "FN", "FP", "TN")


def summary(evaluation: Evaluation) -> str:
    """A few lines: how well, what is confused, how sure, and the notes."""
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
    return "\n".join([*lines, *(f"note: {note}" for note in e.notes())])


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


def metrics_rows(evaluation: Evaluation) -> list[list[Any]]:
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


def _note(evaluation: Evaluation, i: int) -> str:
    if not evaluation.support[i]:
        return "no test images: sensitivity and ROC undefined"
    if not evaluation.confusion[:, i].any():
        return "never predicted: precision 0/0 counts as 0"
    return ""


def html_table(evaluation: Evaluation) -> str:
    """`metrics_rows` for a notebook, with the accuracy above and the notes below."""
    head, *rows = metrics_rows(evaluation)
    lines = [_html_row("th", head)]
    lines += [
        _html_row("td", [f"{v:.4f}" if isinstance(v, float) else v for v in row])
        for row in _without_nan(rows, "–")
    ]
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in evaluation.notes())
    title = html.escape(summary(evaluation).splitlines()[0])
    return f"<p>{title}</p><table>{''.join(lines)}</table>{notes}"


def _html_row(kind: str, cells: Iterable[Any]) -> str:
    return "<tr>" + "".join(f"<{kind}>{html.escape(str(c))}</{kind}>" for c in cells) + "</tr>"


def _without_nan(value: Any, instead: Any) -> Any:
    """The same, with ``instead`` for every nan."""
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


def confusion_rows(evaluation: Evaluation) -> list[list[Any]]:
    """Rows true, columns predicted, with their names."""
    rows: list[list[Any]] = [["true \\ predicted", *evaluation.classes]]
    pairs = zip(evaluation.classes, evaluation.confusion.tolist(), strict=True)
    return rows + [[name, *counts] for name, counts in pairs]


def as_json(evaluation: Evaluation) -> bytes:
    """All numbers; undefined ones are null."""
    e = evaluation
    content: dict[str, Any] = {
        "format": 1, "source": e.source, "images": len(e), "classes": list(e.classes),
        "accuracy": e.accuracy, "macro": e.macro,
        "per_class": {name: values.tolist() for name, values in e.per_class.items()},
        "confusion": e.confusion.tolist(),
        "calibration": {name: getattr(e.calibration, name).tolist()
                        for name in ("confidence", "accuracy", "share")} | {
                            "expected_error": e.calibration.ece},
        "notes": e.notes(),
    }  # fmt: skip
    if e.positive is not None:
        view = e.binary()
        counts = {name: getattr(view, name) for name in COUNTS}
        shares = {name: getattr(view, name) for name in MEASURES[:5]}
        content["binary"] = {"positive": view.name} | counts | shares
    return json.dumps(_without_nan(content, None), indent=1, ensure_ascii=False).encode()


def check(folder: str | Path, size: tuple[int, int], theme: str, language: str) -> Path:
    """The folder, if an evaluation of such looks can be saved there; asked before any work."""
    PictureSpec(size, theme, language)
    return files.check_folder(folder, "a new folder, or one of an earlier evaluation", REPORT)


def default_folder(run: str | Path) -> Path:
    """Beside the run, by its name."""
    path = Path(run)
    named = path if path.name not in ("", "..") else path.resolve()
    return named.with_name(f"{named.name}-evaluation")


def save(evaluation: Evaluation, folder: str | Path, size: tuple[int, int], theme: str,
         language: str) -> Path:  # fmt: skip
    """Everything is made before a file is written; a new folder is removed if that fails."""
    with files.filling(check(folder, size, theme, language)) as path:
        contents = _contents(evaluation, size, theme, language)
        for name, content in contents.items():
            with files.replacing(path / name) as stream:
                stream.write(content)
        for name in evaluations.FIGURES:  # of an earlier evaluation, no longer true
            if f"{name}.png" not in contents:
                (path / f"{name}.png").unlink(missing_ok=True)
    return path


def _contents(evaluation: Evaluation, size: tuple[int, int], theme: str,
              language: str) -> dict[str, bytes]:  # fmt: skip
    """What each file holds; the report last."""
    contents = {
        "metrics.csv": as_csv(metrics_rows(evaluation)),
        "confusion.csv": as_csv(confusion_rows(evaluation)),
    }
    for name in evaluations.possible(evaluation):
        contents[f"{name}.png"] = export.png(evaluation.figure(name, size, theme, language))
    return contents | {REPORT: as_json(evaluation)}
