"""The folder of a comparison: its tables and its figures."""

from __future__ import annotations

from pathlib import Path

from optviz import files
from optviz.mnist.comparison import tables
from optviz.mnist.comparison.figures import registry
from optviz.mnist.comparison.results import Results
from optviz.scene.picture_spec import PictureSpec


def check(folder: str | Path) -> Path:
    """The folder, if a comparison can be saved there; called before any work is done."""
    return files.check_folder(folder, "a new or an empty folder")


def save(results: Results, folder: str | Path, picture: PictureSpec) -> Path:
    """Write the tables, and each figure that has something to show; the folder is new."""
    with files.filling(check(folder)) as path:
        for name, text in tables.texts(results).items():
            with files.replacing(path / name) as stream:
                stream.write(text.encode())
        for name in registry.sorted_out(results)[0]:
            registry.draw(results, name, picture).save(path / f"{name}.png")
    return path
