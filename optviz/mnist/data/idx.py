"""Image files as they are published: IDX, packed by gzip or not, and keras's ``mnist.npz``."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from optviz.mnist.data.published import Bytes
from surfaces.errors import InputError

KINDS = {2051: "images", 2049: "labels"}  # the first four bytes of an IDX file as a number
KINDS_OF_FILES = ("images", "labels", "images", "labels")
KERAS = ("x_train", "y_train", "x_test", "y_test")


class UnreadableError(InputError):
    """A file is not of the expected kind; ``found`` says what it is instead."""

    def __init__(self, path: Path, kind: str, found: str) -> None:
        super().__init__(f"data must be {kind}: {path}; not {found}")
        self.found = found


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
    UnreadableError
        Anything else, in one line that says what it is.

    Notes
    -----
    The format stands on http://yann.lecun.com/exdb/mnist/: two zero bytes, the type (8: unsigned
    byte), the number of axes, each axis's length as a big-endian int32, then the numbers.
    """

    def wrong(found: str) -> UnreadableError:
        return UnreadableError(path, f"an IDX file of {kind}", found)

    try:
        raw = path.read_bytes()
        content = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise wrong("one that is truncated or damaged") from None
    except OSError as error:
        raise wrong(str(error.strerror)) from None
    if not raw:
        raise wrong("an empty one")
    if raw.lstrip()[:1] == b"<":
        raise wrong("a web page; download it again")
    found = KINDS.get(int.from_bytes(content[:4], "big"))
    if found is None:
        raise wrong(f"one that begins with {content[:4]!r}")
    if found != kind:
        raise wrong(f"one of {found}; are two files swapped?")
    axes = content[3]
    start = 4 + 4 * axes
    shape = np.frombuffer(content[4:start].ljust(4 * axes, b"\0"), ">i4").astype(int)
    if (shape < 0).any():
        raise wrong("one whose sizes are negative; it is damaged")
    size = int(np.prod(shape))
    if len(content) - start != size:
        raise wrong(f"one of {max(len(content) - start, 0):,} bytes instead of {size:,}; it is "
                    "truncated or damaged")  # fmt: skip
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def read_npz(path: Path) -> tuple[Bytes, Bytes, Bytes, Bytes]:
    """Read the four arrays of keras's ``mnist.npz``, in the order of the four IDX files.

    Raises
    ------
    UnreadableError
        Another file, or arrays that are no bytes.
    """

    def wrong(found: str) -> UnreadableError:
        return UnreadableError(path, f"keras's npz with {', '.join(KERAS)}", found)

    try:
        with path.open("rb") as stream:
            archive: Any = np.load(stream, allow_pickle=False)
            if isinstance(archive, np.ndarray):
                raise wrong("a single array")
            missing = [name for name in KERAS if name not in archive]
            if missing:
                raise wrong(f"one without {', '.join(missing)}")
            arrays = [archive[name] for name in KERAS]
    except UnreadableError:
        raise
    except OSError as error:
        raise wrong(str(error.strerror or error)) from None
    except Exception:  # zipfile, zlib and NumPy have many words for it
        raise wrong("one that is truncated, damaged or no npz") from None
    for name, kind, array in zip(KERAS, KINDS_OF_FILES, arrays, strict=True):
        if array.ndim != (3 if kind == "images" else 1):
            raise wrong(f"one whose {name} has shape {array.shape}")
        if kind == "images" and array.dtype != np.uint8:
            raise wrong(f"one whose {name} is {array.dtype} instead of uint8")
        whole = array.dtype.kind in "iu"
        if not whole or (len(array) and not 0 <= array.min() <= array.max() <= 255):
            raise wrong(f"one whose {name} is no array of bytes")
    images, labels, test_images, test_labels = (a.astype(np.uint8, copy=False) for a in arrays)
    return images, labels, test_images, test_labels
