"""Classes of optimizers and schedules: checks of a user's own, made when an instance is created."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ParamSpec, TypeVar

from surfaces.errors import InputError


def check_class(kind: type, base: type, final: Iterable[str], instead: str) -> None:
    """Refuse a class that declares something which would silently have no effect.

    Parameters
    ----------
    kind, base : type
        A class that is used, and the one of ours that it builds on.
    final : iterable of str
        Methods that only ``base`` may define, since not everything that runs a rule calls them.
    instead : str
        What a class defines in their place.

    Raises
    ------
    InputError
        One of those methods is overridden, or a setting is not a field: the decorator or the type
        was forgotten.
    """
    for name in final:
        if getattr(kind, name) is not getattr(base, name):
            raise InputError(
                f"{kind.__name__} must define {instead}; not {name}, "
                "which films, pages and training do not all call"
            )
    for cls in kind.__mro__:
        if cls is base:
            break
        lost = list(_lost(cls))
        if lost and _is_dataclass(cls):
            name = lost[0]
            raise InputError(
                f"{cls.__name__}.{name} must have a type, as in '{name}: float = ...'; "
                "not a value alone, which @dataclass leaves out"
            )
        if lost:
            raise InputError(
                f"{cls.__name__} must stand under @dataclass(frozen=True); "
                f"not without, as its {', '.join(lost)} would not count"
            )


def check_after(kind: Any, base: Any, check: Callable[[Any], None]) -> None:
    """Call ``check`` after a class's own ``__post_init__``, even if that does not call super's."""
    own = kind.__post_init__
    if own is base.__post_init__ or hasattr(own, "is_followed"):
        return

    @functools.wraps(own)
    def followed(self: Any, *args: Any, **settings: Any) -> None:
        own(self, *args, **settings)
        check(self)

    vars(followed)["is_followed"] = True
    kind.__post_init__ = followed


def _lost(cls: type) -> Iterator[str]:
    """Names that a class seems to declare as settings, but that are no parameters of it."""
    types = inspect.get_annotations(cls)
    fields = {f.name for above in cls.__mro__[1:] for f in _fields(above)}
    for name in vars(cls).keys() | types.keys():
        if name in types:
            lost = not _is_dataclass(cls) and "ClassVar" not in str(types[name])
        else:
            lost = name in fields or isinstance(vars(cls)[name], dataclasses.Field)
        if lost:
            yield name


def _is_dataclass(cls: type) -> bool:
    """Whether this class itself, not only a base class, has the decorator ``dataclass``."""
    return "__dataclass_params__" in vars(cls)


def _fields(cls: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()


def is_ours(kind: type) -> bool:
    """Whether a class and all its base classes belong to the package, and so never change."""
    return all(
        cls is object or cls.__module__.partition(".")[0] == "optviz" for cls in kind.__mro__
    )


P = ParamSpec("P")
T = TypeVar("T")


def once_if_ours(function: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function returns of a class or an instance, its first argument.

    Only of those that the package brings: what a user's rule reads, a global variable say, may
    change from run to run.
    """
    kept = functools.lru_cache(maxsize=256)(function)

    @functools.wraps(function)
    def call(*args: P.args, **settings: P.kwargs) -> T:
        first = args[0]
        kind = first if isinstance(first, type) else type(first)
        chosen: Callable[..., T] = kept if is_ours(kind) else function
        return chosen(*args, **settings)

    return call


def without(instance: Any, *names: str) -> dict[str, Any]:
    """The attributes of an object without those named, which cannot be pickled."""
    return {key: value for key, value in vars(instance).items() if key not in names}


def spec_name(kind: type) -> str:
    """What a spec of a class begins with: the name it was registered under, or its own."""
    return str(vars(kind).get("_spec_name", kind.__name__.lower()))


def class_path(kind: type) -> str:
    """The module and the qualified name of a class; of a wrapped one "clip(a.B)"."""
    if "parts" in vars(kind):
        wrapper, base = vars(kind)["parts"]
        return f"{wrapper.__name__.lower()}({class_path(base)})"
    return f"{kind.__module__}.{kind.__qualname__}"


def subclasses(base: type) -> Iterator[Any]:
    """The subclasses of a class that are defined by now, and theirs."""
    kinds: list[type] = base.__subclasses__()
    for kind in kinds:
        yield kind
        yield from subclasses(kind)
