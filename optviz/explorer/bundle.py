"""The explorer's JavaScript in one file, as `npm run build` makes it of the modules in ``js``."""

from __future__ import annotations

from importlib import resources

# What rules, schedules and surfaces written as JavaScript call; `main.js` exports it.
_ARITHMETIC = (
    "UNDEFINED", "divide", "mod", "sqrt", "cos", "exp", "log", "tanh", "floor", "pow", "power",
    "cbrt", "abs", "sign", "minimum", "maximum", "whereLess", "whereLessEqual", "where", "slope",
)  # fmt: skip


def bundle() -> str:
    """Statements that declare ``optvizExplorer``, and the functions that derived code calls."""
    text = (resources.files(__package__) / "bundle.js").read_text(encoding="utf-8")
    return f"{text}const {{ {', '.join(_ARITHMETIC)} }} = optvizExplorer.arithmetic;\n"


def minified(text: str) -> str:
    """JavaScript of ours without indentation; it holds no string of several lines."""
    return "\n".join(line.strip() for line in text.splitlines())
