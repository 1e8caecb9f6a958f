from . import mnist, optimizers, scenarios
from .animation import Animation, animate, animate_scenario
from .descent import FIVE, descend, iterate, race, tune
from .errors import FormulaError, InputError
from .explorer import Explorer, explore, page
from .optimizers import (
    ASGD,
    GD,
    QHM,
    SAM,
    Adadelta,
    Adafactor,
    AdaGrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Lookahead,
    Momentum,
    Muon,
    NAdam,
    Newton,
    Optimizer,
    QHAdam,
    RAdam,
    RMSProp,
    Rprop,
    ScheduleFree,
    clip,
    schedules,
)
from .plugins import register
from .records.frame import to_frame
from .records.saved import load_all
from .records.trajectory import Trajectory
from .records.trajectory_files import save_all
from .torch_bridge import from_torch, to_torch, torch_surface

__version__: str
__all__ = [
    "ASGD",
    "FIVE",
    "GD",
    "QHM",
    "SAM",
    "AdaGrad",
    "Adadelta",
    "Adafactor",
    "Adam",
    "AdamW",
    "Adamax",
    "Animation",
    "Explorer",
    "FormulaError",
    "InputError",
    "Lion",
    "Lookahead",
    "Momentum",
    "Muon",
    "NAdam",
    "Newton",
    "Optimizer",
    "QHAdam",
    "RAdam",
    "RMSProp",
    "Rprop",
    "ScheduleFree",
    "Trajectory",
    "animate",
    "animate_scenario",
    "clip",
    "descend",
    "explore",
    "from_torch",
    "iterate",
    "load_all",
    "mnist",
    "optimizers",
    "page",
    "race",
    "register",
    "save_all",
    "scenarios",
    "schedules",
    "to_frame",
    "to_torch",
    "torch_surface",
    "tune",
]
