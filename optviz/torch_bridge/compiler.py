"""Compile a recorded rule into a program on tensors that allocates nothing.

The rule is recorded, as for floats (`optviz.optimizers.tracer`); each recorded operation then
becomes a torch call with ``out=``. The arithmetic is the rule's in the rule's order, but for a
number by which the whole step is multiplied: it is handed back, for the addition to the
parameters. A step allocates nothing, and what it touches stays in the cache.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch

from optviz.optimizers.tracer import PYTHON
from optviz.torch_bridge.calls import on_tensors
from optviz.torch_bridge.fusion import Fusion
from optviz.torch_bridge.placement import Buffer, Place, Placement
from optviz.torch_bridge.recording import Recording, symbol_of
from surfaces import python
from surfaces.errors import InputError


@dataclass(frozen=True)
class Program:
    """One step of a rule on tensors.

    Attributes
    ----------
    run : callable
        ``run(t, lr, grad, param, slots, buffers) -> (step, factor, numbers)``. The parameters
        become ``param + factor * step``; neither ``grad`` nor ``param`` is written. The tensors of
        the mapping ``slots`` are changed in place; the new values of the numbers among the slots
        are returned.
    buffers : tuple of str
        Names of tensors like the parameters, for it to write into: ``"b0"``, ``"b1"``, ...; instead
        of the first ``"grad"``, where that may be the memory of the gradient itself.
    reads : frozenset of str
        The slots (by `symbol_of`) whose old value counts, and ``"param"`` if the parameters do.
    place : str
        Where the step is: ``"grad"``, a buffer, or a slot (by `symbol_of`).
    text : str
        The program as Python; empty for a rule that runs as it stands.
    by_gradient : bool
        Whether the step is the gradient itself, and no tensor is computed.
    numbers : callable
        ``numbers(t, lr, slots)``: the numbers that torch meets in a step, which must be of the
        tensors' type.
    """

    run: Callable[..., tuple[torch.Tensor, float, dict[str, float]]]
    buffers: tuple[str, ...]
    reads: frozenset[str]
    place: str
    text: str
    by_gradient: bool = False
    numbers: Callable[..., tuple[float, ...]] = lambda t, lr, slots: ()


@lru_cache(maxsize=256)
def compiled(recording: Recording) -> Program | None:
    """The program of a recording; None for steps without a gradient and slots that change places.

    Such a rule runs as it stands.
    """
    try:
        return _compile(recording)
    except InputError:
        return None


def _compile(recording: Recording) -> Program:
    fusion = Fusion(recording)
    placement = Placement(fusion)
    lines = _lines(fusion, placement)
    for slot, copied in _copies(fusion, placement).items():
        lines.append(f"{slot}.{copied}")
    step = placement.place[fusion.step]
    buffers = placement.given()
    text = _text(recording, fusion, lines, placement)
    used = {fusion.step, *fusion.kept.values(), *placement.last_use}
    is_tensor = [operation.name in fusion.tensors for operation in fusion.operations]
    # torch imports modules of its own at a first call, by the builtins of whoever calls it.
    functions = {"__builtins__": builtins, "torch": torch, **PYTHON}
    return Program(
        python.bind(text, functions),
        buffers,
        frozenset(str(name) for name in used & {"param", *fusion.kept}),
        place=buffers[step.number] if isinstance(step, Buffer) else step,
        text=text,
        by_gradient=step == "grad" and not fusion.kept and not any(is_tensor),
        numbers=python.bind(_numbers_text(recording, fusion), PYTHON),
    )


def _lines(fusion: Fusion, placement: Placement) -> list[str]:
    """A line for each operation."""
    lines = []
    for i, operation in enumerate(fusion.operations):
        if operation.name not in fusion.tensors:
            lines += python.lines([operation])
            continue
        place = placement.place
        args = [str(place[arg]) if arg in place else arg for arg in operation.args]
        is_tensor = [arg in fusion.tensors for arg in operation.args]
        out = str(placement.choose(i, operation))
        lines.append(on_tensors(operation.op, args, is_tensor, out))
    return lines


def _copies(fusion: Fusion, placement: Placement) -> dict[Place, str]:
    """The new values that must be copied into their slots at the end, by slot."""
    late = placement.late_slots()
    copies: dict[Place, str] = {}
    step = placement.place[fusion.step]
    if step in late:  # it is the old memory, as of a gradient that comes late
        placement.place[fusion.step] = placement.new_buffer()
        copies[placement.place[fusion.step]] = f"copy_({step})"
    for slot, place in late.items():
        number = python.argument(fusion.kept[slot])
        copies[slot] = f"fill_({number})" if place is None else f"copy_({place})"
    return copies


def _text(recording: Recording, fusion: Fusion, lines: list[str], placement: Placement) -> str:
    """The program's function."""
    begin = _slots_text(recording)
    if placement.buffers:
        begin.append(f"{''.join(f'{buffer}, ' for buffer in placement.buffers)}= buffers")
    numbers = ", ".join(
        f"{name!r}: {python.argument(fusion.slots[symbol_of(name)])}"
        for name, is_tensor in recording.slots
        if not is_tensor
    )
    step = placement.place[fusion.step]
    end = f"return {step}, {python.argument(fusion.factor)}, {{{numbers}}}"
    return python.function("t, lr, grad, param, slots, buffers", [*begin, *lines, end])


def _numbers_text(recording: Recording, fusion: Fusion) -> str:
    """A function of the numbers that stand beside tensors."""
    plain = [o for o in fusion.operations if o.name not in fusion.tensors]
    met = {arg for o in fusion.operations if o.name in fusion.tensors for arg in o.args}
    results = [python.argument(value) for value in ({fusion.factor} | met) - fusion.tensors]
    end = f"return {', '.join(results)},"
    return python.function("t, lr, slots", [*_slots_text(recording), *python.lines(plain), end])


def _slots_text(recording: Recording) -> list[str]:
    return [f"{symbol_of(name)} = slots[{name!r}]" for name, _ in recording.slots]
