"""Every optimizer with the settings to try: what of torch it must equal, what is refused."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import torch

from optviz import optimizers as ours


@dataclass(frozen=True)
class Case:
    """Our class, torch's, and the settings under which both must agree.

    ``settings`` hold each hyper-parameter off its default and each boolean the other way;
    ``refused`` are settings that both must refuse, with a part of our message.
    """

    ours: type[ours.Optimizer]
    torch: type[torch.optim.Optimizer]
    settings: list[dict[str, Any]]
    refused: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    column: bool = False  # whether torch must be given a matrix
    as_torch: Callable[[dict[str, Any]], dict[str, Any]] = dict  # our settings, as torch has them
    # torch's state, as we have it under these settings.
    as_ours: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]] = lambda state, _: state

    def in_torch(self, start: Any, settings: dict[str, Any]) -> tuple[torch.Tensor, Any]:
        """A parameter of torch's that begins there, and its optimizer with settings of ours."""
        tensor = torch.tensor(start, dtype=torch.float64)
        tensor = (tensor.reshape(-1, 1) if self.column else tensor).requires_grad_()
        build: Any = self.torch
        loop = {"foreach": False} if "foreach" in inspect.signature(build).parameters else {}
        return tensor, build([tensor], **self.as_torch(settings), **loop)


def _adafactors(settings: dict[str, Any]) -> dict[str, Any]:
    """0 stands for torch's None, which takes the machine epsilon."""
    tiny, smallest = settings.get("eps", (0.0, 1e-3))
    return settings | {"eps": (tiny or None, smallest)}


def _muons(settings: dict[str, Any]) -> dict[str, Any]:
    matches = settings.get("match_rms_adamw")
    others = {name: value for name, value in settings.items() if name != "match_rms_adamw"}
    return others | ({"adjust_lr_fn": "match_rms_adamw"} if matches else {})


def _lbfgss(settings: dict[str, Any]) -> dict[str, Any]:
    """One iteration a step."""
    return {"history_size": 5} | settings | {"max_iter": 1}


def _lbfgss_state(state: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """Lists of pairs as columns, behind zeros for those to come; the step in one piece."""
    size = settings.get("history_size", 5)
    before = [torch.zeros_like(state["d"])] * size
    pairs = {
        name: torch.stack((before + state[name])[-size:], dim=1)
        for name in ("old_dirs", "old_stps")
    }
    return pairs | {
        "prev_flat_grad": state["prev_flat_grad"], "stp": state["d"] * state["t"],
    }  # fmt: skip


BETAS = [({"betas": (1.0, 0.9)}, "betas"), ({"betas": (0.9, -0.1)}, "betas")]
COMMON = [({"lr": -0.1}, "lr"), ({"weight_decay": -1.0}, "weight_decay")]
EPS = [({"eps": -1e-8}, "eps")]

CASES = [
    Case(ours.GD, torch.optim.SGD,
         [{"lr": 0.1}, {"weight_decay": 0.1}, {"maximize": True},
          {"weight_decay": 0.1, "maximize": True}],
         COMMON),
    Case(ours.Momentum, torch.optim.SGD,
         [{"momentum": 0.9}, {"momentum": 0.5}, {"momentum": 0.9, "dampening": 0.3},
          {"momentum": 0.0, "dampening": 0.3}, {"momentum": 0.9, "nesterov": True},
          {"momentum": 0.9, "weight_decay": 0.1}, {"momentum": 0.9, "maximize": True},
          {"momentum": 0.8, "nesterov": True, "weight_decay": 0.1, "maximize": True}],
         [*COMMON, ({"momentum": -0.1}, "momentum"),
          ({"nesterov": True, "momentum": 0.0}, "nesterov"),
          ({"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "nesterov")]),
    Case(ours.AdaGrad, torch.optim.Adagrad,
         [{}, {"lr_decay": 0.01}, {"weight_decay": 0.1}, {"initial_accumulator_value": 0.5},
          {"eps": 1e-3}, {"maximize": True},
          {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.1, "eps": 1e-2,
           "maximize": True}],
         [*COMMON, *EPS, ({"lr_decay": -1.0}, "lr_decay"),
          ({"initial_accumulator_value": -1.0}, "initial_accumulator_value")]),
    Case(ours.RMSProp, torch.optim.RMSprop,
         [{}, {"alpha": 0.9}, {"eps": 1e-3}, {"weight_decay": 0.1}, {"momentum": 0.9},
          {"centered": True}, {"maximize": True},
          {"centered": True, "momentum": 0.9, "weight_decay": 0.1, "alpha": 0.9, "eps": 1e-4,
           "maximize": True}],
         [*COMMON, *EPS, ({"alpha": -0.1}, "alpha"), ({"momentum": -0.1}, "momentum")]),
    Case(ours.Adam, torch.optim.Adam,
         [{}, {"betas": (0.8, 0.99)}, {"betas": (0.0, 0.9)}, {"eps": 1e-3}, {"weight_decay": 0.1},
          {"amsgrad": True}, {"maximize": True},
          {"betas": (0.7, 0.9), "amsgrad": True, "weight_decay": 0.1, "maximize": True}],
         [*COMMON, *EPS, *BETAS]),
    Case(ours.AdamW, torch.optim.AdamW,
         [{}, {"weight_decay": 0.1}, {"weight_decay": 0.0}, {"amsgrad": True},
          {"maximize": True, "betas": (0.8, 0.99), "eps": 1e-3}],
         [*COMMON, *EPS, *BETAS]),
    Case(ours.NAdam, torch.optim.NAdam,
         [{}, {"betas": (0.8, 0.99)}, {"eps": 1e-3}, {"weight_decay": 0.1},
          {"momentum_decay": 0.1}, {"maximize": True},
          {"weight_decay": 0.1, "decoupled_weight_decay": True}],
         [*COMMON, *EPS, *BETAS, ({"momentum_decay": -0.1}, "momentum_decay")]),
    Case(ours.RAdam, torch.optim.RAdam,
         [{}, {"betas": (0.8, 0.99)}, {"betas": (0.9, 0.6)}, {"eps": 1e-3}, {"weight_decay": 0.1},
          {"maximize": True}, {"weight_decay": 0.1, "decoupled_weight_decay": True}],
         [*COMMON, *EPS, *BETAS]),
    Case(ours.Adamax, torch.optim.Adamax,
         [{}, {"betas": (0.8, 0.99)}, {"eps": 1e-3}, {"weight_decay": 0.1}, {"maximize": True}],
         [*COMMON, *EPS, *BETAS]),
    Case(ours.Adadelta, torch.optim.Adadelta,
         [{}, {"rho": 0.95}, {"eps": 1e-3}, {"weight_decay": 0.1}, {"maximize": True}],
         [*COMMON, *EPS, ({"rho": -0.1}, "rho")]),
    Case(ours.Rprop, torch.optim.Rprop,
         [{}, {"lr": 0.1}, {"etas": (0.3, 1.5)}, {"step_sizes": (1e-3, 0.1)}, {"maximize": True}],
         [({"lr": -0.1}, "lr"), ({"etas": (1.2, 1.5)}, "etas")]),
    Case(ours.ASGD, torch.optim.ASGD,
         [{}, {"lambd": 0.1}, {"alpha": 0.5, "lambd": 0.03}, {"t0": 100.0}, {"weight_decay": 0.1},
          {"maximize": True},
          {"lambd": 0.1, "t0": 1.0, "weight_decay": 0.1, "maximize": True}],
         COMMON),
    Case(ours.Adafactor, torch.optim.Adafactor,
         [{}, {"lr": 0.3}, {"beta2_decay": -0.3}, {"eps": (10.0, 1e-3)}, {"eps": (0.0, 3.0)},
          {"d": 2.0}, {"weight_decay": 0.1}, {"maximize": True},
          {"lr": 1.0, "beta2_decay": -0.5, "d": 1.5, "weight_decay": 0.3, "maximize": True}],
         [*COMMON, ({"beta2_decay": 0.1}, "beta2_decay"), ({"d": 0.5}, "d"),
          ({"eps": (-1.0, 1e-3)}, "eps")],
         column=True, as_torch=_adafactors),
    Case(ours.Muon, torch.optim.Muon,
         [{}, {"momentum": 0.5}, {"nesterov": False}, {"weight_decay": 0.0}, {"weight_decay": 0.3},
          {"ns_coefficients": (2.0, -1.5, 0.5)}, {"ns_steps": 2}, {"eps": 1.0},
          {"match_rms_adamw": True},
          {"match_rms_adamw": True, "nesterov": False, "momentum": 0.0, "ns_steps": 0}],
         [*COMMON, ({"momentum": -0.1}, "momentum")],
         column=True, as_torch=_muons),
    Case(ours.LBFGS, torch.optim.LBFGS,
         [{}, {"lr": 0.3}, {"history_size": 1}, {"history_size": 12}, {"tolerance_grad": 1.0},
          {"tolerance_change": 10.0}],
         [({"lr": -0.1}, "lr")],
         as_torch=_lbfgss, as_ours=_lbfgss_state),
]  # fmt: skip


def flags_of(kind: type[ours.Optimizer]) -> Iterator[dict[str, Any]]:
    """Every combination of an optimizer's booleans, with weight decay and without."""
    defaults = {f.name: f.default for f in fields(kind)}
    choices = {name: (False, True) for name, value in defaults.items() if isinstance(value, bool)}
    if "weight_decay" in defaults:
        choices |= {"weight_decay": (0.0, 0.03)}
    for values in itertools.product(*choices.values()):
        yield dict(zip(choices, values, strict=True))


def moved(kind: type[ours.Optimizer], rng: np.random.Generator) -> Iterator[tuple[str, Any]]:
    """Hyper-parameters somewhere in the range of their sliders."""
    for f in fields(kind):
        known = f.metadata.get("hyper")
        if known is None or f.name in ("lr", "weight_decay"):
            continue
        if isinstance(f.default, tuple):
            yield f.name, tuple(rng.uniform(known.low, known.high, len(f.default)).tolist())
        elif isinstance(f.default, int):
            yield f.name, int(rng.integers(known.low, known.high, endpoint=True))
        else:
            yield f.name, float(rng.uniform(known.low, known.high))


def named(kind: type[ours.Optimizer], settings: dict[str, Any]) -> str:
    return f"{kind.__name__}-{settings}".replace("'", "")


EACH = [(case, settings) for case in CASES for settings in case.settings]
IDS = [named(case.ours, settings) for case, settings in EACH]
REFUSED = [(case, settings, part) for case in CASES for settings, part in case.refused]

# All others of the registry; test_papers.py holds what each must equal.
OFF_TORCH = [kind for kind in ours.REGISTRY.values() if kind not in {c.ours for c in CASES}]
# Each optimizer with each of its settings, those that torch does not have with their flags and with
# hyper-parameters that are not their defaults.
EVERY = [(case.ours, settings) for case, settings in EACH] + [
    (kind, settings)
    for kind in OFF_TORCH
    for settings in (*flags_of(kind), dict(moved(kind, np.random.default_rng(3))))
]
EVERY_IDS = [named(kind, settings) for kind, settings in EVERY]


def step_of(run: Any, k: int) -> tuple[Any, ...]:
    """What `lines_of` takes of step ``k + 1`` of a run."""
    seen = {"value": run.values[k], "hessian": run.surface.hessian(run.points[k])}
    return run.optimizer, k + 1, run.gradients[k], run.points[k], run.slots(k), seen
