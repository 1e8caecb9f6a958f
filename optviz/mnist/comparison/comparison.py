"""A comparison: the numbers of `Results`, with tables, sentences, figures and files of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optviz.animation.still import Still
from optviz.mnist.comparison import folder as comparison_folder
from optviz.mnist.comparison import tables, wording
from optviz.mnist.comparison.figures import registry
from optviz.mnist.comparison.grid import Setting
from optviz.mnist.comparison.results import Results
from optviz.scene.picture_spec import PictureSpec

SIZE = (1200, 700)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Results):
    """All runs of a grid, with tables, figures and a summary; see `Results` for the numbers."""

    def table(self) -> list[dict[str, Any]]:
        """A row a run, for `pandas.DataFrame`; `save` writes the same."""
        return tables.runs(self)

    def name(self, settings: Setting) -> str:
        """The name of a cell of the grid: its value on each axis, in words."""
        return wording.name_of(self, settings)

    def summary(self) -> str:
        """A line a group of seeds, the best test accuracy first; then how rates were found."""
        return wording.summary(self)

    def __repr__(self) -> str:
        return f"<Comparison {self.grid.sizes}>"

    def save(self, folder: str | Path, *, size: tuple[int, int] = SIZE, theme: str = "light",
             language: str = "en") -> Path:  # fmt: skip
        """Write tables and figures into a new folder.

        ``comparison.csv`` has a row a run, ``curves.csv`` the mean and spread of the loss at each
        step, ``rates.csv`` every trial of a rate, ``comparison.json`` what was asked. The figures
        of `figures` stand beside them as PNG.

        Raises
        ------
        InputError
            A folder that is not empty or cannot be written, or a size, theme or language that no
            figure can have.
        """
        return comparison_folder.save(self, folder, PictureSpec(size, theme, language))

    def figures(self) -> list[str]:
        """Names of the figures that have something to show for this grid."""
        return registry.sorted_out(self)[0]

    def too_big_for(self) -> dict[str, str]:
        """Figures for which this grid is too big, and what it must be: see `only`."""
        return registry.sorted_out(self)[1]

    def figure(self, name: str, *, size: tuple[int, int] = SIZE, theme: str = "light",
               language: str = "en") -> Still:  # fmt: skip
        """A picture of the comparison.

        Parameters
        ----------
        name : {"curves", "accuracy", "sizes", "samples", "weights"}
        size : (int, int)
            In pixels.
        theme : {"light", "dark", "print"}
        language : {"en", "zh"}

        Returns
        -------
        Still

        Raises
        ------
        InputError
            An unknown name, or a figure that this grid has nothing to show on: it says what the
            grid must have.
        """
        return registry.draw(self, name, PictureSpec(size, theme, language))
