"""A film saved as a page: the explorer, opened on the recorded runs of the film."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from optviz import files
from optviz.explorer.data import rules_of
from optviz.explorer.page import besides_catalogue, page_text
from optviz.optimizers import REGISTRY, Optimizer, parse
from optviz.records.labels import labels
from optviz.records.trajectory import Trajectory
from optviz.scene.views import SceneSpec
from optviz.translate import javascript
from surfaces.errors import InputError
from surfaces.surface import Surface


def save_page(runs: Sequence[Trajectory], path: str | Path, spec: SceneSpec) -> Path:
    """Write the explorer as one HTML file that opens on recorded runs.

    It shows them number for number, and runs the optimizers anew where a setting is changed. What
    cannot run there is shown as it was recorded and cannot be changed: torch's optimizers, of one
    optimizer's runs those from another start than the first's, and all runs on a surface that is
    neither a formula nor samples (the page draws samples of it).

    Parameters
    ----------
    runs : sequence of Trajectory
        On one surface; the start, steps and noise of the page are the first run's.
    path : str or Path
        Ends in ``.html``.
    spec : SceneSpec
        The page begins in its language and has its title and caption, while its runs are shown.

    Raises
    ------
    InputError
        A path that cannot be written.
    """
    target = files.check_writable(path, (".html",))
    text = _page(runs, spec)
    with files.replacing(target) as stream:
        stream.write(text.encode())
    return target


def _page(runs: Sequence[Trajectory], spec: SceneSpec) -> str:
    language = spec.language
    first, surface = runs[0], _drawable(runs[0].surface)
    sampled = surface is not first.surface
    kinds: list[type[Optimizer]] = []
    specs = [str(run.optimizer) for run in runs]
    # The page has one start: of the runs of one optimizer others stay as they were recorded.
    can_run = [
        not sampled
        and (specs.count(spec) == 1 or bool((run.points[0] == first.points[0]).all()))
        and _can_run(run.optimizer, kinds)
        for run, spec in zip(runs, specs, strict=True)
    ]
    settings: dict[str, Any] = {
        "surface": surface.name,
        "start": first.points[0].tolist(),
        "steps": max(1, *(len(run) for run in runs)),
        "noise": first.noise,
        "seed": first.seed,
    }
    recorded = settings | {
        "sampled": sampled,
        "title": spec.title,
        "caption": spec.caption,
        "runs": [
            _recorded(run, spec, label, able)
            for run, spec, label, able in zip(
                runs, _specs(runs, can_run), labels(runs, language), can_run, strict=True
            )
        ],
    }
    # A tuned rate follows the surface when another is chosen.
    specs = [
        each["spec"] if run.rate_fits is None else f"~{each['spec']}"
        for each, run in zip(recorded["runs"], runs, strict=True)
    ]
    state = settings | {"specs": specs, "at": settings["steps"], "language": language}
    state |= {"starts": [state.pop("start")], "theme": spec.theme, "views": _views(spec)}
    return page_text(besides_catalogue(surface), state, kinds, recorded=recorded)


def _views(spec: SceneSpec) -> list[str]:
    """The page's views that show what the film's panels show, besides the plane."""
    known = {"loss": "loss", "relief": "relief", "relief-turning": "relief",
             "profile": "profile", "anatomy": "anatomy"}  # fmt: skip
    return [known[view] for view in spec.views or () if view in known]


def _drawable(surface: Surface) -> Surface:
    """The surface, or samples of its window if a browser cannot compute it."""
    try:
        javascript.surface_source(surface)
    except InputError:
        return Surface.from_dict(surface.to_dict())
    return surface


def _can_run(optimizer: Optimizer, kinds: list[type[Optimizer]]) -> bool:
    """Whether the page can run an optimizer as it is set; if so, its class joins ``kinds``."""
    kind = type(optimizer)
    try:
        if kind not in (*REGISTRY.values(), *kinds):
            javascript.rule_source(kind)
        javascript.settings(optimizer)
        if parse(str(optimizer), rules_of([*kinds, kind])) != optimizer:
            return False
    except InputError:
        return False
    kinds.append(kind)
    return True


def _specs(runs: Sequence[Trajectory], can_run: Sequence[bool]) -> list[str]:
    """The spec of each run; of one that cannot run a text that no other run has."""
    texts = [str(run.optimizer) for run in runs]
    return [
        text if able or texts.count(text) == 1 else f"{text} ({i})"
        for i, (text, able) in enumerate(zip(texts, can_run, strict=True), 1)
    ]


def _recorded(run: Trajectory, spec: str, label: str, can_run: bool) -> dict[str, Any]:
    """A run's numbers, point after point, as ``recorded.js`` reads them."""
    arrays = {"points": run.points, "values": run.values, "gradients": run.gradients,
              "steps": run.steps_taken}  # fmt: skip
    return {
        "spec": spec,
        "name": label,
        "canRun": can_run,
        "fits": run.rate_fits,
        "status": run.status.value,
        "states": {slot: state.ravel().tolist() for slot, state in run.states.items()},
        **{name: array.ravel().tolist() for name, array in arrays.items()},
    }
