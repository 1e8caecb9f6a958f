"""What the coordinates of a surface are called: names of its axes, and letters for formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from surfaces.errors import must

AxisName = str | Mapping[str, str]

X_AND_Y: tuple[AxisName, ...] = ("x", "y")
WEIGHT_AND_BIAS: tuple[AxisName, ...] = (
    {"en": "weight w", "zh": "权重 w"},
    {"en": "bias b", "zh": "偏置 b"},
)
LONGEST = 60  # characters of a name

_UNIT = re.compile(r"\s*[\[(][^\])]*[\])]\s*$")
# Letters that all fonts of mathematics have; e is the number.
_LETTER = re.compile(r"(?:.*\s)?([a-df-zA-DF-Zα-ωΑ-Ω])")


def checked_axes(field: str, axes: Any) -> tuple[AxisName, AxisName]:
    """Two names, each a text or a mapping of language to text, or an `InputError`."""
    names = list(axes) if isinstance(axes, Sequence) and not isinstance(axes, str) else []
    if len(names) != 2 or not all(map(_is_name, names)):
        allowed = f"two names of at most {LONGEST} characters, such as ('weight', 'bias')"
        raise must(field, allowed, axes)
    x, y = (name if isinstance(name, str) else dict(name) for name in names)
    return x, y


def _is_name(name: Any) -> bool:
    texts = list(name.values()) if isinstance(name, Mapping) else [name]
    return ("en" in name if isinstance(name, Mapping) else True) and all(
        isinstance(text, str) and text.strip() and text.isprintable() and len(text) <= LONGEST
        for text in texts
    )


def said(name: AxisName, language: str) -> str:
    """The name in a language, else in English."""
    return name if isinstance(name, str) else name.get(language, name["en"])


def letters(axes: Sequence[AxisName]) -> dict[str, str]:
    """What x and y are called in formulas.

    A name that ends in a single letter, its unit aside, gives that one: "weight w", "temperature
    T [K]", "θ".
    """
    found = [_LETTER.fullmatch(_UNIT.sub("", said(name, "en"))) for name in axes]
    x, y = (match[1] if match else usual for match, usual in zip(found, "xy", strict=True))
    return {"x": x, "y": y} if x != y else {"x": "x", "y": "y"}
