"""APNG: the frames of a PNG, each only its changes.

Pillow compresses; its own APNG writer keeps all frames in memory until the end, ours writes each as
it comes (PNG specification, third edition, section 11.3.6).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
from PIL import Image

from optviz.export.palette import codes_of
from optviz.export.protocol import Film, Progress
from optviz.scene.style import DENSITY

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write(film: Film, stream: IO[bytes], progress: Progress) -> None:
    """A film with every pixel exact, for browsers."""
    number = 0  # of the chunks that carry frames
    before: Any = None
    for i, delay in enumerate(film.clock.ticks(1000)):
        pixels = film.rgba(i)
        codes = codes_of(pixels)
        height, width = codes.shape
        if before is None:
            rows, columns = slice(0, height), slice(0, width)
            header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
            text = b"Description\0\0\0\0\0" + film.alt.encode()
            density = struct.pack(">IIB", *[round(DENSITY / 0.0254)] * 2, 1)  # pixels a metre
            head = (b"IHDR", header), (b"pHYs", density), (b"iTXt", text)
            stream.write(SIGNATURE + b"".join(_chunk(*part) for part in head))
            stream.write(_chunk(b"acTL", struct.pack(">II", len(film), int(film.clock.once))))
        else:
            changed = before != codes
            rows, columns = changed_box(changed)
            pixels[~changed] = 0  # transparent: what was there stays, and it packs well
        size = (columns.stop - columns.start, rows.stop - rows.start)
        control = (number, *size, columns.start, rows.start, delay, 1000, 0, 1)
        stream.write(_chunk(b"fcTL", struct.pack(">IIIIIHHBB", *control)))
        number += 1
        for data in _compressed(pixels[rows, columns]):
            if before is None:
                stream.write(_chunk(b"IDAT", data))
            else:
                stream.write(_chunk(b"fdAT", struct.pack(">I", number) + data))
                number += 1
        before = codes
        progress(1)
    stream.write(_chunk(b"IEND", b""))


def changed_box(changed: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[slice, slice]:
    """Rows and columns of the smallest rectangle that holds all changes; one pixel if none."""
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not rows.size:
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def _compressed(pixels: Any) -> Iterator[bytes]:
    """The contents of the IDAT chunks of the PNG that Pillow makes of these pixels."""
    stream = io.BytesIO()
    Image.fromarray(pixels.copy()).save(stream, "PNG")
    png, at = stream.getvalue(), len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            yield png[at + 8 : at + 8 + length]
        at += length + 12
