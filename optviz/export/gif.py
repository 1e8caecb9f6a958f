"""GIF: one palette, an exact clock, and in each frame only the pixels that changed."""

from __future__ import annotations

import struct
from typing import IO, Any

import numpy as np
from PIL import GifImagePlugin, Image

from optviz.export.clock import Clock
from optviz.export.palette import Mapper, codes_of, fit
from optviz.export.protocol import Film, Pixels, Progress
from surfaces.errors import InputError

FASTEST = 50  # frames a second
SAMPLES = 7  # frames to which the palette is fitted
TRANSPARENT = 255  # the index that leaves a pixel as it was


def check(clock: Clock) -> None:
    """Refuse a frame rate that browsers will not play."""
    if clock.fps > FASTEST:
        raise InputError(
            f"fps must be at most {FASTEST} in a GIF; not {clock.fps:g}: browsers show a delay of "
            "1/100 s as 1/10 s. Choose fewer frames a second or another kind of file"
        )


def write(film: Film, stream: IO[bytes], progress: Progress, colours: int = TRANSPARENT) -> None:
    """A film of 256 colours that plays everywhere."""
    count = len(film)
    sampled = np.unique(np.linspace(0, count - 1, SAMPLES).round().astype(int))
    palette = fit((film.rgba(int(i)) for i in sampled), colours)
    mapper = Mapper(palette)
    before: Any = None
    for i, delay in enumerate(film.clock.ticks(100)):
        codes = codes_of(film.rgba(i))
        if before is None:
            shown = mapper(codes)
            stream.write(_head(codes.shape[1], codes.shape[0], palette, film.alt, film.clock.once))
            stream.write(_frame(shown, (0, 0), delay))
        else:
            stream.write(_change(mapper, shown, before != codes, codes, delay))
        before = codes
        progress(1)
    stream.write(b";")


def _change(mapper: Mapper, shown: Any, changed: Any, codes: Any, delay: int) -> bytes:
    """The smallest rectangle that holds all changes, unchanged pixels in it transparent.

    What the palette does not tell apart has not changed; ``shown`` is brought up to date.
    """
    rows, columns = np.divmod(np.flatnonzero(changed), changed.shape[1])
    indices = mapper(codes[rows, columns])
    visible = indices != shown[rows, columns]
    rows, columns, indices = rows[visible], columns[visible], indices[visible]
    shown[rows, columns] = indices
    if not len(rows):
        return _frame(np.full((1, 1), TRANSPARENT, np.uint8), (0, 0), delay)
    top, left = int(rows.min()), int(columns.min())
    box = np.full((int(rows.max()) + 1 - top, int(columns.max()) + 1 - left), TRANSPARENT, np.uint8)
    box[rows - top, columns - left] = indices
    return _frame(box, (left, top), delay)


def _head(width: int, height: int, palette: Pixels, comment: str, once: bool) -> bytes:
    """GIF89a's screen, palette of 256 colours, loop extension (0: for ever) and comment.

    A film without the extension is played once.
    """
    text = comment.encode()
    blocks = [text[i : i + 255] for i in range(0, len(text), 255)]
    colours = np.zeros((256, 3), np.uint8)
    colours[: len(palette)] = palette
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", width, height, 0xF7, 0, 0)
        + colours.tobytes()
        + (b"" if once else b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
        + b"!\xfe"
        + b"".join(bytes([len(block)]) + block for block in blocks)
        + b"\x00"
    )


def _frame(indices: Any, offset: tuple[int, int], delay: int) -> bytes:
    """Delay, offset and compressed pixels of one frame, as Pillow writes them."""
    image = Image.fromarray(indices, "P")
    data = GifImagePlugin.getdata(
        image, offset, duration=10 * delay, transparency=TRANSPARENT, disposal=1
    )
    return b"".join(data)
