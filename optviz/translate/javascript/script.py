"""How recorded operations are written as JavaScript."""

from __future__ import annotations

import json
from typing import Any

from optviz.optimizers.tracer import Recorder


class Script(Recorder):
    """Records JavaScript; division and powers are functions, which stop where Python does."""

    def number(self, value: float) -> str:
        """A constant, read back as the same float."""
        return json.dumps(value)  # repr, but with JavaScript's Infinity and NaN

    def binary(self, symbol: str, left: Any, right: Any) -> Any:
        """Write an operator; all but division are those of JavaScript."""
        if symbol == "/":
            return self.call("div", left, right)
        return super().binary(symbol, left, right)


def constants(lines: list[str]) -> list[str]:
    """Recorded lines as declarations."""
    return [f"const {line};" for line in lines]


def function(head: str, *body: str) -> str:
    """A function with one statement a line."""
    return f"{head} {{\n" + "".join(f"  {line}\n" for line in body) + "}"
