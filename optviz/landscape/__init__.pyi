from .explore import plane
from .landscape import Landscape
from .line import Line, loss_on_line
from .matched_pair import MatchedPair
from .matching import Matching, match
from .measure import measure
from .planes import Plane, of_hessian, of_paths, random, through, through_points
from .recorder import Recorder

__all__ = [
    "Landscape",
    "Line",
    "MatchedPair",
    "Matching",
    "Plane",
    "Recorder",
    "loss_on_line",
    "match",
    "measure",
    "of_hessian",
    "of_paths",
    "plane",
    "random",
    "through",
    "through_points",
]
