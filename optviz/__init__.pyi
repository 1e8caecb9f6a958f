from . import landscape, mnist, optimizers, scenarios
from .animation import Animation, animate, animate_muon, animate_scenario
from .descent import FIVE, descend, iterate, race, tune
from .ensemble.basin_map import BasinMap, BasinSeries
from .ensemble.basins import basins
from .ensemble.box_counting import BoxDimension, box_dimension, edge_of
from .ensemble.end_curvature import end_curvature
from .ensemble.films import animate_basins, animate_end_curvature, animate_fractal
from .ensemble.fractal import trainability
from .ensemble.ranges import SettingRange
from .ensemble.series import basins_over, basins_zoom
from .ensemble.settings_map import settings_map
from .errors import FormulaError, InputError
from .explorer import Explorer, explore, page
from .landscape.recorder import Recorder
from .optimizers import (
    ASGD,
    GD,
    LBFGS,
    QHM,
    SAM,
    SOAP,
    Adadelta,
    Adafactor,
    AdaGrad,
    Adam,
    Adamax,
    AdamW,
    Adan,
    AdEMAMix,
    FullAdaGrad,
    LineSearch,
    Lion,
    Lookahead,
    Momentum,
    Muon,
    NAdam,
    Newton,
    Optimizer,
    Prodigy,
    QHAdam,
    RAdam,
    RMSProp,
    Rprop,
    ScheduleFree,
    Shampoo,
    Sophia,
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
    "LBFGS",
    "QHM",
    "SAM",
    "SOAP",
    "AdEMAMix",
    "AdaGrad",
    "Adadelta",
    "Adafactor",
    "Adam",
    "AdamW",
    "Adamax",
    "Adan",
    "Animation",
    "BasinMap",
    "BasinSeries",
    "BoxDimension",
    "Explorer",
    "FormulaError",
    "FullAdaGrad",
    "InputError",
    "LineSearch",
    "Lion",
    "Lookahead",
    "Momentum",
    "Muon",
    "NAdam",
    "Newton",
    "Optimizer",
    "Prodigy",
    "QHAdam",
    "RAdam",
    "RMSProp",
    "Recorder",
    "Rprop",
    "ScheduleFree",
    "SettingRange",
    "Shampoo",
    "Sophia",
    "Trajectory",
    "animate",
    "animate_basins",
    "animate_end_curvature",
    "animate_fractal",
    "animate_muon",
    "animate_scenario",
    "basins",
    "basins_over",
    "basins_zoom",
    "box_dimension",
    "clip",
    "descend",
    "edge_of",
    "end_curvature",
    "explore",
    "from_torch",
    "iterate",
    "landscape",
    "load_all",
    "mnist",
    "optimizers",
    "page",
    "race",
    "register",
    "save_all",
    "scenarios",
    "schedules",
    "settings_map",
    "to_frame",
    "to_torch",
    "torch_surface",
    "trainability",
    "tune",
]
