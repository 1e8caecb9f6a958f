"""The explorer's data: surfaces, rules, schedules and lessons as one JavaScript object."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from matplotlib.colors import to_hex

import surfaces
from optviz import scenarios
from optviz.descent import CLASSICS
from optviz.explorer.bundle import bundle, minified
from optviz.optimizers import REGISTRY, Optimizer, as_rule, schedules
from optviz.optimizers.declared import once_if_ours, spec_name
from optviz.scenarios import Scenario
from optviz.scene import basin_colours
from optviz.scene.marks import SHAPES, own_marks, shades
from optviz.scene.panels.contour import LEVELS
from optviz.scene.themes import THEMES, Theme
from optviz.translate.javascript import (
    lines_source,
    object_source,
    rule_entries,
    schedule_entries,
    surface_source,
)
from optviz.translate.slots import classify_slots
from optviz.words import LANGUAGES, words_of
from surfaces.errors import InputError
from surfaces.interpolation import Grid
from surfaces.surface import Surface

FIRST = "himmelblau"  # what is seen before anything is chosen
BASIN_WORDS = ("basins_others", "basins_gone", "basins_open")

Kinds = Mapping[str, type[Optimizer]]


def module_text(
    given: Sequence[Surface] = (), kinds: Iterable[type[Optimizer]] = (), *, whole: bool = True
) -> str:
    """The explorer's modules and data, as the text of one ES module.

    Parameters
    ----------
    given : sequence of Surface
        Come first in the list.
    kinds : iterable of Optimizer subclasses
        Of the user's own, besides all of ``optviz.optimizers``.
    whole : bool
        Add the catalogue's other surfaces and all lessons; else only the lessons on ``given``.

    Returns
    -------
    str
        Declares ``optvizExplorer`` and ``DATA``; safe inside a ``<script>`` element.
    """
    found = contents(given, kinds, whole=whole)
    data = minified(_data(opened_first(given).name, found))
    # As a function, whose text the page's worker runs too; in brackets engines compile it at once.
    text = (
        f"const optvizModule = (() => {{\n{bundle()}const DATA = {data};\n"
        "return { optvizExplorer, DATA };\n});\n"
        "const { optvizExplorer, DATA } = optvizModule();\n"
        "optvizExplorer.useSource(optvizModule);\n"
    )
    return text.replace("</", r"<\/").replace("<!--", r"<\!--")


class Contents(NamedTuple):
    """What there is to choose from, each by its name."""

    surfaces: Mapping[str, Surface]
    rules: Kinds
    lessons: Mapping[str, Scenario]


def contents(
    given: Sequence[Surface] = (), kinds: Iterable[type[Optimizer]] = (), *, whole: bool = True
) -> Contents:
    """The surfaces, optimizers and lessons of `module_text`."""
    lessons = [scenarios.get(name) for name in scenarios.names()]
    shown = {surface.name: surface for surface in given}
    if whole:
        others = {n: surfaces.get(n) for n in surfaces.names() if n not in shown}
        added = surfaces.CATALOGUE.added()  # a registered function is shown from samples
        shown |= {n: drawable(s) if n in added else s for n, s in others.items()}
    else:
        lessons = [s for s in lessons if s.surface is shown.get(s.surface.name)]
    for lesson in lessons:
        shown.setdefault(lesson.surface.name, lesson.surface)
    lessons = [s for s in lessons if shown[s.surface.name] is s.surface]
    rules = rules_of([*kinds, *(type(as_rule(o)) for s in lessons for o in s.optimizers)])
    return Contents(shown, rules, {lesson.name: lesson for lesson in lessons})


def drawable(surface: Surface) -> Surface:
    """The surface, or samples of its window if a browser cannot compute it."""
    try:
        surface_source(surface)
    except InputError:
        return Surface.from_dict(surface.to_dict())
    return surface


def opened_first(given: Sequence[Surface]) -> Surface:
    """The surface that is shown first."""
    return given[0] if given else surfaces.get(FIRST)


def rules_of(kinds: Iterable[Any]) -> dict[str, type[Optimizer]]:
    """All optimizers by the name that a spec begins with, the user's own among them.

    Raises
    ------
    InputError
        Two classes of one name.
    """
    known = dict(REGISTRY)
    for kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, Optimizer)):
            continue
        if known.setdefault(spec_name(kind), kind) is not kind:
            raise InputError(
                f"optimizer must have a name of its own; not {kind.__name__}, another one's"
            )
    return known


def _data(first: str, found: Contents) -> str:
    themes = {name: _theme(THEMES[name]) for name in ("light", "dark", "print")}
    return object_source({
        "first": _json(first),
        "surfaces": object_source({
            name: _surface(surface) for name, surface in found.surfaces.items()
        }),
        "rules": object_source({name: _rule(kind) for name, kind in found.rules.items()}),
        "schedules": object_source({
            name: object_source(schedule_entries(kind) | {"ranges": _ranges(kind)})
            for name, kind in schedules.SCHEDULES.items()
        }),
        "scenarios": object_source({
            name: _json(settings_of(lesson)) for name, lesson in found.lessons.items()
        }),
        "themes": _json(themes),
        "order": _json(list(REGISTRY)),
        "shapes": _json(SHAPES),
        "own": _json(own_marks()[:10]),
        "five": _json(CLASSICS),
        "words": _json(
            words_of("everywhere", "page", "labels", "captions", "formula")
            | {name: words_of("basins")[name] for name in BASIN_WORDS}
        ),
        "basins": _json({"hues": basin_colours.hues(), "diverged": basin_colours.DIVERGED_COLOUR}),
    })  # fmt: skip


def _theme(theme: Theme) -> dict[str, Any]:
    colours = ("page", "ink", "quiet", "ramp", "level", "casing", "memory")
    return {key: getattr(theme, key) for key in colours} | {
        "undecided": basin_colours.undecided_colour(theme),
        "lines": [to_hex(line) for line in theme.level_lines(LEVELS)],
        "shades": [shades(colour, theme.casing) for colour in theme.colours],
    }


def _surface(surface: Surface) -> str:
    (x0, x1), (y0, y1) = surface.domain
    families = words_of("families")
    about: dict[str, Any] = {
        "title": dict(surface.title) or {"en": surface.name},
        "lesson": _own_words(surface),
        "family": families.get(f"family_{surface.family}", families["family_own"]),
        "formula": surface.formula,
        "letters": list(surface.letters.values()),
        "domain": [x0, x1, y0, y1],
        "start": surface.start,
        "steps": surface.steps,
        "scale": surface.scale,
        "minima": surface.minima,
        "catalogue": surface.name in surfaces.names() and surfaces.get(surface.name) is surface,
    }
    if surface.axis_names() != tuple(surface.letters.values()):
        about["axes"] = {language: surface.axis_names(language) for language in LANGUAGES}
    if isinstance(surface.kernel, Grid):
        about["samples"] = [surface.kernel.width, surface.kernel.height]
    entries = {name: _json(value) for name, value in about.items()}
    return object_source(entries | {"at": surface_source(surface)})


def _own_words(surface: Surface) -> dict[str, str]:
    """What is said of the surface alone; a claim about runs is shown with its scenario's runs."""
    claims = [dict(scenarios.get(name).claim) for name in scenarios.names()]
    words = dict(surface.lesson)
    return {} if words in claims else words


@once_if_ours
def _rule(kind: type[Optimizer]) -> str:
    memories, squares = classify_slots(as_rule(kind))
    return object_source(
        rule_entries(kind)
        | {
            "name": _json(_title(kind)),
            "ranges": _ranges(kind),
            "memories": _json(memories),
            "squares": _json(squares),
            "lines": _lines(kind),
            **({"said": _json(kind.said[1:])} if kind.said[1:] else {}),
        }
    )


def _title(kind: type[Optimizer]) -> str:
    """The title that a class gives itself, or its name."""
    own: Any = kind.title
    return own if isinstance(own, str) else kind.__name__


def _lines(kind: type[Optimizer]) -> str:
    """The rule's lines; null, which the page says, for one that calls helpers."""
    try:
        return lines_source(kind)
    except InputError:
        return "null"


def _ranges(kind: Any) -> str:
    """The range of each hyper-parameter's slider; each member of a tuple has one of its own."""
    found = {}
    for field in dataclasses.fields(kind):
        known = field.metadata.get("hyper")
        if known is None:
            continue
        default: Any = field.default
        size = len(default) if isinstance(default, tuple) else 0
        members = [f"{field.name}_{i}" for i in range(size)]
        for name in members or [field.name]:
            found[name] = {
                "low": known.low,
                "high": known.high,
                "log": known.log,
                "allowed": known.allowed,
                "whole": isinstance(default, int),
            }
    return _json(found)


def settings_of(scenario: Scenario) -> dict[str, Any]:
    """A lesson's texts and settings, each of them said."""
    return {
        "title": dict(scenario.title),
        "claim": dict(scenario.claim),
        "surface": scenario.surface.name,
        "optimizers": [str(optimizer) for optimizer in scenario.optimizers],
        "start": scenario.start or scenario.surface.start,
        "furtherStarts": scenario.further_starts,
        "steps": scenario.steps or scenario.surface.steps,
        "noise": scenario.noise,
        "seed": scenario.seed,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
