"""One palette for a whole film, fitted to the colours it really has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from PIL import Image

from optviz.export.protocol import Pixels

Codes = np.ndarray[Any, np.dtype[np.uint32]]
ROUNDS = 8  # of k-means; more gain less than 0.1 dB
BLOCK = 512  # colours whose distances are held at a time: they stay in the processor's cache


def codes_of(pixels: Pixels) -> Codes:
    """Each pixel (..., 4) as one number, red in the lowest bits; the alpha channel is left out."""
    codes: Codes = np.ascontiguousarray(pixels).view("<u4")[..., 0] & np.uint32(0xFFFFFF)
    return codes


def colours_of(codes: Codes) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The colours (n, 3) behind numbers (n,)."""
    return np.stack([codes & 255, (codes >> 8) & 255, codes >> 16], axis=-1).astype(np.float32)


def fit(pictures: Iterable[Pixels], size: int) -> Pixels:
    """The palette (at most size, 3) with the least squared error over the pictures' pixels.

    Median cut gives the beginning, weighted k-means over the distinct colours the end.
    """
    codes, counts = _distinct(pictures)
    colours = colours_of(codes)
    if len(codes) <= size:
        return colours.astype(np.uint8)
    # A colour's weight grows slower than its area: thin trails matter to the eye.
    weights = np.sqrt(counts)
    repeated = np.repeat(colours, np.ceil(weights / weights.mean()).astype(int), axis=0)
    image = Image.fromarray(repeated.astype(np.uint8)[None])
    quantized = image.quantize(size, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    centres = np.array(quantized.getpalette(), np.float32).reshape(-1, 3)[:size]
    for remaining in reversed(range(ROUNDS)):
        nearest = nearest_of(colours, centres)
        if not remaining:  # which colours share an entry is settled: now the least error in all
            weights = counts
        total = np.bincount(nearest, weights, len(centres))
        used = total > 0
        for channel in range(3):
            sums = np.bincount(nearest, weights * colours[:, channel], len(centres))
            centres[used, channel] = sums[used] / total[used]
    return np.unique(np.rint(centres).astype(np.uint8), axis=0)


def _distinct(pictures: Iterable[Pixels]) -> tuple[Codes, np.ndarray[Any, np.dtype[np.float64]]]:
    """The distinct colours of the pictures, and how many pixels have each.

    After the first picture only pixels that changed are counted: the rest is background.
    """
    parts = []
    before: Codes | None = None
    for picture in pictures:
        codes = codes_of(picture)
        new = codes.ravel() if before is None else codes[codes != before]
        parts.append(np.unique(new, return_counts=True))
        before = codes
    codes, places = np.unique(np.concatenate([c for c, _ in parts]), return_inverse=True)
    counts = np.concatenate([n for _, n in parts]).astype(np.float64)
    totals: np.ndarray[Any, np.dtype[np.float64]] = np.zeros(len(codes))
    np.add.at(totals, places, counts)
    return codes, totals


def nearest_of(colours: Any, palette: Any) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Index (n,) of the palette's colour nearest to each of the colours (n, 3)."""
    palette, colours = np.asarray(palette, np.float32), np.asarray(colours, np.float32)
    # Half of the squared distance, less what is the same for all: one product of matrices.
    weights = np.vstack([-palette.T, 0.5 * (palette**2).sum(axis=1)])
    extended = np.column_stack([colours, np.ones(len(colours), np.float32)])
    found = np.empty(len(colours), np.intp)
    for begin in range(0, len(colours), BLOCK):
        block = slice(begin, begin + BLOCK)
        np.argmin(extended[block] @ weights, axis=1, out=found[block])
    return found


class Mapper:
    """Exact nearest colours, each distinct colour looked up once in a film."""

    def __init__(self, palette: Pixels) -> None:
        self.palette = palette
        # One more than the index of a colour's entry, 0 where it is not known. Memory is taken
        # only for the colours that there are.
        self._table = np.zeros(1 << 24, np.uint8)

    def __call__(self, codes: Codes) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """Palette indices of colour codes, of the same shape."""
        found = self._table[codes]
        if not found.all():
            unknown = np.unique(codes[found == 0])
            self._table[unknown] = nearest_of(colours_of(unknown), self.palette) + 1
            found = self._table[codes]
        return found - np.uint8(1)
