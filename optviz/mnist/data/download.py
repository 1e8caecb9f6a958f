"""The published files, fetched once into the user's cache and checked."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from optviz.mnist.data.layouts import Found
from optviz.mnist.data.published import CHECKSUMS, FILES, MIRRORS
from surfaces.errors import InputError

FOLDER_VARIABLE = "OPTVIZ_MNIST_DIR"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def downloaded(name: str, progress: bool | None) -> Found:
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
