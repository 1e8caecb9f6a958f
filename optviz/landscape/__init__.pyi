from .landscape import Landscape, plane
from .planes import Plane, of_hessian, of_paths, random, through, through_points
from .recorder import Recorder

__all__ = [
    "Landscape",
    "Plane",
    "Recorder",
    "of_hessian",
    "of_paths",
    "plane",
    "random",
    "through",
    "through_points",
]
