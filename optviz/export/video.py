"""MP4 and WebM through imageio-ffmpeg, which brings its own ffmpeg (extra ``video``)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from optviz import files
from optviz.export.clock import Clock
from optviz.export.protocol import Film, Pixels, Progress
from surfaces.errors import InputError

CODECS = {
    ".mp4": ("libx264", ["-crf", "18", "-preset", "medium", "-movflags", "+faststart"]),
    ".webm": ("libvpx-vp9", ["-crf", "24", "-b:v", "0", "-row-mt", "1", "-cpu-used", "4"]),
}


def _ffmpeg() -> Any:
    try:
        import imageio_ffmpeg
    except ImportError:
        raise InputError(
            "output must be a picture or a GIF while imageio-ffmpeg is missing; for video install "
            "it: pip install 'optviz[video]'"
        ) from None
    return imageio_ffmpeg


def check(clock: Clock) -> None:
    """Refuse early where no ffmpeg is to be had."""
    _ffmpeg()


def write_mp4(film: Film, stream: IO[bytes], progress: Progress) -> None:
    """A film in H.264, which every browser and slide program plays."""
    _write(film, stream, progress, ".mp4")


def write_webm(film: Film, stream: IO[bytes], progress: Progress) -> None:
    """A film in VP9, for browsers."""
    _write(film, stream, progress, ".webm")


def _write(film: Film, stream: IO[bytes], progress: Progress, suffix: str) -> None:
    first = _even(film.rgba(0))
    codec, parameters = CODECS[suffix]
    with files.temporary(Path(tempfile.gettempdir()), "film") as path:  # ffmpeg seeks in it
        writer = _ffmpeg().write_frames(
            str(path), (first.shape[1], first.shape[0]), fps=film.clock.fps, codec=codec,
            pix_fmt_in="rgb24", pix_fmt_out="yuv420p", macro_block_size=2, quality=None,
            output_params=[*parameters, "-f", suffix[1:], "-metadata", f"comment={film.alt}"],
            ffmpeg_log_level="error",
        )  # fmt: skip
        writer.send(None)
        try:
            for pixels in _frames(film, progress):
                writer.send(_even(pixels))
        finally:
            writer.close()
        with path.open("rb") as made:
            shutil.copyfileobj(made, stream)


def _frames(film: Film, progress: Progress) -> Iterator[Pixels]:
    """Every frame, the last one again while it is held."""
    for i in range(len(film)):
        yield film.rgba(i)
        progress(1)
    last = film.rgba(len(film) - 1)
    for _ in range(round(film.clock.hold * film.clock.fps)):
        yield last


def _even(pixels: Pixels) -> Pixels:
    """Colour is stored for blocks of 2 x 2: an odd side gets its last line twice."""
    height, width = pixels.shape[:2]
    padded = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(padded[:, :, :3])
