"""Many runs that go on together: by a program in blocks and threads, or by `optviz.iterate`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Protocol

import numpy as np

from optviz.descent.loop import iterate
from optviz.descent.objective import on_points
from optviz.ensemble import compiled
from optviz.ensemble.blocks import Blocks
from optviz.ensemble.compiled import Compiled
from optviz.ensemble.program import POINT, Program, is_recorded, program_of
from optviz.ensemble.shared import on_arrays, shared_table
from optviz.ensemble.watch import Watch
from optviz.optimizers import Optimizer
from optviz.translate.javascript.free_settings import hyper_of
from surfaces.errors import InputError, must, unknown
from surfaces.surface import Floats, Surface
from surfaces.tape import Tape

KERNELS = ("auto", "numpy", "numba")
WORTH_COMPILING = 3e9  # operations on runs: as long as numba takes to be loaded and to compile


class Ensemble(Protocol):
    """Many runs of one optimizer on one surface.

    Attributes
    ----------
    steps : int
        How many each has taken.
    points : array (n, 2)
        Where each is; not finite where it diverged.
    noted : dict of array (n,)
        What is watched, at these points.
    """

    steps: int

    @property
    def points(self) -> Floats: ...
    @property
    def noted(self) -> dict[str, Floats]: ...

    def advance(self, steps: int) -> None:
        """Take so many steps more."""
        ...


def ensemble(
    surface: Surface,
    optimizer: Optimizer,
    points: Floats,
    watch: Watch,
    own: Mapping[str, Floats] | None = None,
    *,
    steps: int,
    kernel: str = "auto",
    threads: int | None = None,
) -> Ensemble:
    """Many runs, before their first step.

    Parameters
    ----------
    surface : Surface
    optimizer : Optimizer
    points : array (n, 2)
        Where each begins.
    watch : Watch
        What is noted of each.
    own : mapping of str to array (n,), optional
        What each has of its own: settings by their names (``lr``, ``betas_0``), and what the watch
        needs.
    steps : int
        How many are going to be taken, for the choice of the kernel.
    kernel : {"auto", "numpy", "numba"}
        "auto" takes numba where it is installed and pays.
    threads : int, optional
        As many as there are processors unless given.

    Raises
    ------
    InputError
        An optimizer without a rule, a setting that it has not, or a kernel that is not installed.
    """
    if kernel not in KERNELS:
        raise unknown("kernel", kernel, KERNELS)
    if not optimizer.steps_by_rule or optimizer.evaluates:
        raise must("optimizer", "one whose rule can be run for many starts at once, such as adam "
                                "or momentum", optimizer.title)  # fmt: skip
    optimizer.init((0.0, 0.0))  # a user's rule is checked there
    own = dict(own or {})
    swept = [name for name in own if name not in watch.own]
    for name in swept:
        check_setting(optimizer, name)
    if not is_recorded(surface):
        if set(swept) - {"lr"}:
            raise must("surface", f"a formula where {swept[0]} differs from run to run", surface)
        if kernel == "numba":
            raise must("surface", "a formula where kernel is 'numba'", surface)
        return Iterated(surface, optimizer, points, watch, own)
    program = program_of(surface, optimizer, watch, swept)
    chosen = _kernel(program, kernel, len(points), steps)
    return Programmed(program, chosen, optimizer, points, own, threads)


def check_setting(optimizer: Optimizer, name: str) -> None:
    """Refuse the name of no setting whose numbers may differ from run to run."""
    known = ["lr", *hyper_of(type(optimizer))]
    if name not in known:
        raise unknown(f"setting of {optimizer.title}", name, known)


def _kernel(program: Program, kernel: str, runs: int, steps: int) -> Any:
    work = len(program.parts.each) * runs * steps
    if kernel == "numba" and not compiled.is_installed():
        raise InputError("kernel 'numba' must have the package numba: pip install 'optviz[fast]'")
    if kernel == "numba" or (
        kernel == "auto" and work > WORTH_COMPILING and compiled.is_installed()
    ):
        return Compiled(program)
    return Blocks(program)


class Programmed:
    """Many runs by a program; see `Ensemble`.

    Each has the bits of a single run, but for functions such as ``exp`` where NumPy's last bit is
    not that of C.
    """

    def __init__(
        self,
        program: Program,
        kernel: Any,
        optimizer: Optimizer,
        points: Floats,
        own: Mapping[str, Floats],
        threads: int | None = None,
    ) -> None:
        self.program, self.kernel, self.optimizer = program, kernel, optimizer
        self.own = {name: own[name] for name in program.swept}
        self.runs, self.steps = len(points), 0
        lanes = min(kernel.lanes, max(self.runs, compiled.LANES))
        self.blocks = max(-(-self.runs // lanes), 1)
        self.threads = max(min(threads or os.cpu_count() or 1, self.blocks), 1)
        rate = 0.0 if "lr" in self.own else optimizer.rate(1)
        slots = on_arrays(program.start, {"lr": rate} | self.own)
        self.state = _in_blocks([points[:, 0], points[:, 1], *slots], self.blocks, lanes)
        parts = program.parts
        once = on_arrays(Tape(program.swept, parts.once, parts.once_names), self.own)
        self.once = _in_blocks(once, self.blocks, lanes)

    def advance(self, steps: int) -> None:
        """Take so many steps more."""
        times = range(self.steps + 1, self.steps + steps + 1)
        rates = [0.0 if "lr" in self.own else self.optimizer.rate(t) for t in times]
        table = shared_table(self.program, times, rates)
        cuts = [self.blocks * i // self.threads for i in range(self.threads + 1)]

        def work(first: int, last: int) -> None:
            self.kernel.run(self.state[first:last], self.once[first:last], table)

        if self.threads == 1:
            work(0, self.blocks)
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                list(pool.map(work, cuts, cuts[1:]))
        self.steps += steps

    def _column(self, name: str) -> Floats:
        column: Floats = self.state[:, self.program.state.index(name)].reshape(-1)[: self.runs]
        return column

    @property
    def points(self) -> Floats:
        """Where each run is (n, 2)."""
        return np.column_stack([self._column(name) for name in POINT])

    @property
    def noted(self) -> dict[str, Floats]:
        """What is watched, at these points."""
        close = self.program.close
        given: dict[str, Any] = {"t": float(self.steps)} | self.own
        given |= {name: self._column(name) for name in self.program.state}
        names = self.program.state[len(self.program.state) - len(close.results) :]
        found = on_arrays(close, {name: given[name] for name in close.inputs})
        return {
            name: np.broadcast_to(np.asarray(numbers, float), (self.runs,))
            for name, numbers in zip(names, found, strict=True)
        }


class Iterated:
    """Many runs by `optviz.iterate`, on a surface that is no formula; see `Ensemble`."""

    def __init__(
        self,
        surface: Surface,
        optimizer: Optimizer,
        points: Floats,
        watch: Watch,
        own: Mapping[str, Floats],
    ) -> None:
        self.steps, self.watch = 0, watch
        self.own = {name: own[name] for name in watch.own}
        self.values: list[Floats] = []
        objective = on_points(surface, self.values, exact=False)
        lr = own["lr"][:, None] if "lr" in own else None
        self._walk = iterate(objective, optimizer, np.array(points, float), lr=lr)
        self._before = {name: np.full(len(points), number) for name, number in watch.start.items()}
        self._note(next(self._walk).params)

    def _note(self, points: Floats) -> None:
        self.points = points
        before = self._before | self.own
        with np.errstate(all="ignore"):
            noted = self.watch.note(
                float(self.steps), points[:, 0], points[:, 1], self.values[-1], **before
            )
        self._before = {
            name: np.broadcast_to(np.asarray(numbers, float), (len(points),))
            for name, numbers in zip(self.watch.start, noted, strict=True)
        }
        del self.values[:-1]

    @property
    def noted(self) -> dict[str, Floats]:
        """What is watched, at these points."""
        return self._before

    def advance(self, steps: int) -> None:
        """Take so many steps more."""
        with np.errstate(all="ignore"):
            for each in islice(self._walk, steps):
                self.steps += 1
                self._note(each.params)


def _in_blocks(columns: list[Any], blocks: int, lanes: int) -> Floats:
    """Columns (n,) or numbers as blocks (blocks, columns, lanes); the last run fills the rest."""
    found: Floats = np.empty((blocks, len(columns), lanes))
    for i, column in enumerate(columns):
        whole = np.asarray(column, float)
        if whole.ndim:
            filled = np.concatenate([whole, np.full(blocks * lanes - len(whole), whole[-1])])
            found[:, i] = filled.reshape(blocks, lanes)
        else:
            found[:, i] = whole
    return found
