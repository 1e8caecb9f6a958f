"""Record one step of a rule on a tape, for the torch compiler."""

from __future__ import annotations

from typing import Any

import torch

from optviz.optimizers import Optimizer
from optviz.optimizers.ops import UnsupportedError
from optviz.optimizers.tracer import argument, traced
from surfaces.errors import InputError
from surfaces.tape import Argument, Tape, TapeWriter

# What a rule raises on traced numbers if it calls torch itself, say.
UNRECORDED = (InputError, TypeError, ValueError, AttributeError, LookupError, StopIteration)


class Recording:
    """One step of a rule; equal recordings are one program, whatever else the rules may have read.

    Attributes
    ----------
    slots : tuple of (str, bool)
        Each slot's name, and whether it is a tensor.
    results : tuple of str or float
        The new value of each slot, and the step.
    """

    __slots__ = ("_writer", "results", "slots")

    def __init__(
        self,
        slots: tuple[tuple[str, bool], ...],
        results: tuple[Argument, ...],
        writer: TapeWriter,
    ) -> None:
        self.slots, self.results, self._writer = slots, results, writer

    @property
    def tape(self) -> Tape:
        """Its inputs are ``t``, ``lr``, ``grad``, ``param`` and each slot's `symbol_of`."""
        return self._writer.tape(self.results)

    def _key(self) -> Any:
        return self.slots, tuple(map(repr, self.results)), self._writer.key()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recording) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


def symbol_of(slot: str) -> str:
    """The name of a slot in a program; each slot has another, none is ``param`` or ``b0``."""
    plain = f"s_{slot}"
    known = plain.isascii() and plain.isidentifier()  # Python reads other letters as their like
    return plain if known else f"s_{slot.encode().hex()}"


def record(optimizer: Optimizer) -> Recording | None:
    """Record a rule with its present settings (5 to 140 us); None if it cannot be recorded.

    So it is with one that sees whole matrices, or the loss's value.

    Raises
    ------
    InputError
        It does what no rule may do in any engine.
    """
    if not optimizer.elementwise:
        return None
    writer = TapeWriter()
    try:
        like = optimizer.slots(torch.zeros(1))
        t, lr, grad, param = [traced(writer, name) for name in ("t", "lr", "grad", "param")]
        before = {name: traced(writer, symbol_of(name)) for name in like}
        step, after = optimizer.apply(t, lr, grad, param, before)
        results = (*[argument(after[name]) for name in like], argument(step))
    except UnsupportedError:
        raise
    except UNRECORDED:
        return None
    slots = tuple([(name, isinstance(value, torch.Tensor)) for name, value in like.items()])
    return Recording(slots, results, writer)
