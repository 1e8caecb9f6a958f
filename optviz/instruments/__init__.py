"""What a step says of itself: quantities along a path, each a small file, apart from drawing.

They are measured on surfaces from a `Trajectory`, and on networks from snapshots of any loop
(`optviz.landscape.measure`). The idea is Cockpit's (Schneider, Dangel & Hennig 2021).
"""

from optviz.instruments.alpha import alpha
from optviz.instruments.curvature import curvature
from optviz.instruments.distance import distance
from optviz.instruments.gradient_norm import gradient_norm
from optviz.instruments.loss import loss
from optviz.instruments.measuring import Instrument
from optviz.instruments.stability import stability
from optviz.instruments.step_length import step_length
from optviz.instruments.trace import trace
from optviz.instruments.update_ratio import update_ratio
from surfaces.registry import Registry

INSTRUMENTS: Registry[Instrument] = Registry("instrument", {
    "loss": Instrument(loss),
    "gradnorm": Instrument(gradient_norm),
    "steplength": Instrument(step_length, of_steps=True),
    "ratio": Instrument(update_ratio, of_steps=True, by_layer=True),
    "distance": Instrument(distance),
    "alpha": Instrument(alpha, of_steps=True),
    "curvature": Instrument(curvature),
    "stability": Instrument(stability),
    "trace": Instrument(trace, has_error=True),
})  # fmt: skip
