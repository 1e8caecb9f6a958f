"""A film saved as a page: the explorer, opened on the recorded runs of the film."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from optviz import files
from optviz.explorer.data import drawable, rules_of
from optviz.explorer.page import besides_catalogue, page_text
from optviz.optimizers import REGISTRY, Optimizer, parse
from optviz.records.labels import labels
from optviz.records.trajectory import Trajectory
from optviz.scene.scene import foot_of
from optviz.scene.views import SceneSpec
from optviz.translate import javascript
from surfaces.errors import InputError


def save_page(runs: Sequence[Any], target: str | Path | IO[bytes], spec: SceneSpec) -> None:
    """Write the explorer as one HTML file that opens on recorded runs.

    It shows them number for number, and runs the optimizers anew where a setting is changed. What
    cannot run there is shown as it was recorded and cannot be changed: torch's optimizers, and all
    runs on a surface that is neither a formula nor samples (the page draws samples of it). Runs
    that no race with ``starts`` makes leave the page one start: then, of one optimizer's runs,
    those from another start than the first's cannot be changed either. Paths of a landscape are
    always shown as they were recorded, at the height of their true loss.

    Parameters
    ----------
    runs : sequence of Trajectory, or of RecordedPath
        On one surface; the steps and noise of the page are the first run's, and so is its start
        unless each optimizer ran from the same starts, in the order of `optviz.race`.
    target : path or stream
        That can be written.
    spec : SceneSpec
        The page begins in its language and has its title and caption, while its runs are shown.
    """
    text = _page(runs, spec)
    with files.opened(target) as stream:
        stream.write(text.encode())


def _page(shown: Sequence[Any], spec: SceneSpec) -> str:
    language, title, caption = spec.language, spec.title, spec.caption
    runs: list[Trajectory] = list(shown)
    if shown[0].kind == "landscape":
        runs = [path.as_trajectory() for path in shown]
        title, caption = title or shown[0].heading(language)[0], foot_of(shown, spec)
    rules = {id(run): _rule(path) for run, path in zip(runs, shown, strict=True)}
    surface = drawable(runs[0].surface)
    sampled = surface is not runs[0].surface
    starts, races = _by_optimizer(runs)
    firsts = [race[0] for race in races]
    kinds: list[type[Optimizer]] = []
    specs = [str(run.optimizer) for run in firsts]
    # Where the page has one start, others of an optimizer's runs stay as they were recorded.
    can_run = [
        not sampled
        and (specs.count(spec) == 1 or _start(run) == starts[0])
        and _can_run(run.optimizer, kinds)
        for run, spec in zip(firsts, specs, strict=True)
    ]
    settings: dict[str, Any] = {
        "surface": surface.name,
        "starts": starts,
        "steps": max(1, *(len(run) for run in runs)),
        "noise": firsts[0].noise,
        "seed": firsts[0].seed,
    }
    recorded = settings | {
        "sampled": sampled,
        "title": title,
        "caption": caption,
        "racers": [
            _recorded(race, spec, label, able) | {"rule": rules[id(race[0])]}
            for race, spec, label, able in zip(
                races, _specs(firsts, can_run), labels(firsts, language), can_run, strict=True
            )
        ],
    }
    # A tuned rate follows the surface when another is chosen.
    specs = [
        each["spec"] if each["fits"] is None else f"~{each['spec']}" for each in recorded["racers"]
    ]
    state = settings | {"specs": specs, "at": settings["steps"], "language": language}
    state |= {"theme": spec.theme, "views": _views(spec), "selected": spec.apart - 1}
    return page_text(besides_catalogue(surface), state, kinds, recorded=recorded)


def _rule(run: Any) -> str | None:
    """The name of a run's optimizer among ours, whose mark it has; None for another."""
    return next((name for name, kind in REGISTRY.items() if kind is type(run.optimizer)), None)


def _by_optimizer(
    runs: Sequence[Trajectory],
) -> tuple[list[list[float]], list[Sequence[Trajectory]]]:
    """The starts of a race, and of each optimizer its run from each of them.

    Of runs that are no such race the first one's start alone, and each run by itself.
    """
    starts: list[list[float]] = []
    for run in runs:
        if _start(run) not in starts:
            starts.append(_start(run))
    races = [runs[i : i + len(starts)] for i in range(0, len(runs), len(starts))]
    if all(
        [_start(run) for run in race] == starts
        and len({(run.optimizer, run.noise, run.seed) for run in race}) == 1
        for race in races
    ):
        return starts, races
    return starts[:1], [[run] for run in runs]


def _start(run: Trajectory) -> list[float]:
    start: list[float] = run.points[0].tolist()
    return start


def _views(spec: SceneSpec) -> list[str]:
    """The page's views that show what the film's panels show, besides the plane."""
    known = {"loss": "loss", "relief": "relief", "relief-turning": "relief",
             "profile": "profile", "anatomy": "anatomy"}  # fmt: skip
    return [known[view] for view in spec.views or () if view in known]


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


def _recorded(race: Sequence[Trajectory], spec: str, label: str, can_run: bool) -> dict[str, Any]:
    """An optimizer and its run from each start, as ``recorded.js`` reads them."""
    return {
        "spec": spec,
        "name": label,
        "label": race[0].given_label,
        "canRun": can_run,
        "fits": race[0].rate_fits,
        "runs": [_numbers(run) for run in race],
    }


def _numbers(run: Trajectory) -> dict[str, Any]:
    """A run's numbers, point after point."""
    arrays = {"points": run.points, "values": run.values, "gradients": run.gradients,
              "steps": run.steps_taken}  # fmt: skip
    return {
        "status": run.status.value,
        "states": {slot: state.ravel().tolist() for slot, state in run.states.items()},
        **{name: array.ravel().tolist() for name, array in arrays.items()},
    }
