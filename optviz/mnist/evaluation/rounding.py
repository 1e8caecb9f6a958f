"""Shares of images as text: as many decimals as the number of images can tell, and intervals."""

from __future__ import annotations

import math

FEWEST, MOST = 2, 3


def decimals(images: float) -> int:
    """Decimals of a share of so many images: one image more or less moves about the last."""
    return min(max(round(math.log10(max(images, 1))), FEWEST), MOST)


def rounded(share: float, digits: int) -> str:
    """The share; what is not quite 0 or 1 is not rounded to it."""
    text, least = f"{share:.{digits}f}", 10**-digits
    if share < 1 and float(text) == 1:
        return f">{1 - least:.{digits}f}"
    if share > 0 and float(text) == 0:
        return f"<{least:.{digits}f}"
    return text


def with_interval(share: float, interval: tuple[float, float], digits: int) -> str:
    """The share and its interval, such as "0.86 (0.78–0.92)"."""
    low, high = interval
    return f"{rounded(share, digits)} ({low:.{digits}f}–{high:.{digits}f})"
