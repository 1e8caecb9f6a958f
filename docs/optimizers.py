"""Write docs/optimizers.md: every class of torch.optim, ours, and how far they agree, measured.

python docs/optimizers.py     # a minute; needs torch
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # the table that the tests are driven by

import cases  # noqa: E402
import streams  # noqa: E402
from test_torch_optim import torch_path  # noqa: E402

import optviz  # noqa: E402
import surfaces  # noqa: E402

TARGET = ROOT / "docs" / "optimizers.md"
HEAD = """# torch.optim, class by class

Written by `python docs/optimizers.py` from measurements; a test says when a class or a setting is
missing. The difference is the largest one of a coordinate, as a share of the largest coordinate,
over 1,000 steps on one fixed stream of gradients in float64, the worst of all settings tried; each
setting is tried off its default, each boolean both ways. How torch computes (`foreach`, `fused`,
`capturable`, `differentiable`) is no setting of a rule.

| torch.optim | ours | difference | settings tried | what is different on purpose |
|---|---|---|---|---|
"""
ON_PURPOSE = {
    "GD": "torch has one class for both; its rate is 0.001 there, 0.01 here",
    "Momentum": "a class of its own, with `momentum` 0.9 unless given",
    "Adam": "`bias_correction=False`, for teaching, is ours alone",
    "AdamW": "`bias_correction=False`, for teaching, is ours alone",
    "ASGD": "nothing; the average `ax` is a slot, as in torch",
    "Adafactor": "`eps` begins with 0 where torch has None: the machine epsilon of the type. A "
    "vector is kept as a column",
    "Muon": "compared without torch's rounding to bfloat16; `match_rms_adamw=True` is its "
    "`adjust_lr_fn`; `maximize` is ours. On a surface a point is one column",
    "LBFGS": "a step is one of torch's iterations, of which its `step` makes up to `max_iter`; "
    "`history_size` 5, as in the paper (torch: 100)",
}


class Row(NamedTuple):
    """A row of the table, and what measures its difference."""

    torch: str
    ours: str
    measure: Callable[[], float] | None
    settings: str
    purpose: str

    def written(self, measured: bool) -> str:
        """The row as Markdown; the difference is a question mark unless it is measured."""
        number = f"{self.measure():.0e}" if measured and self.measure else "?"
        known = number.replace("0e+00", "0") if self.measure else "none"
        ours = f"`{self.ours}`" if self.ours else "none"
        return f"| `{self.torch}` | {ours} | {known} | {self.settings} | {self.purpose} |"


def difference(found: Any, expected: Any) -> float:
    """The largest difference of a coordinate, as a share of the largest coordinate."""
    return float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-300))


def of_case(case: cases.Case) -> Callable[[], float]:
    """The worst of all settings of a case and of all steps."""

    def measure() -> float:
        runs = (
            zip(
                streams.our_run(case.ours(**({"lr": 0.01} | settings)), "floats"),
                streams.torch_run(case, settings),
                strict=True,
            )
            for settings in case.settings
        )
        return max(difference(ours, theirs) for run in runs for (ours, _), (theirs, _) in run)

    return measure


def of_line_search() -> float:
    """The worst of 15 steps on the surfaces that have a lowest value."""
    worst = 0.0
    for surface in map(surfaces.get, surfaces.names()):
        if surface.name in ("hyperbolic_saddle", "monkey_saddle"):
            continue
        run = optviz.descend(surface, "linesearch(lbfgs)", steps=15)
        expected = torch_path(surface, 15, lr=1.0, history_size=5, max_eval=26,
                              line_search_fn="strong_wolfe")  # fmt: skip
        size = max(1.0, np.abs(expected).max())
        worst = max(worst, float(np.abs(run.points[1:] - expected).max() / size))
    return worst


def of_sparse_adam() -> float:
    """torch's SparseAdam, given each gradient with all its indices, and Adam; both without eps."""
    tensor = torch.tensor(streams.start_for(optviz.Adam)).requires_grad_()
    judge = torch.optim.SparseAdam([tensor], lr=0.01, eps=1e-300)
    worst = 0.0
    places = torch.arange(streams.SIZE)[None]
    runs = streams.our_run(optviz.Adam(lr=0.01, eps=1e-300), "floats")
    for (found, _), grad in zip(runs, streams.gradients(), strict=True):
        tensor.grad = torch.sparse_coo_tensor(places, torch.tensor(grad), check_invariants=False)
        judge.step()
        worst = max(worst, difference(found, tensor.detach().numpy()))
    return worst


def rows() -> Iterator[Row]:
    """Every class of torch.optim, in the order of its names."""
    found = []
    for case in cases.CASES:
        name = case.ours.__name__
        tried = set().union(*case.settings) | {"lr"}
        fields = [f.name for f in dataclasses.fields(case.ours) if f.name in tried]
        settings = ", ".join(f"`{field}`" for field in fields)
        found.append(
            Row(case.torch.__name__, name, of_case(case), settings, ON_PURPOSE.get(name, "nothing"))
        )
    found += [
        Row("LBFGS(line_search_fn='strong_wolfe')", "linesearch(lbfgs)", of_line_search,
            "`lr`, `history_size`, both tolerances, `max_ls` (torch's `max_eval`)",
            "a wrapper around any rule; `c1`, `c2` may be set. Measured at the defaults in closed "
            "loops of 15 steps on every surface that has a lowest value; later rounding grows"),
        Row("SparseAdam", "Adam", of_sparse_adam, "`lr`, `betas`",
            "no class of its own: given a gradient with all its indices it is Adam with eps added "
            "before the bias is corrected, which counts more in the first steps; measured without "
            "eps. Of a gradient with gaps it leaves the momentum of the gaps as it is, which dense "
            "gradients cannot ask for"),
    ]  # fmt: skip
    yield from sorted(found, key=lambda row: row.torch.lower())


def written(measured: bool = True) -> str:
    """The page; without measuring a question mark stands for each difference."""
    return HEAD + "".join(f"{row.written(measured)}\n" for row in rows())


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    TARGET.write_text(written(), encoding="utf-8")
