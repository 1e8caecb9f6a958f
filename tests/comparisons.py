"""Small comparisons of trainings."""

from __future__ import annotations

import csv
import io

from optviz import mnist

SMALL = {"hidden": (8,), "samples": 300, "batch_size": 50, "progress": False}


def compare(data, *axes, **settings):
    return mnist.compare(data, *axes, **(SMALL | {"jobs": 1} | settings))


def rows(path):
    """What a table holds."""
    return list(csv.DictReader(io.StringIO(path.read_text())))
