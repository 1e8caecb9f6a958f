"""Films against matplotlib's own way: FuncAnimation with PillowWriter drawing the same picture.

    python benchmarks/film.py            # about 3 minutes
    python benchmarks/film.py --memory 480   # peak memory of one film, for the table's second row

Needs gifsicle for its last row. Prints rows for `benchmarks/README.md`.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import imageio_ffmpeg
import numpy as np
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

import optviz
from optviz.export.clock import Clock

FRAMES, FPS = 120, 20
PEER_ROUNDS = 2


def our_film(views: tuple[str, ...], frames: int = FRAMES) -> optviz.Animation:
    """Trajectories, scene and clock; nothing is drawn but the background."""
    runs = optviz.race("himmelblau")
    return optviz.Animation(runs, Clock(FPS, frames / FPS, 0.0), views=views)


def ours(views: tuple[str, ...], path: Path) -> float:
    """Seconds from the trajectories to the file, the background included."""
    runs = optviz.race("himmelblau")
    began = time.perf_counter()
    optviz.Animation(runs, Clock(FPS, FRAMES / FPS, 0.0), views=views).save(path)
    return time.perf_counter() - began


def peer_figure(views: tuple[str, ...]) -> tuple[Any, Any]:
    """A figure and a function that draws frame ``i`` into it, by the book.

    Flat panels are our own artists, every one of them in a figure that matplotlib redraws whole:
    the very same picture. A relief is mplot3d's ``plot_surface``, which is what others use.
    """
    if not views[0].startswith("relief"):
        scene = our_film(views).scene

        def draw(i: int) -> None:
            for artist in scene._moving(i * scene.steps / (FRAMES - 1)):
                artist.set_animated(False)

        return scene.figure, draw
    return relief_figure(views)


def relief_figure(views: tuple[str, ...]) -> tuple[Any, Any]:
    """mplot3d's surface with five trails, and the loss beside it."""
    runs = optviz.race("himmelblau")
    grid = np.linspace(-6, 6, 90)
    height = np.log10(runs[0].surface(*np.meshgrid(grid, grid)) + 1)
    figure = Figure((8, 4), dpi=100)
    FigureCanvasAgg(figure)
    relief = figure.add_subplot(121, projection="3d")
    relief.plot_surface(*np.meshgrid(grid, grid), height, cmap="Blues_r", rcount=90, ccount=90)
    loss = figure.add_subplot(122, yscale="log", xlim=(0, 200), ylim=(1e-10, 1e3))
    trails = [relief.plot([], [], [])[0] for _ in runs]
    curves = [loss.plot([], [], label=run.label)[0] for run in runs]
    figure.legend(handles=curves, ncols=5, loc="lower center")

    def draw(i: int) -> None:
        k = round(i * 200 / (FRAMES - 1)) + 1
        for run, trail, curve in zip(runs, trails, curves, strict=True):
            trail.set_data_3d(*run.points[:k].T, np.log10(run.values[:k] + 1))
            curve.set_data(np.arange(k), run.values[:k])
        if views[0].endswith("turning"):
            relief.view_init(30, -60 + i)

    return figure, draw


def peer(views: tuple[str, ...], path: Path) -> float:
    """Seconds of FuncAnimation.save."""
    began = time.perf_counter()
    figure, draw = peer_figure(views)
    FuncAnimation(figure, draw, FRAMES).save(path, writer=PillowWriter(FPS))
    return time.perf_counter() - began


def psnr(path: Path, true_frame: Any) -> float:
    """The lowest over the film's frames, against what was drawn."""
    lowest = np.inf
    with Image.open(path) as image:
        for i in range(0, image.n_frames, 3):
            image.seek(i)
            error = np.mean((np.asarray(image.convert("RGB"), float) - true_frame(i)) ** 2)
            lowest = min(lowest, 10 * np.log10(255**2 / max(error, 1e-9)))
    return float(lowest)


def peer_frames(views: tuple[str, ...]) -> Any:
    figure, draw = peer_figure(views)

    def frame(i: int) -> Any:
        draw(i)
        figure.canvas.draw()
        return np.asarray(figure.canvas.buffer_rgba())[:, :, :3].astype(float)

    return frame


def compare(name: str, views: tuple[str, ...], folder: Path, quality: bool = False) -> None:
    """Alternate both and print a row."""
    mine, theirs = folder / "ours.gif", folder / "peer.gif"
    ours(views, mine)  # fonts and caches
    rounds = [(ours(views, mine), peer(views, theirs)) for _ in range(PEER_ROUNDS)]
    ratios = sorted(b / a for a, b in rounds)
    sizes = mine.stat().st_size, theirs.stat().st_size
    a, b = (median(column) for column in zip(*rounds, strict=True))
    print(
        f"| {name} | {a:.2f} s | {b:.1f} s | {ratios[0]:.0f}-{ratios[-1]:.0f}x "
        f"| {sizes[0] / 1000:.0f} kB | {sizes[1] / 1000:.0f} kB | 1/{sizes[1] / sizes[0]:.1f} |",
        flush=True,
    )
    if quality:
        film = our_film(views)
        print(f"lowest PSNR: ours {psnr(mine, film.frame):.1f} dB, peer "
              f"{psnr(theirs, peer_frames(views)):.1f} dB; "
              f"{8 * sizes[0] / (FRAMES * 800 * 400):.4f} bits a pixel", flush=True)  # fmt: skip
        others(mine, film, folder)


def others(mine: Path, film: optviz.Animation, folder: Path) -> None:
    """What gifsicle could still save, and what ffmpeg's palette makes of the same frames."""
    packed = folder / "packed.gif"
    subprocess.run(["gifsicle", "-O3", str(mine), "-o", str(packed)], check=True)
    saved = 1 - packed.stat().st_size / mine.stat().st_size
    raw = b"".join(film.frame(i).tobytes() for i in range(FRAMES))
    made = folder / "ffmpeg.gif"
    filters = "split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none"
    began = time.perf_counter()
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
         "-s", "800x400", "-r", str(FPS), "-i", "-", "-vf", filters, str(made)],
        input=raw, check=True,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    print(f"gifsicle -O3 saves {100 * saved:.1f} % more; ffmpeg palettegen/paletteuse: "
          f"{made.stat().st_size / 1000:.0f} kB, {psnr(made, film.frame):.1f} dB, "
          f"{seconds:.1f} s to encode frames already drawn", flush=True)  # fmt: skip


def memory(frames: int) -> None:
    """Save one film and print the process's peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        our_film(("contour", "loss"), frames).save(Path(folder) / "film.gif")
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{frames} frames: {seconds:.2f} s, peak {peak:.0f} MB", flush=True)


def main() -> None:
    """All rows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--memory", type=int)
    chosen = parser.parse_args()
    if chosen.memory:
        memory(chosen.memory)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compare("contour and loss", ("contour", "loss"), folder, quality=True)
        compare("relief, still camera", ("relief", "loss"), folder)
        compare("relief, turning camera", ("relief-turning", "loss"), folder)
    for frames in (120, 480, 2000):
        subprocess.run([sys.executable, __file__, "--memory", str(frames)], check=True)


if __name__ == "__main__":
    main()
