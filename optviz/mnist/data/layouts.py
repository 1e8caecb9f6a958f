"""Find the four files of a data set on a disk, as published or as other libraries store them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from optviz.mnist.data.published import FILES, TITLES
from surfaces.errors import InputError, must, shown

# As published; with dots (Windows archives, Kaggle); in capitals; test for t10k.
NAMED = re.compile(r"(train|t10k|test)[-_. ](images|labels)[-_. ]idx[13][-_. ]ubyte(\.gz)?", re.I)
OTHER_PREFIX = re.compile(r".+(train|t10k|test)[-_.](images|labels)[-_.]idx[1-3]", re.I)
ARCHIVES = (".zip", ".tar", ".tgz", ".rar", ".7z")

# Folders and npz files, without capitals, dashes and the like.
NAMES = {"mnist": ("mnist",), "fashion": ("fashionmnist", "fashion")}
OTHERS = ("kmnist", "qmnist", "emnist")


class Found(NamedTuple):
    """The files of a data set that were found on a disk.

    Attributes
    ----------
    folder : Path
        What to give as data-dir to find it again; of an npz the file itself.
    files : tuple of tuple of Path
        In the order of `FILES`: where each may be read, the likeliest first; of an npz nothing.
    """

    folder: Path
    files: tuple[tuple[Path, ...], ...]


def find(given: str | os.PathLike[str], name: str) -> Found:
    """Find a data set in a folder, or from one of its files.

    Parameters
    ----------
    given : path
        A folder that holds the set or has it below (``MNIST/raw``, ``fashion-mnist``, ...), one of
        the four files, or an npz. ``~`` is the user's home.
    name : {"mnist", "fashion"}
        Whose folders to look for; whether it is this set is found from the content.

    Raises
    ------
    InputError
        Nothing there, a part of a set, or several sets: it says which.
    """
    root = _path(given)
    try:
        return _find(root, name)
    except OSError as error:  # a folder above it is closed, or no file can have that name
        raise InputError(
            f"data-dir must be a place that may be read; not {shown(str(root))}: {error.strerror}"
        ) from None


def _find(root: Path, name: str) -> Found:
    if root.is_file() or (root.is_dir() and NAMED.fullmatch(root.name)):
        return _of_file(root)
    if not root.is_dir():
        raise must("data-dir", "a folder that exists", str(root))
    if not os.access(root, os.R_OK | os.X_OK):
        raise must("data-dir", "a folder that may be read", str(root))
    own = _first_whole([root, *_raw(root)], name)
    found = own or inside(root, name)
    if found is not None:
        return found
    rest = [folder for folder in _folders(root) if not _named(folder, name)]
    sets = [held for folder in rest if (held := _first_whole([folder, *_raw(folder)], name))]
    free = [held for held in sets if _known(held.folder.relative_to(root).parts[0]) is None]
    if len(sets) == len(free) == 1:
        return free[0]
    if sets:
        raise _which(root, sets, name)
    raise _missing(root)


def inside(given: str | os.PathLike[str], name: str) -> Found | None:
    """The set in a subfolder or an npz of its name, as torchvision and keras store it."""
    root = _path(given)
    if not root.is_dir():
        return None
    folders = [folder for folder in _folders(root) if _named(folder, name)]
    return _first_whole([part for folder in folders for part in (folder, *_raw(folder))], name)


def _path(given: str | os.PathLike[str]) -> Path:
    try:
        return Path(os.path.expanduser(os.fspath(given)))
    except TypeError:
        raise must("data-dir", "a path", given) from None


def _of_file(path: Path) -> Found:
    """The set of a single file (or a folder with a file's name): an npz, or the files beside it."""
    if path.suffix.lower() == ".npz":
        return Found(path, ())
    if NAMED.fullmatch(path.name):
        # Kaggle puts a file into a folder of its own name.
        folder = path.parent.parent if NAMED.fullmatch(path.parent.name) else path.parent
        found = _whole(folder)
        if found is None:
            raise _missing(folder)
        return found
    first = " (unpack it first)" if path.suffix.lower() in ARCHIVES else ""
    raise must("data-dir", f"a folder, one of the four files or an npz{first}", str(path))


def _first_whole(folders: list[Path], name: str) -> Found | None:
    """The set in the first of these folders that holds its four files or its npz."""
    for folder in folders:
        found = _whole(folder) or next(
            (Found(path, ()) for path in _entries(folder)
             if path.suffix.lower() == ".npz" and _plain(path.stem) in NAMES[name]),
            None,
        )  # fmt: skip
        if found is not None:
            return found
    return None


def _whole(folder: Path) -> Found | None:
    files = _four(folder)
    return Found(folder, files) if all(files) else None


def _four(folder: Path) -> tuple[tuple[Path, ...], ...]:
    """For each of the four files the candidates in a folder, the published packed name first."""
    found: dict[str, list[Path]] = {name: [] for name in FILES}
    for path in _entries(folder):
        if NAMED.fullmatch(path.name):
            inner = _entries(path) if path.is_dir() else [path]
            for file in inner:
                if NAMED.fullmatch(file.name) and file.is_file():
                    found[_published(file.name)].append(file)

    def rank(path: Path) -> tuple[bool, bool]:
        stem = path.name.removesuffix(".gz")
        return stem not in FILES, path.suffix.lower() != ".gz"

    return tuple(tuple(sorted(paths, key=rank)) for paths in found.values())


def _published(name: str) -> str:
    """The name that a file has where it is published, without .gz."""
    named = NAMED.fullmatch(name)
    assert named is not None
    which, kind, _ = named.groups()
    start = "train" if which.lower() == "train" else "t10k"
    return next(file for file in FILES if file.startswith(f"{start}-{kind.lower()}"))


def _entries(folder: Path) -> list[Path]:
    """The entries of a folder; none where it may not be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _folders(root: Path) -> list[Path]:
    """The folders right below, but for hidden ones and those that hold one file of their name."""
    return [
        path
        for path in _entries(root)
        if not path.name.startswith(".") and not NAMED.fullmatch(path.name) and path.is_dir()
    ]


def _raw(folder: Path) -> list[Path]:
    """torchvision's folder of what was downloaded."""
    raw = folder / "raw"
    return [raw] if raw.is_dir() else []


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _known(text: str) -> str | None:
    """The data set that a folder is named after, or None."""
    plain = _plain(text)
    names = {**NAMES, **{other: (other,) for other in OTHERS}}
    return next((name for name, known in names.items() if plain in known), None)


def _named(folder: Path, name: str) -> bool:
    return _known(folder.name) == name


def _which(root: Path, sets: list[Found], name: str) -> InputError:
    """The error where only other sets, or several sets, were found: the user must choose."""
    listed = ", ".join(str(found.folder.relative_to(root)) for found in sets)
    return InputError(
        f"data-dir must have one folder that is named {TITLES[name]}, or be the folder of a set; "
        f"not {root}, which has {listed}: name the one that is meant"
    )


def _missing(root: Path) -> InputError:
    """The error about an incomplete set: which files are missing, and what is there instead."""
    files = _four(root)
    lacking = next(file for file, found in zip(FILES, files, strict=True) if not found)
    hint = ""
    names = [path.name for path in _entries(root)]
    other = next((n for n in names if OTHER_PREFIX.match(n) and not NAMED.match(n)), None)
    archive = next((n for n in names if Path(n).suffix.lower() in ARCHIVES), None)
    if other is not None:
        hint = f"; {other} is of EMNIST or QMNIST, which are not read"
    elif archive is not None:
        hint = f"; unpack {archive} first"
    return InputError(f"data-dir must hold {lacking}.gz (or {lacking}); {root} does not{hint}")
