"""Files appear whole or not at all: written under a temporary name, then moved."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from surfaces.errors import InputError, must


def check_writable(path: str | Path, suffixes: Collection[str] = ()) -> Path:
    """The path, if a file of one of these kinds can be written there; asked before any work.

    Raises
    ------
    InputError
        Another suffix, the folder does not exist or may not be written, or the path is a folder.
    """
    target = Path(path)
    if suffixes and target.suffix.lower() not in suffixes:
        raise must("output", f"a file named with {', '.join(suffixes)}", str(path))
    folder = target.parent
    if target.is_dir():
        raise must("output", "a file", f"{target}, a folder")
    if not folder.is_dir():
        raise must("output", "in a folder that exists", str(target))
    if not os.access(folder, os.W_OK) or (target.exists() and not os.access(target, os.W_OK)):
        raise must("output", "in a place that may be written", str(target))
    return target


def check_folder(path: str | Path, allowed: str, replaces: str | None = None) -> Path:
    """The folder, if it is new or empty and can be written; asked before any work is done.

    Parameters
    ----------
    path : path
    allowed : str
        What it must be, for the error.
    replaces : str, optional
        A folder that holds a file of this name is an old one, which may be replaced.

    Raises
    ------
    InputError
        Another folder, or one that may not be written.
    """
    target = Path(path)
    if target.exists():
        free = target.is_dir() and not any(target.iterdir())
        old = replaces is not None and (target / replaces).is_file()
        if not (free or old):
            raise must("output", allowed, str(target))
    elif not target.parent.is_dir():
        raise must("output", "in a folder that exists", str(target))
    try:
        if not target.exists():  # trying is the only sure test
            target.mkdir()
            target.rmdir()
        elif not os.access(target, os.W_OK):
            raise PermissionError
    except OSError:
        raise must("output", "in a place that may be written", str(target)) from None
    return target


def make_folder(path: Path) -> None:
    """Make the folder unless it is there.

    Raises
    ------
    InputError
        It cannot be made.
    """
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise must("output", "a folder that can be made", f"{path}: {error.strerror}") from None


@contextmanager
def replacing(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a new file that takes the place of ``path`` when the block ends without an exception.

    Raises
    ------
    InputError
        The file cannot be written (no such folder, no right, disk full).
    """
    target = check_writable(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise _unwritable(target, error) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)  # mkstemp's files are private, a GIF is not
        temporary.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(target: Path, error: OSError) -> InputError:
    reason = error.strerror or error
    return InputError(f"output must be in a place that may be written; not {target}: {reason}")
