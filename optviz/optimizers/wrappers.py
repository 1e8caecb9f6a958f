"""Wrappers: an optimizer around another one, such as ``clip(adam:lr=0.1,norm=1)``.

A wrapped optimizer is of a class of its own, made from the wrapper and the base's class: it has the
base's settings and those of the wrapper, side by side, and so is tuned, swept, trained with and
drawn like any other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from optviz.optimizers.answers import SEEN, call_rule, decayed
from optviz.optimizers.base import Optimizer, Slots
from optviz.optimizers.declared import spec_name
from surfaces.errors import InputError, must


class _Wraps(type):
    """Makes ``SAM("adam", rho=0.1)`` an instance of the class that is made for that base."""

    def __call__(cls: Any, *args: Any, **settings: Any) -> Any:
        if issubclass(cls, Optimizer):
            return super().__call__(*args, **settings)
        return cls.around(*args, **settings)


class Wrapper(metaclass=_Wraps):
    """What a wrapper adds to the class that it stands before.

    Attributes
    ----------
    settings : mapping of name to callable
        The hyper-parameters that it brings: what makes the declaration of each.
    word : str
        What stands behind the base's name in a legend, as in "Adam+clip".
    alone : str or None
        The base of a spec that names none.
    companions : tuple of str
        Slots that are points, which a contour shows beside the head.
    says_defaults : bool
        Whether specs and labels name its settings even where they are the defaults.
    """

    settings: ClassVar[Mapping[str, Callable[[], Any]]]
    word: ClassVar[str]
    alone: ClassVar[str | None] = None
    companions: ClassVar[tuple[str, ...]] = ()
    says_defaults: ClassVar[bool] = True
    parts: ClassVar[tuple[type[Wrapper], type[Optimizer]]]
    # What a setting is called where the base has one of that name.
    renamed: ClassVar[Mapping[tuple[type, str], str]] = {}

    def __reduce__(self) -> Any:
        own: Any = self
        return rebuilt, (*_parts(self.parts), own.definition()[2])

    @classmethod
    def around(cls, base: Optimizer | str | None = None, **settings: Any) -> Self:
        """The wrapped optimizer; settings that the wrapper lacks are the base's.

        Raises
        ------
        InputError
            An optimizer without a rule, such as torch's, or settings that are not allowed.
        """
        from optviz.optimizers import as_rule

        if base is None and cls.alone is None:
            raise InputError(f"{cls.__name__} must be given an optimizer; not none")
        made = as_rule(cls.alone if base is None else base)
        if not made.steps_by_rule:
            raise made.without_rule()
        names = own_names(cls, type(made))
        given = {names.get(name, name): value for name, value in settings.items()}
        found: Any = rebuilt(cls, type(made), made.definition()[2] | given)
        return found  # type: ignore[no-any-return]  # a class that is made at run time

    @classmethod
    def check_base(cls, base: type[Optimizer]) -> None:
        """Refuse a class that it cannot stand around: one that it does already, or without a rule.

        Raises
        ------
        InputError
        """
        if issubclass(base, cls):
            raise must("optimizer", f"one without {cls.__name__.lower()}", spec_name(base))
        if not base.steps_by_rule:
            raise must("optimizer", f"outside of {cls.__name__.lower()}", spec_name(base))

    def setting(self, wrapper: type[Wrapper], name: str) -> Any:
        """The value of a wrapper's own setting."""
        return getattr(self, self.renamed.get((wrapper, name), name))

    def base_rule(self, wrapper: type[Wrapper]) -> Callable[..., Any]:
        """The rule that this wrapper stands before."""
        above: Any = super(wrapper, self)
        rule: Callable[..., Any] = above.rule
        return rule

    def base_step(
        self, wrapper: type[Wrapper], t: Any, lr: Any, grad: Any, params: Any, slots: Slots
    ) -> tuple[Any, Slots]:
        """The step, weight decay included, and the new slots of what this wrapper stands around.

        A wrapper whose rule calls it has ``decays_in_rule = True``.
        """
        own: Any = self
        seen = {name: slots.pop(name) for name in SEEN if name in slots}

        def rule(t: Any, lr: Any, grad: Any, slots: Slots, **seen: Any) -> Any:
            return call_rule(self.base_rule(wrapper), t, lr, grad, slots, seen)

        if base_of(wrapper, type(own)).decays_in_rule:
            step, after = rule(t, lr, grad, slots, params=params, **seen)
            return step, after
        return decayed(own, rule, t, lr, grad, params, slots, seen)

    def stability_limit(self) -> float | None:
        """None: the base's limit is that of the base alone."""
        return None


_made: dict[tuple[type, type], type[Optimizer]] = {}  # one class for each pair


def wrapped(wrapper: type[Wrapper], base: type[Optimizer]) -> type[Optimizer]:
    """The class of optimizers of a class that are wrapped.

    Raises
    ------
    InputError
        It is wrapped so already.
    """
    if (wrapper, base) not in _made:
        _made[wrapper, base] = _class(wrapper, base)
    return _made[wrapper, base]


def base_of(wrapper: type[Wrapper], kind: type) -> type[Optimizer]:
    """What a wrapper of a class stands around, other wrappers included."""
    parts = [vars(cls)["parts"] for cls in kind.__mro__ if "parts" in vars(cls)]
    found: type[Optimizer] = next(base for outer, base in parts if outer is wrapper)
    return found


def own_names(wrapper: type[Wrapper], base: type[Optimizer]) -> dict[str, str]:
    """What the settings of a wrapper are called beside the base's: alpha, or lookahead_alpha."""
    taken = {field.name for field in dataclasses.fields(base)}
    prefix = wrapper.__name__.lower()
    return {name: f"{prefix}_{name}" if name in taken else name for name in wrapper.settings}


def _class(wrapper: type[Wrapper], base: type[Optimizer]) -> type[Optimizer]:
    wrapper.check_base(base)
    names = own_names(wrapper, base)
    declared = {names[name]: make() for name, make in wrapper.settings.items()}
    title: Any = base.title
    own = title if isinstance(title, str) else base.__name__
    inner = spec_name(base)
    body = declared | {
        "__annotations__": {name: type(f.default).__name__ for name, f in declared.items()},
        "__module__": __name__,
        "__doc__": f"{own} with {wrapper.__name__}.",
        "title": own if own.endswith(f"+{wrapper.word}") else f"{own}+{wrapper.word}",
        "parts": (wrapper, base),
        "said": (*base.said, *(declared if wrapper.says_defaults else ())),
        "renamed": {**getattr(base, "renamed", {}), **{(wrapper, k): v for k, v in names.items()}},
        "_spec_name": f"{wrapper.__name__.lower()}({inner})",
    }
    made: Any = _Wraps(f"{wrapper.__name__}{base.__name__}", (wrapper, base), body)
    kind: type[Optimizer] = dataclasses.dataclass(frozen=True)(made)
    return kind


def rebuilt(wrapper: type[Wrapper], base: Any, settings: dict[str, Any]) -> Optimizer:
    """An optimizer of the class that is made for a base, with all its settings.

    A base that is wrapped itself may stand as the pair of its wrapper and its base.
    """
    return _class_of((wrapper, base))(**settings)


def _class_of(parts: Any) -> type[Optimizer]:
    """The class of a wrapper and a base that may be such a pair again."""
    return wrapped(parts[0], _class_of(parts[1])) if isinstance(parts, tuple) else parts


def _parts(parts: Any) -> tuple[Any, Any]:
    """A wrapper and its base, without the classes made here: no module has them to be pickled."""
    wrapper, base = parts
    return wrapper, _parts(base.parts) if issubclass(base, Wrapper) else base
