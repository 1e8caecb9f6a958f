"""The folder of an evaluation: its tables, its report and its figures."""

from __future__ import annotations

from pathlib import Path

from optviz import export, files
from optviz.mnist.evaluation import report
from optviz.mnist.evaluation.figures import registry
from optviz.mnist.evaluation.scores import Scores
from optviz.scene.picture_spec import PictureSpec

REPORT = "evaluation.json"  # written last: a folder that holds it is whole


def check(folder: str | Path) -> Path:
    """The folder, if an evaluation can be saved there; checked before any work is done."""
    return files.check_folder(folder, "a new folder, or one of an earlier evaluation", REPORT)


def default_folder(run: str | Path) -> Path:
    """The default folder of an evaluation: beside the run, named after it."""
    path = Path(run)
    named = path if path.name not in ("", "..") else path.resolve()
    return named.with_name(f"{named.name}-evaluation")


def save(evaluation: Scores, folder: str | Path, picture: PictureSpec) -> Path:
    """Write all files; they are made before any is written, and a new folder goes if that fails."""
    with files.filling(check(folder)) as path:
        contents = _contents(evaluation, picture)
        for name, content in contents.items():
            with files.replacing(path / name) as stream:
                stream.write(content)
        for name in registry.FIGURES:  # of an earlier evaluation, no longer true
            if f"{name}.png" not in contents:
                (path / f"{name}.png").unlink(missing_ok=True)
    return path


def _contents(evaluation: Scores, picture: PictureSpec) -> dict[str, bytes]:
    """Name and content of each file; the report is the last."""
    contents = {
        "metrics.csv": report.as_csv(report.metrics_rows(evaluation)),
        "confusion.csv": report.as_csv(report.confusion_rows(evaluation)),
    }
    for name in registry.possible(evaluation):
        contents[f"{name}.png"] = export.png(registry.draw(evaluation, name, picture))
    return contents | {REPORT: report.as_json(evaluation)}
