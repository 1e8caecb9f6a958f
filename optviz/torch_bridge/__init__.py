"""The bridge to torch: rules on tensors, and optimizers and surfaces in both directions."""

from optviz.torch_bridge import tensors  # tensors register themselves with the rules
from optviz.torch_bridge.compiled import flat_slots, program
from optviz.torch_bridge.compiler import Program
from optviz.torch_bridge.from_torch import TorchOptimizer, from_torch
from optviz.torch_bridge.in_place import in_place
from optviz.torch_bridge.looking import LookingOptimizer
from optviz.torch_bridge.rule_optimizer import RuleOptimizer
from optviz.torch_bridge.surface import torch_surface
from optviz.torch_bridge.to_torch import to_torch

__all__ = [
    "LookingOptimizer",
    "Program",
    "RuleOptimizer",
    "TorchOptimizer",
    "flat_slots",
    "from_torch",
    "in_place",
    "program",
    "tensors",
    "to_torch",
    "torch_surface",
]
