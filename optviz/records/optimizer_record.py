"""Write optimizers as plain JSON and read them back: class, settings and text.

A file chooses no code to run: its class is looked up among the subclasses of `Optimizer` and of
``torch.optim.Optimizer`` that are defined already, and in torch.optim; nothing is imported by a
name that stands in a file. A class that is not found can be shown, but not run.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optviz.optimizers import Optimizer, parse
from optviz.optimizers.base import Rate, State
from optviz.optimizers.declared import class_path, subclasses
from optviz.optimizers.hyper import learning_rate
from optviz.optimizers.schedules import Schedule
from optviz.optimizers.spec import WRAPPERS
from optviz.optimizers.wrappers import wrapped
from optviz.records.labels import optimizer_label
from surfaces.errors import InputError, shown

REMEDY = (
    "import the module that does so, a plugin's (optviz.register, --plugin) too, or hand it over: "
    "Trajectory.load(path, optimizer=...)"
)


@dataclass(frozen=True)
class RecordedOptimizer(Optimizer):
    """An optimizer of which no class is at hand: it can be shown, but cannot run.

    Attributes
    ----------
    lr : float
        The rate of the first step.
    rates : tuple of float
        The rate of each step; one number where it was constant, none where it is not known.
    title, label, text : str
        What the optimizer says of itself: see `Optimizer`.
    record : str
        Its entry in the file, as JSON, with its class and settings.
    reason : str
        Why it cannot run.
    """

    lr: Rate = learning_rate(0.0)
    rates: tuple[float, ...] = (0.0,)
    title: str = ""
    label: str = ""
    text: str = ""
    record: str = "{}"
    reason: str = ""

    broadcasts = False
    steps_by_rule = False

    def __str__(self) -> str:
        return self.text

    def rate(self, t: int) -> float:
        """The learning rate of step ``t``, counted from 1."""
        return self.rates[min(t, len(self.rates)) - 1] if self.rates else math.nan

    def init(self, params: Any) -> State:
        """Refused: there is nothing to run."""
        raise self.without_rule()

    def without_rule(self) -> InputError:
        """The error of whoever asks for the rule."""
        return InputError(
            f"optimizer must be one that can run; not {self.title} as it was recorded: "
            f"{self.reason}"
        )


def optimizer_to_dict(optimizer: Optimizer, steps: int) -> dict[str, Any]:
    """An optimizer as a record in plain JSON types, for a file.

    Parameters
    ----------
    optimizer : Optimizer
    steps : int
        How many of a schedule's rates are written, to be shown where the schedule cannot be made.
    """
    if isinstance(optimizer, RecordedOptimizer):
        record: dict[str, Any] = json.loads(optimizer.record)
        return record
    count = max(steps, 1) if isinstance(optimizer.lr, Schedule) else 1
    record = {
        "title": optimizer.title,
        "label": optimizer_label(optimizer),
        "text": str(optimizer),
        "rates": [optimizer.rate(t) for t in range(1, count + 1)],
    }
    if _is_read_from(str(optimizer), optimizer):
        record["spec"] = str(optimizer)
    library, path, settings = optimizer.definition()
    try:
        return record | {library: path, "settings": _plain(settings)}
    except TypeError as error:
        return record | {library: path, "reason": str(error)}


def optimizer_from_dict(record: Mapping[str, Any], kind: type | None = None) -> Optimizer:
    """The optimizer of which `optimizer_to_dict` made the record.

    Parameters
    ----------
    record : mapping
    kind : type, optional
        Its class, where that is at hand: it is not looked for by the recorded path then.

    Returns
    -------
    Optimizer
        An equal one; a `RecordedOptimizer` where its class is not defined, torch is not installed,
        or the class does not take the settings.

    Raises
    ------
    LookupError, TypeError, ValueError
        The record is not one of an optimizer.
    """
    if "spec" in record and kind is None:
        try:
            return parse(record["spec"])
        except InputError as error:  # a name that nobody has registered here
            if "title" not in record:  # as an earlier version wrote it
                raise InputError(f"{error}; {REMEDY}") from None
    reason = record.get("reason", "")
    if not reason:
        try:
            return _made(record, kind)
        except ModuleNotFoundError as error:
            reason = f"{error.name} must be installed first"
        except (InputError, LookupError, TypeError, ValueError) as error:
            reason = " ".join(str(error.args[0] if error.args else error).split())
    return _recorded(record, reason)


def solver(label: str) -> RecordedOptimizer:
    """What found a path that is given as points: it has a name, and no rule, rate or settings."""
    reason = "no more than its path is known"
    return _recorded(
        {"title": label, "label": label, "text": label, "rates": [], "reason": reason}, reason
    )


def _recorded(record: Mapping[str, Any], reason: str) -> RecordedOptimizer:
    """The optimizer as its record alone tells it."""
    rates = tuple(map(float, record["rates"]))
    return RecordedOptimizer(
        lr=rates[0] if rates else 0.0,
        rates=rates,
        title=str(record["title"]),
        label=str(record["label"]),
        text=str(record["text"]),
        record=json.dumps(record),
        reason=reason,
    )


def _made(record: Mapping[str, Any], kind: type | None) -> Optimizer:
    """The optimizer of a record whose class is defined."""
    settings = {str(name): _value(value) for name, value in record["settings"].items()}
    if "torch" in record:
        from optviz.torch_bridge.from_torch import find, from_torch  # torch takes a second to load

        return from_torch(find(record["torch"]), **settings)
    optimizer: Optimizer = (kind or _find(Optimizer, record["class"]))(**settings)
    return optimizer


def _is_read_from(text: str, optimizer: Optimizer) -> bool:
    try:
        return parse(text) == optimizer
    except InputError:
        return False


def _find(base: type, path: str) -> Any:
    """The class of that path among the defined subclasses of ``base``; the latest of several."""
    outer, bracket, inner = path.partition("(")
    if bracket and outer in WRAPPERS:
        return wrapped(WRAPPERS[outer], _find(Optimizer, inner.removesuffix(")")))
    found = [kind for kind in subclasses(base) if class_path(kind) == path]
    if not found:
        raise LookupError(f"{path} must be defined first: {REMEDY}")
    return found[-1]


def _plain(value: Any) -> Any:
    """A setting in plain JSON types; TypeError for a value that has no such form."""
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if type(value) is tuple:
        return [_plain(member) for member in value]
    if type(value) is dict:
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, Schedule):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {"schedule": class_path(type(value)), "settings": _plain(fields)}
    raise TypeError(f"{shown(value)} among its settings cannot be written to a file")


def _value(value: Any) -> Any:
    """The value that `_plain` wrote."""
    if isinstance(value, list):  # settings are hashed: none is a list
        return tuple(map(_value, value))
    if not isinstance(value, dict):
        return value
    if "float" in value:
        return float(value["float"])
    settings = {name: _value(member) for name, member in value["settings"].items()}
    return _find(Schedule, value["schedule"])(**settings)
