"""Text in figures: headings and notes that fit, in colours readable on their background."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.font_manager import FontProperties

from optviz.animation.still import Still
from optviz.scene.themes import Theme


def heading(still: Still, text: str) -> None:
    """Write the heading of a figure, on as many lines as it needs."""
    size = 1.1 * still.point
    lines = [wrapped(still, line, 0.96 * still.width, size) for line in text.split("\n")]
    still.figure.suptitle("\n".join(lines), fontsize=size, color=still.theme.ink)


def footnotes(still: Still, notes: Sequence[str]) -> None:
    """Write notes below the figure."""
    if notes:
        size = 0.9 * still.point
        lines = [wrapped(still, note, 0.96 * still.width, size) for note in notes]
        still.figure.supxlabel("\n".join(lines), fontsize=size, color=still.theme.quiet)


def text_width(still: Still, text: str, points: float) -> float:
    """Width of one line in pixels; mathematics stands between dollars."""
    renderer: Any = still.canvas.get_renderer()
    font = FontProperties(size=points)
    return float(renderer.get_text_width_height_descent(text, font, ismath="$" in text)[0])


def wrapped(still: Still, text: str, pixels: float, points: float) -> str:
    """The text in lines of at most that width, broken at spaces or between Chinese letters.

    No line begins with a full stop or the like. A space that must not be broken at is U+00A0.
    """
    lines = [""]
    for part in re.findall(
        r"[\u2e80-\uffef][。，；：）]*|[^ \u2e80-\uffef]+[。，；：）]*| +", text
    ):
        if lines[-1].strip() and text_width(still, (lines[-1] + part).rstrip(), points) > pixels:
            lines.append("")
        lines[-1] += part if lines[-1] else part.lstrip()
    return "\n".join(line.rstrip() for line in lines)


def fitting(still: Still, texts: Sequence[str], pixels: float, points: float) -> float:
    """The font size, at most ``points``, at which every text fits into ``pixels``."""
    widest = max(text_width(still, text, points) for text in texts)
    return points * min(1.0, pixels / widest) if widest else points


def heat(theme: Theme) -> LinearSegmentedColormap:
    """The colour map of heat maps: from the page's colour for 0 to one far from it."""
    return LinearSegmentedColormap.from_list("heat", [theme.page, theme.colours[1]])


def readable(ground: Any, theme: Theme) -> str:
    """The theme's ink or page colour: the one with more contrast to ``ground`` (WCAG 2.1)."""
    return max((theme.ink, theme.page), key=lambda colour: _contrast(colour, ground))


def _contrast(a: Any, b: Any) -> float:
    low, high = sorted(map(_luminance, (a, b)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Any) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
