"""The fonts of each language; installed ones are found even if matplotlib's cache is old."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.font_manager import FontEntry
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from optviz.words import LANGUAGES
from surfaces.errors import InputError, unknown

_CHINESE = ("NotoSansCJK", "NotoSansSC", "SourceHanSans", "wqy-", "msyh", "simhei", "PingFang",
            "STHeiti", "Hiragino Sans GB")  # fmt: skip
# Families drawn for Simplified Chinese: others have the same characters in the forms of Japan,
# Korea or Taiwan.
_SIMPLIFIED = re.compile(r"\b(SC|CN|GB)\b|Hei\b")
CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"  # signs, as a range of a regular expression
REGULAR, BOLD = 400, 700

MEANT = {"cn": ["zh"], "chinese": ["zh"], "中文": ["zh"], "english": ["en"]}  # as people type


def fonts(language: str) -> list[str]:
    """Font families to draw a language with, the first that has a letter being used for it.

    Raises
    ------
    InputError
        Chinese is asked for and this machine has no font for it.
    """
    if language == "en":
        return ["DejaVu Sans"]
    if language != "zh":
        raise unknown("language", language, LANGUAGES, meant=MEANT)
    faces = _chinese()
    # Matplotlib's list may be older than the font, and a user may rebuild it at any time.
    # Under a name of our own the font is found without touching what is there for others.
    known = font_manager.fontManager.ttflist
    known.extend(face for face in faces if face not in known)
    return ["DejaVu Sans", faces[0].name]


def fonts_of(text: str, language: str) -> list[str]:
    """The families for a text of the user's, which may have Chinese in an English picture."""
    return fonts("zh" if re.search(f"[{CHINESE}]", text) else language)


def add_chinese(text: Text) -> None:
    """Add the family for Chinese to a text of the user's figure that has such signs."""
    if re.search(f"[{CHINESE}]", text.get_text()):
        text.set_fontfamily([*text.get_fontfamily(), fonts("zh")[-1]])


@lru_cache(maxsize=1)
def _chinese() -> tuple[FontEntry, FontEntry]:
    """The regular and the bold face of the best font for Simplified Chinese.

    A font without a bold face is regular in headings too.
    """
    found = list(_faces())
    if not found:
        raise InputError(
            "language must be one that this machine has a font for; not 'zh': pip install "
            "'optviz[zh]' brings one, as does Debian's package fonts-noto-cjk"
        )
    regular = min(found, key=_unlike_regular)
    weights = [face for face in found if face.name == regular.name]
    bold = min(weights, key=lambda face: abs(int(face.weight) - BOLD))
    own = f"optviz {regular.name}"
    return (
        dataclasses.replace(regular, name=own, weight=REGULAR),
        dataclasses.replace(bold, name=own, weight=BOLD),
    )


def _unlike_regular(face: FontEntry) -> tuple[bool, int]:
    return not _SIMPLIFIED.search(face.name), abs(int(face.weight) - REGULAR)


def _faces() -> Iterator[FontEntry]:
    """Every face of the Chinese fonts of this machine; among equally good ones the first is used.

    Matplotlib reads all faces of a collection (.ttc) since 3.11, before only the first, which is
    the Japanese one of Noto Sans CJK: then a font of Simplified Chinese alone goes before it.
    """
    for path in [*sorted(font_manager.findSystemFonts()), *_packaged()]:
        name = Path(path).name.lower()
        if any(part.lower() in name for part in _CHINESE) and "serif" not in name:
            # As matplotlib passes over a file that it can't read when it makes its list.
            with suppress(OSError, RuntimeError):
                first = FT2Font(path)
                yield font_manager.ttfFontProperty(first)
                if hasattr(first, "face_index"):
                    for index in range(1, first.num_faces):
                        yield font_manager.ttfFontProperty(FT2Font(path, face_index=index))


def _packaged() -> list[str]:
    """Noto Sans SC as the package zhplot ships it; importing it would change matplotlib."""
    found = importlib.util.find_spec("zhplot")
    folders = (found.submodule_search_locations if found else None) or []
    return [str(path) for folder in folders for path in sorted(Path(folder).glob("fonts/*.ttf"))]
