"""The sentence at the foot of a picture, in as many lines as its width needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from matplotlib.figure import Figure

from optviz.scene.fonts import CHINESE, fonts_of
from optviz.scene.panels.base import PictureStyle
from optviz.scene.picture_spec import PRINTED

# A word, or a Chinese sign, with the signs about it that may not end or begin a line.
PIECE = re.compile(rf"（*(?:[^ {CHINESE}]+|[{CHINESE}])[，。；：、）]* *")
SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # of the width, tried for lines of about one length


class Caption:
    """A sentence, centred below everything else; left out if it takes more than ``most`` pixels.

    Attributes
    ----------
    height : float
        The pixels that it takes, from the bottom of the picture.
    """

    def __init__(self, figure: Figure, sentence: str, style: PictureStyle, most: float) -> None:
        self.height = 0.0
        if not sentence:
            return
        unit, width = style.unit, figure.bbox.width
        size = max(0.85 * unit, min(unit, PRINTED))
        text = figure.text(
            0.5, 0.55 * unit / figure.bbox.height, "", ha="center", va="bottom", parse_math=False,
            fontfamily=fonts_of(sentence, style.spec.language),
            color=style.theme.quiet, size=0.72 * size, linespacing=1.25,
        )  # fmt: skip

        def measure(words: str) -> float:
            text.set_text(words)
            return float(text.get_window_extent().width)

        text.set_text("\n".join(wrapped(sentence, width - 1.6 * unit, measure)))
        self.height = float(text.get_window_extent().height) + 0.55 * unit
        if self.height > most:
            text.remove()
            self.height = 0.0


def wrapped(sentence: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """As few lines as hold a sentence, of about one length.

    Parameters
    ----------
    sentence : str
    width : float
        The most that a line may take.
    measure : callable
        From a text to what it takes.
    """
    pieces = PIECE.findall(sentence)
    blank = measure("x x") - measure("xx")
    widths = [measure(piece.rstrip()) + blank * piece.endswith(" ") for piece in pieces]
    widest = _filled(pieces, widths, width)
    for share in SHARES:
        lines = _filled(pieces, widths, share * width)
        if len(lines) == len(widest):
            return lines
    return widest


def _filled(pieces: Sequence[str], widths: Sequence[float], width: float) -> list[str]:
    """Lines, each filled until the next piece would go beyond the width."""
    lines, used = [""], 0.0
    for piece, wide in zip(pieces, widths, strict=True):
        if lines[-1] and used + wide > width:
            lines.append("")
            used = 0.0
        lines[-1] += piece
        used += wide
    return [line.rstrip() for line in lines]
