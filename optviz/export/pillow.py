"""WebP and PNG through Pillow, which asks for one frame after another."""

from __future__ import annotations

from typing import IO, Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from optviz.export.protocol import Film, Progress
from optviz.scene.style import DENSITY

DESCRIPTION = 0x010E  # Exif's ImageDescription


class FilmImage(Image.Image):
    """A film as Pillow's own multi-frame image: frames are made when Pillow seeks them."""

    def __init__(self, film: Film, progress: Progress) -> None:
        super().__init__()
        self._film, self._progress, self._at = film, progress, -1
        self.n_frames = len(film)
        self.is_animated = True
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Make a frame and hold it; the one before is forgotten."""
        if not 0 <= frame < self.n_frames:
            raise EOFError(f"no frame {frame}")
        if frame != self._at:
            if frame > self._at:
                self._progress(frame - max(self._at, 0))
            picture = Image.fromarray(self._film.rgba(frame)).convert("RGB")
            self.im, self._mode, self._size = picture.im, picture.mode, picture.size
            self._at = frame

    def tell(self) -> int:
        """The frame that is held."""
        return self._at


def write_webp(film: Film, stream: IO[bytes], progress: Progress) -> None:
    """A film with every pixel exact, for browsers."""
    exif = Image.Exif()
    exif[DESCRIPTION] = film.alt
    FilmImage(film, progress).save(
        stream, "WEBP", save_all=True, duration=film.clock.ticks(1000), loop=int(film.clock.once),
        lossless=True, quality=30, method=1, exif=exif,
    )  # fmt: skip
    progress(1)


def write_png(film: Film, stream: IO[bytes], progress: Progress) -> None:
    """The last frame, as pixels."""
    info = PngInfo()
    info.add_itxt("Description", film.alt)
    picture: Any = Image.fromarray(film.rgba(len(film) - 1)).convert("RGB")
    picture.save(stream, "PNG", optimize=True, pnginfo=info, dpi=(DENSITY, DENSITY))
    progress(len(film))
