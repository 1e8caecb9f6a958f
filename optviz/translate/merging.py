"""Merge all variants of a rule, one for each combination of its booleans, into one computation.

A rule branches on booleans, so each combination of them is a tape of its own. `merge` joins the
tapes two by two, flag by flag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from optviz.translate.alignment import Alignment
from optviz.translate.variants import Merged, Step, renamed, renamed_operation, union
from surfaces.tape import Argument, Tape


def merge(
    tapes: Sequence[Tape], labels: Sequence[Sequence[str]], *, in_order: bool = False
) -> Merged:
    """One computation of 2**n variants.

    Parameters
    ----------
    tapes : sequence of Tape
        Variant v has flag i set where bit i of v is 1.
    labels : sequence of sequence of str
        What the results of each tape are called; results of one label are one result.
    in_order : bool
        Leave the operations of each variant in its own order; else only what each of them needs
        comes before it, and those of the same variants stand side by side.
    """
    names = (f"v{i}" for i in count())
    level = []
    for variant, (tape, known) in enumerate(zip(tapes, labels, strict=True)):
        own = {operation.name: next(names) for operation in tape.operations}
        steps = [
            Step(1 << variant, renamed_operation(operation, own)) for operation in tape.operations
        ]
        results = {k: renamed(v, own) for k, v in zip(known, tape.results, strict=True)}
        level.append(Merged(1 << variant, tuple(steps), results))
    while len(level) > 1:  # flag by flag
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [Alignment(first, second, names).merged() for first, second in pairs]
        if not in_order:
            level = list(map(_grouped, level))
    return _numbered(level[0])


def _grouped(merged: Merged) -> Merged:
    """The same operations as one step, and steps of the same variants side by side.

    Dependencies between steps are kept; apart from that, so is their order.
    """
    same: dict[Any, list[int]] = {}
    for i, step in enumerate(merged.steps):
        same.setdefault(repr(step.operation), []).append(i)
    needs = _needs(merged.steps)
    for groups in (list(same.values()), [[i] for i in range(len(merged.steps))]):
        order = _order(merged, groups, needs)
        if order is not None:
            return replace(merged, steps=tuple(order))
    raise AssertionError("steps stand in an order that is right for each variant")


def _needs(steps: Sequence[Step]) -> list[set[int]]:
    """The steps that give what a step reads."""
    makers: dict[Argument, list[int]] = {}
    needs = []
    for i, (_, operation) in enumerate(steps):
        needs.append({k for arg in operation.args for k in makers.get(arg, ())})
        makers.setdefault(operation.name, []).append(i)
    return needs


def _order(merged: Merged, groups: list[list[int]], needs: Sequence[set[int]]) -> list[Step] | None:
    """The steps of each group as one, in order; None if they need each other."""
    done: set[int] = set()
    order: list[Step] = []
    last = merged.variants
    waiting = [
        (
            group,
            Step(union(merged.steps[i].variants for i in group), merged.steps[group[0]].operation),
            set[int]().union(*(needs[i] for i in group)),
        )
        for group in groups
    ]
    while waiting:
        ready = [w for w in waiting if w[2] <= done]
        if not ready:
            return None
        alike = [w for w in ready if w[1].variants == last]
        other = [w for w in ready if not w[1].variants & last]
        chosen = (alike or other or ready)[0]
        waiting.remove(chosen)
        done.update(chosen[0])
        order.append(chosen[1])
        last = chosen[1].variants
    return order


def _numbered(merged: Merged) -> Merged:
    """Results of operations by the names ``t0``, ``t1``, ... in their order."""
    names: dict[str, str] = {}
    for _, operation in merged.steps:
        names.setdefault(operation.name, f"t{len(names)}")
    steps = tuple(
        Step(variants, renamed_operation(operation, names)) for variants, operation in merged.steps
    )
    return Merged(merged.variants, steps, {k: renamed(v, names) for k, v in merged.results.items()})
