"""Assign a slot or buffer to each result of a program, so that a step allocates nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from optviz.torch_bridge.fusion import Fusion
from surfaces.errors import InputError
from surfaces.tape import COMPARISONS, Argument, Operation


@dataclass(frozen=True, order=True)
class Buffer:
    """A tensor that a program writes into, by its number; as text its name in the program."""

    number: int

    def __str__(self) -> str:
        return f"b{self.number}"


Place = Buffer | str  # a buffer, or the name of something else in the program


class Placement:
    """Chooses the memory of each operation's result, one operation after another.

    A tensor is kept in a slot if it is that slot's new value and the old one is no longer needed,
    else in a buffer whose value is no longer needed, else in a new buffer.

    Attributes
    ----------
    place : dict of str to Buffer or str
        Where a value is: a buffer, ``"grad"``, ``"param"`` or a slot (by `symbol_of`); the outcome
        of a comparison is under its own name.
    buffers : list of Buffer
    """

    def __init__(self, fusion: Fusion) -> None:
        self.operations, self.step, self.kept = fusion.operations, fusion.step, fusion.kept
        end = len(self.operations)
        self.last_use = {arg: i for i, o in enumerate(self.operations) for arg in o.args}
        self.last_use |= dict.fromkeys((self.step, *self.kept.values()), end)
        self.place: dict[Argument, Place] = {name: name for name in ("grad", "param", *self.kept)}
        self.holds: dict[str, Argument] = {slot: slot for slot in self.kept}  # what it holds now
        written = {o.name: i for i, o in enumerate(self.operations)}
        self.final = {slot: written.get(str(v), end) for slot, v in self.kept.items()}
        self.free: list[Buffer] = []
        self.buffers: list[Buffer] = []
        self.first_buffer = end  # the operation that is the first to write into one

    def choose(self, i: int, operation: Operation) -> Place:
        """Choose the memory of operation ``i``'s result; free that of values used no more."""
        places = {arg: self.place[arg] for arg in operation.args if arg in self.place}
        dying = {place for arg, place in places.items() if self.last_use[arg] <= i}
        self.free += sorted(place for place in dying if isinstance(place, Buffer))
        place: Place
        if operation.op in COMPARISONS:
            place = operation.name  # a tensor of truths is not like the parameters
        else:
            place = self._slot(i, operation, places.values()) or self._buffer(i)
        self.place[operation.name] = place
        return place

    def _slot(self, i: int, operation: Operation, places: Collection[Place]) -> str | None:
        """A slot for the result: its own, or meanwhile one whose old value is no longer needed."""
        spent = [slot for slot in self.kept if self.last_use.get(self.holds[slot], -1) <= i]
        last = self.last_use[operation.name]
        own = [slot for slot in spent if self.kept[slot] == operation.name]
        lent = [s for s in spent if i < self.final[s] >= last and last < len(self.operations)]
        for slot in (*own, *(s for s in lent if s in places), *lent):
            self.holds[slot] = operation.name
            return slot
        return None

    def _buffer(self, i: int) -> Buffer:
        self.first_buffer = min(self.first_buffer, i)
        return self.free.pop() if self.free else self.new_buffer()

    def new_buffer(self) -> Buffer:
        """Add a buffer."""
        self.buffers.append(Buffer(len(self.buffers)))
        return self.buffers[-1]

    def late_slots(self) -> dict[str, Place | None]:
        """The slots whose new value stands elsewhere in the end, and where; None for a number."""
        places = {slot: self.place.get(value) for slot, value in self.kept.items()}
        late = {slot: place for slot, place in places.items() if place != slot}
        if set(late) & set(late.values()):
            raise InputError("slots must not change places; such a rule runs as it stands")
        return late

    def given(self) -> tuple[str, ...]:
        """The names of what is given for the buffers; for the first perhaps the gradient itself."""
        names = list(map(str, self.buffers))
        if names and self.last_use.get("grad", -1) <= self.first_buffer:
            names[0] = "grad"
        return tuple(names)
