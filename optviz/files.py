"""Write files so that they appear whole or not at all: under a temporary name, then moved."""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from surfaces.errors import InputError, must, unknown

CACHE = "OPTVIZ_CACHE_DIR"  # an environment variable that names the folder
_unfinished: set[Path] = set()  # temporary files and folders that are in use now


def cache_folder() -> Path:
    """Where unfinished work and compiled kernels are kept: the user's cache, or as `CACHE` says."""
    if given := os.environ.get(CACHE):
        return Path(given)
    import platformdirs

    return Path(platformdirs.user_cache_dir("optviz"))


def check_writable(path: str | Path, suffixes: Collection[str] = ()) -> Path:
    """The path, if a file of one of these kinds can be written there; checked before any work.

    Raises
    ------
    InputError
        Another suffix, the folder does not exist or may not be written, or the path is a folder, a
        device or anything else that is not a file.
    """
    target = Path(path)
    if suffixes and target.suffix.lower() not in suffixes:
        raise must("output", f"a file named with {', '.join(suffixes)}", str(path))
    there = _status(target)
    if str(path).endswith(os.sep) or (there is not None and stat.S_ISDIR(there.st_mode)):
        raise must("output", "a file", f"{target}, a folder")
    if there is not None and not stat.S_ISREG(there.st_mode):
        raise must("output", "a file, neither pipe nor device", str(target))
    folder = _behind(target).parent
    if not folder.is_dir():
        raise must("output", "in a folder that exists", str(target))
    if not os.access(folder, os.W_OK) or (there and not os.access(target, os.W_OK)):
        raise must("output", "in a place that may be written", str(target))
    return target


def _status(path: Path) -> os.stat_result | None:
    """The status of what the path leads to, links followed; None if there is nothing.

    Raises
    ------
    InputError
        It cannot be found out: a loop of links, a name too long, a folder that may not be entered.
    """
    try:
        return os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unwritable(path, error) from None
    except ValueError:  # a null character
        raise must("output", "a name that a file can have", str(path)) from None


def _behind(path: Path) -> Path:
    """The path with links followed, whether its file exists or not."""
    return Path(os.path.realpath(path))


def check_folder(path: str | Path, allowed: str, replaces: str | None = None) -> Path:
    """The folder, if it is new or empty and can be written; checked before any work is done.

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
    there = _status(target)
    if not str(path):
        raise must("output", allowed, "")
    if there is None:
        if not target.parent.is_dir():
            raise must("output", "in a folder that exists", str(target))
    elif not stat.S_ISDIR(there.st_mode):
        raise must("output", allowed, str(target))
    try:
        if there is None:  # trying is the only sure test
            try:
                target.mkdir()
            finally:
                with suppress(FileNotFoundError):
                    target.rmdir()
        elif any(target.iterdir()) and not (replaces and (target / replaces).is_file()):
            raise must("output", allowed, str(target))
        elif not os.access(target, os.W_OK):
            raise PermissionError
    except OSError:
        raise must("output", "in a place that may be written", str(target)) from None
    return target


@contextmanager
def filling(path: Path) -> Iterator[Path]:
    """Make the folder unless it exists; remove what is new in it if the block raises.

    Raises
    ------
    InputError
        It cannot be made, or not be written.
    """
    before = set(path.iterdir()) if path.exists() else None
    try:
        make_folder(path)
        yield path
    except BaseException as error:
        if before is None:
            shutil.rmtree(path, ignore_errors=True)
        else:
            for new in set(path.iterdir()) - before:
                new.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise


def check_target(
    target: str | Path | IO[bytes], suffixes: Collection[str], format: str | None = None
) -> str:
    """The suffix of the kind of file that is written to a path or into a stream.

    Raises
    ------
    InputError
        As `check_writable` does; a stream without ``format`` or with another one, a stream of text,
        or a path with a ``format`` that its suffix does not say.
    """
    kinds = [suffix[1:] for suffix in suffixes]
    wanted = None if format is None else str(format).lower().removeprefix(".")
    if isinstance(target, (str, Path)):
        suffix = check_writable(target, suffixes).suffix.lower()
        if wanted not in (None, suffix[1:]):
            raise must("format", f"left out where a path says it, {suffix[1:]}", format)
        return suffix
    stream: Any = target
    if isinstance(stream, io.TextIOBase) or not hasattr(stream, "write"):
        raise must("output", "a path or a stream of bytes", target)
    if getattr(stream, "closed", False) or not getattr(stream, "writable", lambda: True)():
        raise must("output", "a stream that can be written", target)
    if wanted is None:
        raise must("format", f"given with a stream, one of {', '.join(kinds)}", None)
    if wanted not in kinds:
        raise unknown("format", wanted, kinds)
    return f".{wanted}"


@contextmanager
def opened(target: str | Path | IO[bytes]) -> Iterator[IO[bytes]]:
    """Open what appears at a path, or is written into a stream, when the block ends; or not at all.

    A stream need not be able to go back.
    """
    if isinstance(target, (str, Path)):
        with replacing(target) as stream:
            yield stream
    else:
        made = io.BytesIO()
        yield made
        target.write(made.getvalue())


def make_folder(path: Path) -> None:
    """Make the folder unless it exists.

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

    A symbolic link stays, and the file behind it is replaced. The new file has the mode of the old
    one, and its owner where the system allows that. It is another file, though: a second hard link
    keeps the old content, for nobody may ever find half a file under either name.

    Raises
    ------
    InputError
        The file cannot be written (no such folder, no right, disk full).
    """
    target = check_writable(path)
    real, old = _behind(target), _status(target)
    try:
        with temporary(real.parent, real.name, 0o666 if old is None else 0o600) as made:
            with made.open("wb") as stream:
                yield stream
            if old is not None:
                _take_after(made, old)
            made.replace(real)
    except OSError as error:
        raise _unwritable(target, error) from None


@contextmanager
def temporary(folder: Path, name: str, mode: int = 0o600) -> Iterator[Path]:
    """A new, empty, hidden file of a similar name; it is gone when the block ends."""
    path = folder / f".{name[:48]}.{secrets.token_hex(8)}"  # short: names end at 255 bytes
    _unfinished.add(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
        yield path
    finally:
        path.unlink(missing_ok=True)
        _unfinished.discard(path)


def remove_unfinished() -> None:
    """Remove the files of `temporary` that still exist; for a process that is about to end."""
    for path in list(_unfinished):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _take_after(path: Path, old: os.stat_result) -> None:
    """Give a file the mode of another and, if that is allowed, its owner."""
    new = os.stat(path)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        with suppress(PermissionError):
            os.chown(path, old.st_uid, old.st_gid)
    path.chmod(stat.S_IMODE(old.st_mode))


def named_after(text: str) -> str:
    """A short, readable file name made from a text; two texts hardly ever have the same."""
    words = re.sub(r"[^0-9a-z]+", "-", text.lower().replace("**", "")).strip("-")
    code = hashlib.sha256("".join(text.split()).encode()).hexdigest()[:4]
    return f"{words[:40].rstrip('-')}-{code}".lstrip("-")


def _unwritable(target: Path, error: OSError) -> InputError:
    reason = error.strerror or error
    return InputError(f"output must be in a place that may be written; not {target}: {reason}")
