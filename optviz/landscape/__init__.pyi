from .explore import plane
from .landscape import Landscape
from .measure import measure
from .planes import Plane, of_hessian, of_paths, random, through, through_points
from .recorder import Recorder

__all__ = [
    "Landscape",
    "Plane",
    "Recorder",
    "measure",
    "of_hessian",
    "of_paths",
    "plane",
    "random",
    "through",
    "through_points",
]
