"""The lines of an optimizer's rule as JavaScript: their expressions, and what gives the values."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

from optviz.optimizers import Optimizer
from optviz.translate.javascript.rules import Maker, arguments, check_optimizer, variants
from optviz.translate.javascript.script import Script, constants, function
from optviz.translate.latex import symbol
from optviz.translate.mathml import mathml
from optviz.translate.statements import Name, Tree, read

VARIANT = """\
const variant = (indices, computed) => ({
  names,
  lines: indices.map((i) => lines[i]),
  values: (...all) => ({ ...given(...all), ...computed(...all) }),
});
"""
RECORDED = re.compile(r"t\d+")  # what `Script` calls the results of its lines


def lines_source(kind: type[Optimizer]) -> str:
    """The lines of `optviz.translate.latex`: an array of ``RuleLines`` (explorer/lines.js).

    Parameters
    ----------
    kind : subclass of Optimizer
        Of ours or the user's own.

    Returns
    -------
    str
        One entry for each variant of `rule_source`, in its order.

    Raises
    ------
    InputError
        What `rule_source` refuses, and a rule whose source cannot be read.
    """
    check_optimizer(kind)
    shared = _Shared()
    entries = "".join(f"{entry},\n" for entry in variants(kind, shared.variant))
    names = "".join(f"{_key(key)}: {_json(text)},\n" for key, text in shared.names.items())
    lines = "".join(f"{text},\n" for text in shared.lines)
    return (
        "(() => {\n"
        f"const names = {{\n{textwrap.indent(names, '  ')}}};\n"
        f"const lines = [\n{textwrap.indent(lines, '  ')}];\n"
        f"const given = {_parameters(shared.slots)} => ({_object(shared.given)});\n"
        f"{VARIANT}return [\n{entries}];\n"
        "})()"
    )


class _Shared:
    """What the variants of one optimizer have in common."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}  # markup by key
        self.given: dict[str, str] = {}  # what stands for a number that a step is given, by key
        self.lines: dict[str, int] = {}  # index by text
        self.slots = 0

    def variant(self, make: Maker) -> str:
        """``RuleLines`` of one variant."""
        slots = make(Script()).slots(0.0)
        self.slots = max(self.slots, len(slots))
        script = Script()
        keys = _Keys(script, self)
        texts = [
            f"[{_json(keys.of(line.target))},{_json(keys.tree(line.tree))}]"
            for line in read(make(script), *arguments(script, slots))
        ]
        indices = [self.lines.setdefault(text, len(self.lines)) for text in texts]
        computed = {key: text for key, text in keys.values.items() if self.given.get(key) != text}
        body = constants([", ".join(script.lines)] if script.lines else [])
        body.append(f"return {_object(computed)};")
        return f"variant({indices}, {function(f'{_parameters(len(slots))} =>', *body)})"


class _Keys:
    """Keys for the names of one variant: what Python calls them, and a $ for each later value."""

    def __init__(self, script: Script, shared: _Shared) -> None:
        self.script, self.shared = script, shared
        self.values: dict[str, str] = {}  # JavaScript

    def of(self, name: Name) -> str:
        """The key under which a name's markup and value are found."""
        key, markup = name.text + "$" * name.primes, mathml(symbol(name))
        text = self.script.text(name.value)
        # Another variant may show the key differently; here it may hold another value.
        while self.shared.names.get(key, markup) != markup or self.values.get(key, text) != text:
            key += "$"
        self.shared.names[key] = markup
        self._keep(key, text)
        return key

    def condition(self, name: Name) -> str:
        """Likewise of a condition, which is never shown."""
        key, text = f"{name.text}?", self.script.text(name.value)
        while self.values.get(key, text) != text:
            key += "$"
        self._keep(key, text)
        return key

    def _keep(self, key: str, text: str) -> None:
        self.values[key] = text
        if not RECORDED.fullmatch(text):
            self.shared.given.setdefault(key, text)

    def tree(self, tree: Tree) -> Any:
        """``LineTree`` of ``explorer/lines.js``."""
        if isinstance(tree, Name):
            return self.of(tree)
        if isinstance(tree, (int, float)):
            return tree
        first, *others = tree.parts
        if tree.name == "where" and isinstance(first, Name):
            return ["where", self.condition(first), *map(self.tree, others)]
        return [tree.name, *map(self.tree, tree.parts)]


def _parameters(slots: int) -> str:
    return f"(h, t, lr, g, p, [{', '.join(f's{i}' for i in range(slots))}])"


def _object(members: dict[str, str]) -> str:
    texts = (key if key == text else f"{_key(key)}: {text}" for key, text in members.items())
    return f"{{ {', '.join(texts)} }}"


def _key(text: str) -> str:
    """A key of an object: quoted where it is not a name, as a condition is not."""
    return text if text.replace("$", "_").isidentifier() else _json(text)


def _json(value: Any) -> str:
    """JSON that may stand in a page: no part of it ends a script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</s", "<\\/s")
