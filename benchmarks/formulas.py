"""The slowest formula that is accepted: random ones, changed again and again where they are slow.

    python benchmarks/formulas.py [SECONDS [SEED]]

Prints each new worst, in seconds of CPU from the text to values, gradient, Hessian and LaTeX, with
SymPy's cache empty.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from sympy.core.cache import clear_cache

from surfaces.errors import FormulaError
from surfaces.grammar import MAX_LENGTH, Node, read, written
from surfaces.latex import latex
from surfaces.tokens import FUNCTIONS, SHORTHANDS
from surfaces.trace import Trace

POINTS = np.array([1.3, 0.7]), np.array([0.9, 1.1])
LEAVES = ["x", "y", "x", "y", "2", "3", "0.5", "1.7", "7", "1e3", "pi", "e", "x*y", "2*x", "-1",
          "x**2", "x + y", "1/7", "pi*x", "sqrt(2)", "x**0.5", "x**y", "2**x",
          "pi - 2"]  # fmt: skip
ONE = ["-(#)", *(f"{name}(#)" for name, count in FUNCTIONS.items() if count == 1),
       *(f"{name}(#)" for name, text in SHORTHANDS.items() if "y" not in text),
       *(f"(#)**({power})" for power in LEAVES if power != "1e3"), "(#)**100"]  # fmt: skip
TWO = ["(#) + (#)", "(#) - (#)", "(#)*(#)", "(#)/(#)", "(#)**(#)", "minimum(#, #)", "maximum(#, #)",
       "atan2(#, #)", "hypot(#, #)", "where(# < #, x, y)", "where(x < 1, #, #)"]  # fmt: skip


def grown(rng: random.Random, depth: int, slim: bool) -> str:
    """A formula of so many levels; a slim one has one deep branch at each."""
    if depth <= 0:
        return rng.choice(LEAVES)
    pattern = rng.choice(ONE if rng.random() < 0.5 else TWO)
    while "#" in pattern:
        pattern = pattern.replace("#", grown(rng, depth - 1, slim), 1)
        depth = rng.randrange(2) if slim else depth
    return pattern


def repeated(rng: random.Random) -> str:
    """One pattern in itself, as deep as is allowed."""
    pattern = grown(rng, rng.randrange(1, 3), True).replace("x", "#", 1)
    text = rng.choice(LEAVES)
    for _ in range(24):
        deeper = pattern.replace("#", f"({text})")
        if len(deeper) > MAX_LENGTH or "#" not in pattern:
            break
        text = deeper
    return text


def chained(rng: random.Random) -> str:
    """A long sum, product or quotient."""
    terms = (f"({grown(rng, rng.randrange(1, 4), rng.random() < 0.5)})" for _ in range(60))
    text = rng.choice("+-*/").join(terms)[:700]
    return text[: text.rfind(")") + 1]


def places(node: Node, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Node]]:
    """Every part that may be replaced, and the way to it."""
    if node.kind != "compare":
        yield path, node
    for i, part in enumerate(node.parts):
        yield from places(part, (*path, i))


def put(node: Node, path: tuple[int, ...], new: Node) -> Node:
    """The tree with another part in a place."""
    if not path:
        return new
    first, *rest = path
    parts = list(node.parts)
    parts[first] = put(parts[first], tuple(rest), new)
    return replace(node, parts=tuple(parts))


def changed(rng: random.Random, text: str) -> str:
    """The formula with one part replaced, wrapped or moved."""
    tree = read(text)
    found = list(places(tree))
    (path, part), (_, other) = rng.choice(found), rng.choice(found)
    new = rng.choice([rng.choice(LEAVES), written(other), rng.choice(ONE), rng.choice(TWO)])
    for inside in (written(part), rng.choice([written(other), rng.choice(LEAVES)])):
        new = new.replace("#", inside, 1)
    return written(put(tree, path, read(new)))


def cost(text: str) -> float | None:
    """CPU seconds, or None where the formula is refused."""
    clear_cache()
    began = time.process_time()
    try:
        trace = Trace(text)
        trace.value_and_gradient(*POINTS)
        trace.hessian(*POINTS)
        assert latex(text)
    except FormulaError:
        return None
    return time.process_time() - began


def main(seconds: float = 300, seed: int = 1) -> None:
    """Fill a pool for a third of the time, then change what is in it."""
    rng = random.Random(seed)
    began = time.time()
    pool: list[tuple[float, str]] = []
    worst, tried = 0.0, 0
    cost("sin(x)")  # what SymPy loads at its first use
    while (passed := time.time() - began) < seconds:
        try:
            if passed < seconds / 3 or not pool:
                kind = rng.randrange(4)
                makers = [
                    repeated,
                    chained,
                    lambda r: grown(r, 20, True),
                    lambda r: grown(r, 5, False),
                ]
                text = written(read(makers[kind](rng)))
            else:
                text = min(rng.sample(pool, min(3, len(pool))), key=pool.index)[1]
                for _ in range(rng.randrange(1, 5)):
                    text = changed(rng, text)
        except FormulaError:
            continue
        taken = cost(text) if len(text) <= MAX_LENGTH else None
        if taken is None:
            continue
        tried += 1
        pool = sorted([*pool, (taken, text)], reverse=True)[:40]
        if taken > 1.1 * worst:
            worst = taken
            print(f"{worst:.2f} s after {tried} formulas: {text}", flush=True)
    print(f"{tried} formulas accepted; the worst took {worst:.2f} s")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]), *map(int, sys.argv[2:3]))
