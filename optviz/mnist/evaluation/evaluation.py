"""An evaluation: the numbers of `Scores`, with figures, sentences and files of them."""

from __future__ import annotations

from pathlib import Path

from optviz.animation.still import Still
from optviz.mnist.evaluation import folder as evaluation_folder
from optviz.mnist.evaluation import report
from optviz.mnist.evaluation.figures import registry
from optviz.mnist.evaluation.scores import Scores
from optviz.scene.picture_spec import PictureSpec

SIZE = (900, 600)


class Evaluation(Scores):
    """Predictions against the truth; see `Scores` for parameters and numbers.

    Raises
    ------
    InputError
        Shapes or values that do not fit.
    """

    def notes(self, language: str = "en") -> list[str]:
        """Notes that belong below the figures, such as what 0/0 counts as; often none."""
        return report.notes(self, language)

    def figure(self, name: str, size: tuple[int, int] = SIZE, theme: str = "light",
               language: str = "en") -> Still:  # fmt: skip
        """Draw a figure: confusion, roc, metrics, mistakes, calibration or binary.

        Raises
        ------
        InputError
            Another name; mistakes without images, or binary without a positive class.
        """
        return registry.draw(self, name, PictureSpec(size, theme, language))

    def save(self, folder: str | Path, size: tuple[int, int] = SIZE, theme: str = "light",
             language: str = "en") -> Path:  # fmt: skip
        """Write ``metrics.csv``, ``confusion.csv``, ``evaluation.json`` and all figures as PNG.

        Parameters
        ----------
        folder : path
            A new folder, or one of an earlier evaluation, which is replaced.
        size, theme, language
            Of the figures.

        Raises
        ------
        InputError
            A path that cannot be written or holds something else.
        """
        return evaluation_folder.save(self, folder, PictureSpec(size, theme, language))

    def summary(self) -> str:
        """A few lines: accuracy, the most frequent mistakes, calibration, and the notes."""
        return report.summary(self)

    def __repr__(self) -> str:
        return f"<Evaluation of {len(self):,} images: accuracy {self.accuracy:.2%}>"

    def _repr_html_(self) -> str:
        """The table of all classes, for a notebook."""
        return report.html_table(self)
