"""One's own activations and models: what makes them, checked once, under a name."""

from __future__ import annotations

import copy
import inspect
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from optviz.mnist.networks.models import ACTIVATIONS, MODELS
from surfaces.errors import InputError, must, reason_of, shown
from surfaces.registry import Registry

IMAGES = (2, 1, 28, 28)  # what a network is tried on
UNITS = (2, 12)  # and an activation too
SETTINGS = ("hidden", "activation", "dropout")
# What each kind is made of, as messages say it.
LOOKS = {
    "activation": "a torch module, its class, or a function without arguments that makes one",
    "model": "a torch module, its class, or a function that makes one",
}
TABLES: dict[str, Registry[Any]] = {"activation": ACTIVATIONS, "model": MODELS}

Entry = tuple[str, str, Any]  # kind, name, and what makes it


@dataclass(frozen=True)
class Copies:
    """Makes copies of a module: each run begins with its very weights."""

    module: nn.Module

    def __call__(self) -> nn.Module:
        return copy.deepcopy(self.module)

    def __repr__(self) -> str:
        return repr(self.module)


@dataclass(frozen=True)
class Unset:
    """A model that takes no settings: hidden layers, activation and dropout are its own."""

    make: Callable[[], nn.Module]

    def __call__(self, hidden: Sequence[int], activation: str, dropout: float) -> nn.Module:
        return self.make()

    def __repr__(self) -> str:
        return repr(self.make)


def kind_of(thing: Any) -> str:
    """ "activation" or "model", by what comes out for images.

    Raises
    ------
    InputError
        It is neither.
    """
    if _takes_settings(thing):
        return "model"
    out = _tried("network", thing, _made("model", _maker("model", thing), thing))
    return "activation" if out == IMAGES else "model"


def takes_settings(model: str) -> bool:
    """Whether a model is one's own that is made with hidden layers, activation and dropout."""
    make = MODELS.added().get(model)
    return make is not None and not isinstance(make, Unset)


def enter(kind: str, thing: Any, name: str | None = None, *, replace: bool = False) -> str:
    """Enter an activation or a model among those known, and return its name.

    Raises
    ------
    InputError
        It makes no such module, or its name is another's.
    """
    make, _ = _checked(kind, thing)
    called = _own_name(thing) if name is None else name
    if not called:
        raise must(kind, "registered with a name: optviz.register(thing, name)", thing)
    TABLES[kind].add(called, make, replace=replace)
    return called


def named(kind: str, thing: Any) -> str:
    """The name of a thing that stands in place of one; it is entered if it is not known yet."""
    make = _maker(kind, thing)
    for name, known in TABLES[kind].so_far.items():
        if known in (make, Unset(make)):
            return name
    make, module = _checked(kind, thing)
    own = _own_name(thing) or type(module).__name__.lower()
    names = itertools.chain([own], (f"{own}-{i}" for i in itertools.count(2)))
    called = next(name for name in names if name not in TABLES[kind].so_far)
    TABLES[kind].add(called, make)
    return called


def used(models: Iterable[str], activations: Iterable[str]) -> tuple[Entry, ...]:
    """Those of one's own among these names, for a process that does not know them."""
    asked = {"model": models, "activation": activations}
    return tuple(
        (kind, name, TABLES[kind].added()[name])
        for kind, names in asked.items()
        for name in dict.fromkeys(names)
        if name in TABLES[kind].added()
    )


def know(entries: Iterable[Entry]) -> None:
    """Enter what another process has sent."""
    for kind, name, make in entries:
        TABLES[kind].add(name, make, replace=True)


def _maker(kind: str, thing: Any) -> Callable[..., nn.Module]:
    if isinstance(thing, nn.Module):
        return Copies(thing)
    if not callable(thing):
        raise must(kind, LOOKS[kind], thing)
    made: Callable[..., nn.Module] = thing
    return made


def _checked(kind: str, thing: Any) -> tuple[Callable[..., nn.Module], nn.Module]:
    """What makes it, and one that was made, or an `InputError`."""
    make = _maker(kind, thing)
    if kind == "model" and not _takes_settings(thing):
        make = Unset(make)
    module = _made(kind, make, thing, *(((128, 64), "relu", 0.0) if kind == "model" else ()))
    _check(kind, thing, module)
    return make, module


def _takes_settings(thing: Any) -> bool:
    """Whether it is called with hidden layers, activation and dropout."""
    if isinstance(thing, nn.Module) or not callable(thing):
        return False
    try:
        inspect.signature(thing).bind(*SETTINGS)
    except (TypeError, ValueError):
        return False
    return tuple(inspect.signature(thing).parameters)[:3] == SETTINGS


def _made(kind: str, make: Callable[..., Any], thing: Any, *settings: Any) -> nn.Module:
    """What it makes; torch's random numbers are left as they were."""
    try:
        with torch.random.fork_rng(devices=[]):
            module = make(*settings)
    except Exception as error:  # whatever the user's code raises
        raise InputError(f"{must(kind, LOOKS[kind], thing)}: {reason_of(error)}") from error
    if not isinstance(module, nn.Module):
        raise InputError(f"{must(kind, LOOKS[kind], thing)}: it makes {shown(module)}")
    return module


@torch.no_grad()
def _tried(
    kind: str, thing: Any, module: nn.Module, shape: Sequence[int] = IMAGES
) -> tuple[int, ...]:
    """The shape of what comes out for zeros of a shape."""
    try:
        with torch.random.fork_rng(devices=[]):
            out = copy.deepcopy(module).eval()(torch.zeros(tuple(shape)))
    except Exception as error:  # whatever the user's code raises
        raise must(kind, f"one for numbers of shape {shape}: {reason_of(error)}", thing) from error
    if not isinstance(out, torch.Tensor) or tuple(out.shape) not in (IMAGES, UNITS, (2, 10)):
        found = tuple(out.shape) if isinstance(out, torch.Tensor) else out
        raise must(kind, f"one that turns {IMAGES} into logits (2, 10), or an activation", found)
    return tuple(out.shape)


def _check(kind: str, thing: Any, module: nn.Module) -> None:
    out = _tried(kind, thing, module)
    if kind == "activation" and (out != IMAGES or _tried(kind, thing, module, UNITS) != UNITS):
        raise must("activation", "a module whose output has the shape of its input", thing)
    if kind == "model" and out != (2, 10):
        raise must("model", "a network with ten logits an image", f"shape {out}")
    params = list(module.parameters())
    if kind == "model" and not params:
        raise must("model", "a network with parameters", thing)
    wrong = [p for p in params if p.dtype != torch.float32 or not p.requires_grad]
    if wrong:
        found = f"{wrong[0].dtype}{'' if wrong[0].requires_grad else ', frozen'}"
        raise must("parameters", "float32, all of them trained", found)
    if list(module.buffers()):
        name = next(iter(module.named_buffers()))[0]
        raise must(
            kind,
            "without buffers, such as batch normalization's running means, as only parameters are "
            "kept: GroupNorm or LayerNorm has none",
            name,
        )


def _own_name(thing: Any) -> str:
    """The class's or function's name in lower case; "" where it has none, as a lambda."""
    kind = type(thing) if isinstance(thing, nn.Module) else thing
    name = str(getattr(kind, "__name__", ""))
    return name.lower() if name.isidentifier() else ""
