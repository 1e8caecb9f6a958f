"""Fuse a recorded rule's operations into the larger ones that torch does in one call.

A product that is only added to something becomes part of that addition, as in ``torch.add(x, y,
alpha=0.1)``; so does a quotient of tensors, and the number by which the whole step is multiplied
is set apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from optviz.torch_bridge.recording import Recording, symbol_of
from surfaces.errors import InputError
from surfaces.tape import COMPARISONS, Argument, Operation


class Fusion:
    """The operations of one step, simplified.

    A value is a number (it depends on the step and the rate alone) or a tensor.

    Attributes
    ----------
    operations : list of Operation
        Those of the tape, and ``add_scaled(x, y, number)``, ``sub_scaled``, ``addcmul(x, y, z,
        number)`` and ``addcdiv``.
    slots : dict of str to str or float
        The new value of each slot, by `symbol_of`.
    tensor_slots : list of str
        Those of the slots that are tensors.
    step, factor : str, str or float
        The parameters become ``param + factor * step``.
    tensors : set of str
        The values that are tensors.
    """

    def __init__(self, recording: Recording) -> None:
        tape = recording.tape
        symbols = [symbol_of(name) for name, _ in recording.slots]
        *after, self.step = tape.results
        self.slots: dict[str, Argument] = dict(zip(symbols, after, strict=True))
        self.tensor_slots = [
            symbol
            for symbol, (_, is_tensor) in zip(symbols, recording.slots, strict=True)
            if is_tensor
        ]
        self.factor: Argument = 1.0
        self.operations = _weigh_truths(tape.operations)
        self._leave_out_zeros()
        self.tensors: set[Argument] = {"grad", "param", *self.tensor_slots}
        for operation in self.operations:
            if self.tensors.intersection(operation.args):
                self.tensors.add(operation.name)
        if self.step not in self.tensors:
            raise InputError("a step must depend on the gradient; such a rule runs as it stands")
        self._fuse()

    @property
    def kept(self) -> dict[str, Argument]:
        """The new value of each slot that is a tensor."""
        return {symbol: self.slots[symbol] for symbol in self.tensor_slots}

    def _leave_out_zeros(self) -> None:
        """Leave out slots that do not affect the step, such as the buffer of RMSProp's momentum 0.

        Only a state that is no longer finite could tell: 0 times infinity is nan.
        """
        known: dict[Argument, Argument] = {}
        memory = set(self.tensor_slots)
        operations = []
        for operation in self.operations:
            args = tuple(known.get(value, value) for value in operation.args)
            zeros = list(map(_is_zero, args))
            if operation.op == "mul" and any(zeros) and memory.intersection(args):
                known[operation.name] = 0.0
            elif operation.op == "add" and any(zeros):
                known[operation.name] = args[zeros[0]]
            else:
                operations.append(operation._replace(args=args))
        self.operations = operations
        self.slots = {slot: known.get(value, value) for slot, value in self.slots.items()}
        self.step = known.get(self.step, self.step)

    def _fuse(self) -> None:
        """Merge each product that is only added to something into the addition."""
        self.made: dict[Argument, Operation] = {o.name: o for o in self.operations}
        uses = Counter([self.step, *(value for o in self.operations for value in o.args)])
        results = set(self.slots.values())
        alone = {n for n in self.made if uses[n] == 1 and n in self.tensors - results}
        self.inside = alone - {self.step}  # what is used once, by another operation
        if self.step in alone:
            self._set_factor_apart()
        for operation in self.operations:
            if self.tensors.issuperset(operation.args):
                self._fuse_sum(operation)
        self._leave_out_unused()

    def _fuse_sum(self, operation: Operation) -> None:
        """Do one of the terms of a sum of tensors, or a difference, in the same operation."""
        orders = [operation.args]
        if operation.op == "add":
            orders.append(operation.args[::-1])
        elif operation.op != "sub":
            return
        for to, term in orders:
            op, args, gone = self._fused(operation.op, to, term)
            if gone:
                self._replace(operation._replace(op=op, args=args), gone)
                return

    def _fused(
        self, op: str, to: Argument, term: Argument
    ) -> tuple[str, tuple[Argument, ...], list[Argument]]:
        """``to`` plus or minus ``term`` as one operation; and what becomes part of it."""
        inner = self.made.get(term) if term in self.inside and op == "add" else None
        if inner and inner.op in ("mul", "div") and self.tensors.issuperset(inner.args):
            left, factor, gone = self._scaled(inner.args[0])
            return f"addc{inner.op}", (to, left, inner.args[1], factor), [term, *gone]
        tensor, number, gone = self._scaled(term)
        return f"{op}_scaled", (to, tensor, number), gone

    def _scaled(self, name: Argument) -> tuple[Argument, Argument, list[Argument]]:
        """The tensor and the number whose product this is, and the product that need not be."""
        product = self.made.get(name)
        if name in self.inside and product is not None and product.op == "mul":
            for tensor, number in (product.args, product.args[::-1]):
                if tensor in self.tensors and number not in self.tensors:
                    return tensor, number, [name]
        return name, 1.0, []

    def _set_factor_apart(self) -> None:
        """Split the step into a tensor and the number by which it is multiplied."""
        last = self.made[self.step]
        if last.op == "mul" and not self.tensors.issuperset(last.args):
            swapped = last.args[1] in self.tensors
            self.step, self.factor = last.args[:: -1 if swapped else 1]
            del self.made[last.name]
        elif last.op in ("mul", "div") and last.args[0] in self.tensors:
            tensor, self.factor, gone = self._scaled(last.args[0])
            self._replace(last._replace(args=(tensor, last.args[1])), gone)

    def _replace(self, operation: Operation, gone: Sequence[Argument]) -> None:
        """Put an operation in the place of the one of its name; ``gone`` are part of it now."""
        for name in gone:
            del self.made[name]
        self.made[operation.name] = operation
        self.operations = [operation if o.name == operation.name else o for o in self.operations]

    def _leave_out_unused(self) -> None:
        """Leave out what became part of another operation, and what nothing needs."""
        needed = {self.step, self.factor, *self.slots.values()}
        kept = []
        for operation in reversed(self.operations):
            if operation.name in needed and operation.name in self.made:
                needed.update(operation.args)
                kept.append(operation)
        self.operations = kept[::-1]


def _weigh_truths(operations: Sequence[Operation]) -> list[Operation]:
    """Where arithmetic is done on a condition, convert it to 1 or 0 of the data's type.

    Of a tensor of truths and a number torch would make float32, whatever the data are.
    """
    truths: set[Argument] = set()
    weighed: dict[Argument, Argument] = {}
    found: list[Operation] = []
    for operation in operations:
        if operation.op in COMPARISONS:
            truths.add(operation.name)
        start = int(operation.op == "where")  # what decides stays a condition
        reckoned = operation.args[start:]
        for name in truths.intersection(reckoned) - weighed.keys():
            weighed[name] = f"{name}n"
            found.append(Operation(f"{name}n", "where", (name, 1.0, 0.0)))
        args = tuple(weighed.get(value, value) for value in reckoned)
        found.append(operation._replace(args=operation.args[:start] + args))
    return found


def _is_zero(value: Argument) -> bool:
    return repr(value) == "0.0"  # not -0.0
