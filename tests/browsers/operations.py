"""Single operations of a browser against those of Python, which are C's, bit by bit."""

from __future__ import annotations

import base64
import math

import numpy as np

COUNT = 100_000


def points():
    """Where each operation is tried."""
    rng = np.random.default_rng(8)
    wide = rng.uniform(-20, 20, COUNT)
    positive = 10.0 ** rng.uniform(-3, 3, COUNT)
    return {
        **dict.fromkeys(("exp", "sin", "cos", "tan", "tanh", "sinh", "cosh"), (wide,)),
        "log": (positive,),
        "sqrt": (positive,),
        "pow": (positive, rng.uniform(-5, 5, COUNT)),
        # What Adam asks: powers of a decay near 1.
        "pow of a beta": (1 - 10.0 ** rng.uniform(-4, -0.3, COUNT),
                          rng.integers(1, 1000, COUNT).astype(float)),
    }  # fmt: skip


def operations(page):
    """Those of which some results are not Python's: how many, and by how many last bits."""
    parts = [f"{name} {share:.2%} (up to {most})" for name, share, most in unequal(page) if share]
    return ", ".join(parts) or "none"


def unequal(page):
    for name, values in points().items():
        called = name.split()[0]
        texts = [base64.b64encode(value.tobytes()).decode() for value in values]
        found = np.frombuffer(base64.b64decode(page.call("applied", called, *texts)))
        own = map(getattr(math, called), *(value.tolist() for value in values))
        apart = np.abs(found.view(np.int64) - np.array(list(own)).view(np.int64))
        yield name, np.count_nonzero(apart) / COUNT, int(apart.max())
