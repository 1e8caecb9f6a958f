"""The wheel and the sdist hold the two packages, their metadata and nothing else."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

ALLOWED_BESIDE = {"LICENSE", "PKG-INFO", "README.md", "MANIFEST.in", "pyproject.toml", "setup.cfg"}


def main(folder: str) -> None:
    """Exit with a message if a file is missing or too many."""
    (wheel,) = Path(folder).glob("*.whl")
    (sdist,) = Path(folder).glob("*.tar.gz")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    if tops != {"optviz", "surfaces"}:
        sys.exit(f"{wheel.name} holds {sorted(tops)}")
    for needed in (
        "optviz/py.typed",
        "surfaces/py.typed",
        "surfaces/tapes.json",
        "optviz/__init__.pyi",
    ):
        if needed not in names:
            sys.exit(f"{wheel.name} lacks {needed}")
    kinds = (".py", ".js", ".css", ".json")
    packaged = {name for name in names if name.endswith(kinds)}
    files = (path for top in ("optviz", "surfaces") for path in Path(top).rglob("*.*"))
    # Of JavaScript the bundle is packaged, not the modules that it is made of.
    source = {p.as_posix() for p in files if p.suffix in kinds and "js" not in p.parts}
    if packaged != source:
        sys.exit(f"{wheel.name} differs from the source: {sorted(packaged ^ source)}")
    with tarfile.open(sdist) as archive:
        members = [name.split("/")[1] for name in archive.getnames() if "/" in name]
    extra = set(members) - ALLOWED_BESIDE - {"optviz", "surfaces", "optviz.egg-info"}
    if extra:
        sys.exit(f"{sdist.name} holds {sorted(extra)}")
    print(f"{wheel.name}: {len(names)} files; {sdist.name}: {len(members)} files")


if __name__ == "__main__":
    main(sys.argv[1])
