"""Join the explorer's ES modules into one: a page opened from disk cannot import files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from importlib import resources

_NAMES = r"\{\s*[\w$]+(?:\s*,\s*[\w$]+)*,?\s*\}"
_IMPORT = re.compile(rf'^import {_NAMES} from "\./([\w.-]+)";\n', re.MULTILINE)
_DECLARATION = re.compile(
    r"^(export )?((?:async )?function\*?|const|let|class) ([\w$]+)", re.MULTILINE
)
# Whole lines of comment, and blank ones; a page that is sent by mail should be small.
_COMMENT = re.compile(
    r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)?[ \t]*\n", re.MULTILINE | re.DOTALL
)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def bundle(names: Sequence[str], exports: Collection[str] = ()) -> str:
    """Join modules of this folder into the text of one ES module.

    Parameters
    ----------
    names : sequence of str
        Such as ``["arithmetic.js", "engine.js"]``; a module comes after those that it imports.
    exports : collection of str
        What the whole exports; all else is plain, and known to what is written below it.

    Raises
    ------
    ValueError
        An import of anything but names of a module before, another form of export, a name that
        two modules declare, or an export that none has.
    """
    parts: list[str] = []
    declared: Counter[str] = Counter()
    exported: set[str] = set()
    for i, name in enumerate(names):
        text = (resources.files(__package__) / name).read_text(encoding="utf-8")
        text = _COMMENT.sub("", text)
        for needed in _IMPORT.findall(text):
            if needed not in names[:i]:
                raise ValueError(f"{name} must come after {needed}, which it imports")
        text = _IMPORT.sub("", text)
        other = _OTHER.search(_DECLARATION.sub("", text))
        if other:
            raise ValueError(f"{name} must import names of our modules; not: {other[0]}")
        for export, _, declaration in _DECLARATION.findall(text):
            declared[declaration] += 1
            if export:
                exported.add(declaration)
        text = _DECLARATION.sub(lambda found: _plain(found, exports), text)
        parts.append(text)
    twice = sorted(name for name, count in declared.items() if count > 1)
    if twice:
        raise ValueError(f"names must be declared in one module only; not {', '.join(twice)}")
    missing = sorted(set(exports) - exported)
    if missing:
        raise ValueError(f"exports must be exported by a module; not {', '.join(missing)}")
    return dedented("\n".join(parts))


def dedented(text: str) -> str:
    """The text without indentation; our modules hold no string of several lines."""
    return re.sub(r"^[ \t]+", "", text, flags=re.MULTILINE)


def _plain(found: re.Match[str], exports: Collection[str]) -> str:
    _, kind, name = found.groups()
    return f"{'export ' if name in exports else ''}{kind} {name}"
