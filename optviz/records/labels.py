"""Labels of runs: the optimizer, its rate, and every setting in which a run differs, in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any

from optviz.optimizers import Optimizer
from optviz.optimizers.base import written
from optviz.optimizers.hyper import are_numbers
from optviz.optimizers.schedules import Schedule
from optviz.records.record import Record
from optviz.words import LANGUAGES, Text, Translated, one_line, say, words_of
from surfaces.errors import must

DIGITS = (4, 6, 9, 17)  # of a number; the fewest that keep different numbers apart are taken
LONGEST = 60  # characters of a label that the user gives
_WORDS = words_of("labels")


def labels(runs: Sequence[Record], language: str = "en") -> list[str]:
    """The label of each run of a picture; no two are equal.

    A label names the optimizer, its rate, each setting that is not the class's default (torch's),
    and each in which it differs from another run of its class. Of a flag only the unusual value
    is named. A label that the user gave stays as it is; to runs that share it, their start is
    added.

    Parameters
    ----------
    runs : sequence of Trajectory, or of TrainingRecord
    language : {"en", "zh"}
    """
    return _numbered([run.named(language, runs) for run in runs])


def short_labels(runs: Sequence[Record], language: str = "en") -> list[str]:
    """The shortest labels that tell the runs of a picture apart, for places with little room.

    The optimizer's name where no other run is of its class; else also what differs between these.
    Where all runs are of one class, only what differs.
    """
    found = []
    alone = len({family(run.optimizer) for run in runs}) == 1 and not any(map(_given, runs))
    for run in runs:
        if _given(run):
            found.append(run.named(language, runs))
            continue
        optimizers = [other.optimizer for other in runs]
        different = _settings(run.optimizer, optimizers, language, only_different=True)
        different += _conditions(run, runs, language)
        own = run.optimizer.label or run.optimizer.title
        title = "" if alone and different else own
        text = _joined(title, different, language)
        found.append(text.replace(f"{own} {own.lower()}=", f"{own} "))  # "Momentum 0.8"
    return _numbered(found)


def class_labels(runs: Sequence[Record], language: str = "en") -> list[tuple[str, list[int]]]:
    """The label of each class of optimizers in a picture, and the indices of its runs.

    A class with one run has that run's own label. Else it is named with its settings if all of them
    share these, and with how many there are: "GD lr=0.01, 8 starts", or "GD, 12 runs".
    """
    members: dict[Any, list[int]] = {}
    for i, run in enumerate(runs):
        members.setdefault(_given(run) or family(run.optimizer), []).append(i)
    own, optimizers = labels(runs, language), [run.optimizer for run in runs]
    found = []
    for some in members.values():
        alike = [runs[i] for i in some]
        optimizer, count = alike[0].optimizer, [_count(alike, language)]
        if len(some) == 1:
            label = own[some[0]]
        elif name := _given(alike[0]):
            label = _listed([name, *count], language)
        elif all(run.optimizer == optimizer for run in alike):
            label = optimizer_label(optimizer, language, optimizers, count)
        else:
            title = optimizer.label or optimizer.title
            label = _listed([title, *count], language)
        found.append(label)
    return list(zip(_numbered(found), members.values(), strict=True))


def _count(runs: Sequence[Any], language: str) -> str:
    """How many runs there are, or starts if that is all in which they differ."""
    descents = all(run.kind == "descent" for run in runs)
    if descents and len({(run.optimizer, run.noise, run.seed) for run in runs}) == 1:
        starts = {tuple(map(float, run.points[0])) for run in runs}
        if len(starts) == len(runs):
            return say("label_starts", language, n=len(runs))
    return say("label_runs", language, n=len(runs))


@dataclass(frozen=True)
class OptimizerLabel:
    """The label of an optimizer ``beside`` others, as a text that can be given in each language."""

    optimizer: Optimizer
    beside: tuple[Optimizer, ...] = ()

    def text(self, language: str = "en") -> str:
        """Such as "Adam lr=0.1, β=0.5/0.99"."""
        return optimizer_label(self.optimizer, language, self.beside)


def optimizer_label(
    optimizer: Optimizer, language: str = "en", beside: Sequence[Optimizer] = (),
    conditions: Sequence[str] = (), without: Sequence[str] = (),
) -> str:  # fmt: skip
    """The label of an optimizer: its own text if its class gives one, else name and settings.

    Parameters
    ----------
    optimizer : Optimizer
    language : {"en", "zh"}
    beside : sequence of Optimizer
        The others of the picture; it may be among them.
    conditions : sequence of str
        What else is to be said of its run.
    without : sequence of str
        Settings that are not named.
    """
    settings = _settings(optimizer, beside, language, without=without)
    return _joined(optimizer.label or optimizer.title, [*settings, *conditions], language)


def run_label(run: Any, language: str = "en", beside: Sequence[Any] = ()) -> str:
    """The label of a `Trajectory` beside others: its optimizer's, and its start and noise if those
    are not the same for all. One that it was given needs no more, unless others share it."""
    if run.given_label:
        alike = [other for other in beside if _given(other) == run.given_label]
        return _listed([run.given_label, *_conditions(run, alike, language)], language)
    optimizers = [other.optimizer for other in beside]
    conditions = _conditions(run, beside, language)
    return optimizer_label(run.optimizer, language, optimizers, conditions)


def checked_labels(labels: Any, count: int) -> list[str]:
    """A label on one line for each of so many optimizers, no two equal; or an `InputError`."""
    if isinstance(labels, str) or not isinstance(labels, Iterable):
        raise must("labels", "a list of texts", labels)
    found = [checked_label(label) for label in labels]
    if len(found) != count:
        raise must("labels", f"{count}, one for each optimizer", found)
    if len(set(found)) < count:
        raise must("labels", "texts that differ", found)
    return found


def checked_label(label: Any) -> str:
    """A label on one line, or an `InputError`."""
    text = one_line("label", label)
    if not 0 < len(text) <= LONGEST:
        raise must("label", f"a text of 1 to {LONGEST} characters", label)
    return text


def _given(run: Any) -> str | None:
    """The label that the user gave a run."""
    return getattr(run, "given_label", None)


def _settings(
    optimizer: Optimizer, beside: Sequence[Optimizer], language: str, *,
    only_different: bool = False, without: Sequence[str] = (),
) -> list[str]:  # fmt: skip
    """The rate and the settings that a label names, in words."""
    defaults = {field.name: field.default for field in fields(optimizer)}
    alike = [_values(other) for other in beside if family(other) == family(optimizer)]
    texts = []
    for name, value in _values(optimizer).items():
        if name in without:
            continue
        values = [value, *(settings[name] for settings in alike if name in settings)]
        named = all(name in settings for settings in alike)  # torch's name what was given
        differs = not named or any(other != value for other in values)
        usual = name not in optimizer.said and value == defaults.get(name, MISSING)
        unusual = not usual and not only_different
        if unusual or (differs and not (usual and isinstance(value, bool))):
            texts.append(_setting(name, value, _digits(values), language))
    return texts


def _values(optimizer: Optimizer) -> dict[str, Any]:
    """The settings of an optimizer by name, the rate first; none where its label says all."""
    if optimizer.label is not None:
        return {}
    return {"lr": optimizer.lr} | optimizer.definition()[2]


def family(optimizer: Optimizer) -> tuple[type, str]:
    """What optimizers that differ in their settings alone have in common; torch's, their title."""
    return type(optimizer), optimizer.title


def _conditions(run: Any, beside: Sequence[Any], language: str) -> list[str]:
    """The start and the noise of a descent, where they are not the same for all."""
    if run.kind != "descent":
        return []
    found = []
    starts = list(dict.fromkeys(tuple(map(float, other.points[0])) for other in (*beside, run)))
    if len(starts) > 1:  # by their numbers, which pictures have at the rings
        i = starts.index(tuple(map(float, run.points[0]))) + 1
        found.append(say("label_start", language, i=i))
    for name in ("noise", "seed"):
        values = [getattr(other, name) for other in (run, *beside)]
        if len(set(values)) > 1:
            found.append(say(f"label_{name}", language, value=_number(values[0], _digits(values))))
    return found


def _setting(name: str, value: Any, digits: int, language: str) -> str:
    """A setting in words: ``lr=0.1``, ``weight decay=0.01``, ``Nesterov``, ``no bias correction``.

    Of a schedule the rate that it begins from, then a clause for each schedule, innermost first.
    """
    if isinstance(value, Schedule):
        clauses: list[str] = []
        while isinstance(value, Schedule):
            clauses.insert(0, _clause(value, digits, language))
            value = value.lr
        return _listed([f"{name}={_number(value, digits)}", *clauses], language)
    word = setting_name(name, language)
    if isinstance(value, bool):
        return word if value else say("label_without", language, what=word)
    return f"{word}={_number(value, digits)}"


def setting_text(name: str, value: float, beside: Sequence[float] = ()) -> Text:
    """A number as the value of a setting, such as β1=0.9, in digits that keep others apart."""
    digits = _digits([value, *beside])
    return Translated({
        language: f"{setting_name(name, language)}={_number(value, digits)}"
        for language in LANGUAGES
    })  # fmt: skip


def setting_name(name: str, language: str) -> str:
    """What a setting is called; of a member of a tuple, with its number: β1."""
    name, _, member = name.partition("_") if re.fullmatch(r"[a-z]+_\d", name) else (name, "", "")
    known = _WORDS.get(f"label_{name}")
    if name == "lr" or known is None:
        return name.replace("_", " ") + member
    return known[language] + (str(int(member) + 1) if member else "")


def _clause(schedule: Schedule, digits: int, language: str) -> str:
    """What a schedule does to the rate inside it."""
    settings = {
        field.name: _number(getattr(schedule, field.name), digits)
        for field in fields(schedule)
        if field.name != "lr"
    }
    kind = type(schedule).__name__
    if f"label_{kind.lower()}" in _WORDS:
        return say(f"label_{kind.lower()}", language, **settings)
    return " ".join([kind, *(f"{name}={text}" for name, text in settings.items())])  # a user's own


def _number(value: Any, digits: int) -> str:
    """A value for reading: 0.1, 1e−5, 0.9/0.99."""
    if isinstance(value, tuple):
        return "/".join(_number(member, digits) for member in value)
    if isinstance(value, bool) or not are_numbers(value):
        return written(value)
    return re.sub(r"e(-?)\+?0*", r"e\1", f"{value:.{digits}g}").replace("-", "\N{MINUS SIGN}")


def _digits(values: Sequence[Any]) -> int:
    """How many digits keep these values of a setting apart."""
    different = len({written(value) for value in values})
    for digits in DIGITS[:-1]:
        if len({_setting("", value, digits, "en") for value in values}) >= different:
            return digits
    return DIGITS[-1]


def _joined(title: str, parts: Sequence[str], language: str) -> str:
    return " ".join([*([title] if title else []), *([_listed(parts, language)] if parts else [])])


def _listed(parts: Sequence[str], language: str) -> str:
    return say("label_comma", language).join(parts)


def _numbered(texts: Sequence[str]) -> list[str]:
    """The texts, those that are equal with a number behind."""
    alike, seen = Counter(texts), Counter[str]()
    numbered = []
    for text in texts:
        seen[text] += 1
        numbered.append(f"{text} ({seen[text]})" if alike[text] > 1 else text)
    return numbered
