"""`register`: enter one's own optimizers, surfaces, lessons, panels, formats and networks by name.

A plugin is a module that calls `register` when it is imported. The command line imports it by
``--plugin``; an installed package offers it by an entry point of the group ``optviz.plugins``.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from optviz.optimizers import REGISTRY, Optimizer
from optviz.optimizers.schedules import SCHEDULES
from optviz.optimizers.spec import WRAPPERS
from optviz.scenarios import Scenario
from optviz.scenarios import registry as scenarios
from surfaces import CATALOGUE
from surfaces.errors import InputError, must, unknown
from surfaces.registry import Registry
from surfaces.surface import Surface

T = TypeVar("T")

GRAMMAR = frozenset([*WRAPPERS, *SCHEDULES])  # what specs know beside names of optimizers


class Kind(NamedTuple):
    """One kind of thing: what an object of it looks like, and how it is entered."""

    is_one: Callable[[Any], bool]
    enter: Callable[[Any, str | None, bool], None]
    looks: str


def register(thing: T, name: str | None = None, *, kind: str | None = None,
             replace: bool = False) -> T:  # fmt: skip
    """Enter something of one's own under a name, wherever names are read; it is returned.

    As a decorator of a class it needs no name:

    >>> @register
    ... @dataclass(frozen=True)
    ... class SignSGD(Optimizer):
    ...     def rule(self, t, lr, grad):
    ...         return -lr * sign(grad), {}

    Parameters
    ----------
    thing
        - optimizer: a subclass of `Optimizer`, which specs then name;
        - surface: a `Surface`;
        - scenario: a `Scenario`;
        - panel: a subclass of `optviz.scene.Panel`, a view of films;
        - writer: a function ``write(film, stream, progress)`` of a file format, whose name is the
          suffix, such as ``".npz"``; `optviz.export.protocol` describes the film;
        - activation: a torch module, its class, or a function without arguments that makes one;
        - model: the same, from images (n, 1, 28, 28) to logits (n, 10); a function may also take
          ``(hidden, activation, dropout)``.
    name : str, optional
        The class's in lower case, or that of the surface or scenario, unless given.
    kind : str, optional
        One of those above, where the object itself does not tell.
    replace : bool
        Take the place of another thing that was registered under this name. A class that is defined
        anew, as when a notebook's cell runs again, does so by itself.

    Raises
    ------
    InputError
        Another thing has this name, or it is nothing that can be registered; one line.
    """
    found = _kind_of(thing, name) if kind is None else kind
    if found not in KINDS:
        raise unknown("kind", found, KINDS)
    if not KINDS[found].is_one(thing):
        raise must(found, KINDS[found].looks, thing)
    KINDS[found].enter(thing, name, replace)
    return thing


def _kind_of(thing: Any, name: str | None) -> str:
    """The kind of a thing, by its type, its parameters or what it makes."""
    for kind in ("optimizer", "surface", "scenario"):
        if KINDS[kind].is_one(thing):
            return kind
    if isinstance(name, str) and name.startswith("."):
        return "writer"
    if "optviz.scene.panels.base" in sys.modules and _is_panel(thing):
        return "panel"
    if "torch" in sys.modules and callable(thing):
        from optviz.mnist.networks.own import kind_of

        return kind_of(thing)
    raise must("thing", f"{', '.join(KINDS)}, as optviz.register describes them", thing)


def _is_kind(base: type) -> Callable[[Any], bool]:
    return lambda thing: isinstance(thing, type) and issubclass(thing, base) and thing is not base


def _is_panel(thing: Any) -> bool:
    from optviz.scene.panels.base import Panel

    return _is_kind(Panel)(thing)


def _is_writer(thing: Any) -> bool:
    """Whether it can be called with a film, a stream and a function of progress."""
    try:
        inspect.signature(thing).bind(None, None, None)
    except (TypeError, ValueError):
        return False
    return not isinstance(thing, type)


def _enter_optimizer(thing: type[Optimizer], name: str | None, replace: bool) -> None:
    if thing.__module__.partition(".")[0] == "optviz":  # also those that wrappers make
        raise must("optimizer", "a class of your own; ours have names already", thing)
    called = _checked("optimizer", thing.__name__.lower() if name is None else name)
    if called in GRAMMAR or called.partition(".")[0] == "torch":
        raise must("optimizer's name", "none that means something else in a spec", called)
    REGISTRY.add(called, thing, replace=replace)
    thing._spec_name = called


def _enter_named(
    kind: str, table: Callable[[], Registry[Any]]
) -> Callable[[Any, str | None, bool], None]:
    """Of things that have a name themselves: under another one a copy is entered."""

    def enter(thing: Any, name: str | None, replace: bool) -> None:
        called = _checked(kind, thing.name if name is None else name)
        known = thing if called == thing.name else dataclasses.replace(thing, name=called)
        table().add(called, known, replace=replace)

    return enter


def _enter_panel(thing: Any, name: str | None, replace: bool) -> None:
    from optviz.scene.views import PANELS_OF

    if thing.record_kind not in PANELS_OF:
        raise unknown("record_kind", thing.record_kind, PANELS_OF)
    called = _checked("panel", thing.__name__.lower() if name is None else name)
    PANELS_OF[thing.record_kind].add(called, thing, replace=replace)


def _enter_writer(thing: Any, name: str | None, replace: bool) -> None:
    from optviz.export import WRITERS
    from optviz.records.trajectory_files import WRITERS as NUMBERS

    if not isinstance(name, str) or not re.fullmatch(r"\.[a-z0-9]+", name):
        raise must("name", "the suffix of its files, such as '.npz', in lower case", name)
    if name in NUMBERS or name == ".html":
        raise InputError(f"file format must have a suffix of its own; not {name!r}, a built-in's")
    WRITERS.add(name, thing, replace=replace)


def _enter_network(kind: str) -> Callable[[Any, str | None, bool], None]:
    def enter(thing: Any, name: str | None, replace: bool) -> None:
        from optviz.mnist.networks import own

        if name is not None:
            _checked(kind, name)
        own.enter(kind, thing, name, replace=replace)

    return enter


def _checked(kind: str, name: Any) -> str:
    """A name that can stand in a spec, a link and a command, or an `InputError`."""
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_.-]*", name):
        raise must(f"{kind}'s name", "lower-case letters, digits, - and _, from a letter on", name)
    return name


KINDS: dict[str, Kind] = {
    "optimizer": Kind(_is_kind(Optimizer), _enter_optimizer, "a subclass of optviz.Optimizer"),
    "surface": Kind(
        lambda thing: isinstance(thing, Surface),
        _enter_named("surface", lambda: CATALOGUE),
        "a Surface",
    ),
    "scenario": Kind(
        lambda thing: isinstance(thing, Scenario), _enter_named("scenario", scenarios), "a Scenario"
    ),
    "panel": Kind(_is_panel, _enter_panel, "a subclass of optviz.scene.Panel"),
    "writer": Kind(_is_writer, _enter_writer, "a function write(film, stream, progress)"),
    "activation": Kind(callable, _enter_network("activation"), "a class of torch modules"),
    "model": Kind(callable, _enter_network("model"), "a torch module, or what makes one"),
}
