"""Registries: what a package brings by name, and what users and installed plugins add to it.

An installed package adds its own by an entry point of the group ``optviz.plugins``, which names a
module. It is imported when a name is looked up that is not built in, or when all are listed: a
command that needs none of them does not wait for them.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Iterator, Mapping, MutableMapping
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

from surfaces.errors import InputError, reason_of, shown

GROUP = "optviz.plugins"

T = TypeVar("T")


class PluginWarning(UserWarning):
    """An installed package offers a plugin that cannot be imported."""


class Registry(MutableMapping[str, T]):
    """Things of one kind by name, in the order in which they came.

    Parameters
    ----------
    noun : str
        What one of them is called in messages.
    built_in : mapping of name to thing
        Those that the package brings; none of them can be replaced.
    """

    def __init__(self, noun: str, built_in: Mapping[str, T]) -> None:
        self.noun, self.built_in = noun, tuple(built_in)
        self._things = dict(built_in)

    def add(self, name: str, thing: T, *, replace: bool = False) -> T:
        """Enter a thing under a name, and return it.

        A class or function defined again, as when a notebook's cell runs twice, takes the place of
        the old one.

        Raises
        ------
        InputError
            The name is built in, or another thing has it and may not be replaced.
        """
        before = self._things.get(name, thing)
        if name in self.built_in and before is not thing:
            raise InputError(f"{self.noun} must have a name of its own; not {name!r}, a built-in's")
        if before is not thing and not replace and not _defined_again(before, thing):
            raise InputError(
                f"{self.noun} must have a name of its own; not {name!r}, which {shown(before)} has "
                "(replace=True puts the new one in its place)"
            )
        self._things[name] = thing
        return thing

    @property
    def so_far(self) -> Mapping[str, T]:
        """Those that are known by now: plugins are not looked for."""
        return MappingProxyType(self._things)

    def added(self) -> dict[str, T]:
        """Those of `so_far` that are not built in."""
        return {name: thing for name, thing in self._things.items() if name not in self.built_in}

    def __getitem__(self, name: str) -> T:
        if name not in self._things:
            load_plugins()
        return self._things[name]

    def __setitem__(self, name: str, thing: T) -> None:
        self.add(name, thing, replace=True)

    def __delitem__(self, name: str) -> None:
        if name in self.built_in:
            raise InputError(f"{self.noun} {name!r} is built in; it stays")
        del self._things[name]

    def __iter__(self) -> Iterator[str]:
        load_plugins()
        return iter(tuple(self._things))

    def __len__(self) -> int:
        load_plugins()
        return len(self._things)

    def __repr__(self) -> str:
        return f"<{self.noun}s: {', '.join(self._things)}>"


def _defined_again(before: Any, after: Any) -> bool:
    """Whether these are a class or function and the same one, defined once more."""
    paths = [(getattr(o, "__module__", None), getattr(o, "__qualname__", None))
             for o in (before, after)]  # fmt: skip
    return paths[0] == paths[1] and None not in paths[0] and "<lambda>" not in str(paths[0][1])


LOADED: list[ModuleType] = []  # the modules that `load_plugin` has imported


def load_plugin(module: str) -> ModuleType:
    """Import a plugin: a module by its name or by the path of its file.

    The current folder is looked into first, as Python does for a script that lies there.

    Raises
    ------
    InputError
        It is not there, or raises an exception; one line.
    """
    folder, name = os.getcwd(), module
    if module.endswith(".py"):
        folder, file = os.path.split(os.path.abspath(module))
        name = file.removesuffix(".py")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        loaded = importlib.import_module(name)
    except InputError as error:
        raise InputError(f"plugin {module}: {error}") from error
    except (Exception, SystemExit) as error:  # whatever the module raises when it is imported
        raise InputError(
            "plugin must be a module that can be imported, by its name or its file; "
            f"not {module}: {reason_of(error)}"
        ) from error
    if loaded not in LOADED:
        LOADED.append(loaded)
    return loaded


_looked_for: list[str] = []  # the group, once its entry points have been looked for


def load_plugins() -> None:
    """Import the modules that installed packages offer; each once.

    One that cannot be imported is a `PluginWarning` of one line: the others still work.
    """
    if _looked_for:
        return
    _looked_for.append(GROUP)  # first: a plugin that asks for a name must not come here again
    from importlib.metadata import entry_points  # 30 ms, which most commands need not wait for

    for point in entry_points(group=GROUP):
        _load(point)


def _load(point: Any) -> None:
    package = point.dist.name if point.dist else "a package"
    try:
        point.load()
    except (Exception, SystemExit) as error:  # likewise
        warnings.warn(
            f"plugin {point.name} of {package} must be a module that can be imported; "
            f"not {point.value}: {reason_of(error)}",
            PluginWarning,
            stacklevel=2,
        )
