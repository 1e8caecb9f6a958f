"""What is said of maps of runs: their titles, the sentence at the foot, and what is seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from optviz.optimizers import Optimizer
from optviz.records.labels import optimizer_label, setting_name
from optviz.words import LANGUAGES, Phrase, Series, Text, Translated, readable
from surfaces.axes import said

NAMED = 4  # minima whose shares a sentence gives


def optimizer_named(
    optimizer: Optimizer, language: str, beside: Sequence[Any], swept: Iterable[str]
) -> str:
    """The optimizer's label, without the settings that maps are drawn over."""
    fields = [name.partition("_")[0] if name[-1:].isdigit() else name for name in swept]
    return optimizer_label(optimizer, language, [o.optimizer for o in beside], without=fields)


def percent(share: float) -> str:
    """A share for reading: none and all are said of none and all only."""
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return f"{share:.0%}" if share in (0, 1) else f"{share:.1%}"


def side_names(basin: Any) -> tuple[Text, Text]:
    """What the sides of a map are called: coordinates, or settings."""
    if basin.axes is None:
        across, up = (
            Translated({language: said(name, language) for language in LANGUAGES})
            for name in basin.surface.axes
        )
    else:
        across, up = (
            Translated({language: setting_name(axis.name, language) for language in LANGUAGES})
            for axis in basin.axes
        )
    return across, up


def title(basin: Any) -> Phrase:
    """The title of a picture of such maps."""
    texts = {"surface": _surface(basin)}
    if basin.axes is None:
        return Phrase("basins_title", texts=texts)
    across, up = side_names(basin)
    x, y = map(readable, basin.start)
    return Phrase("basins_settings", texts=texts | {"across": across, "up": up, "x": x, "y": y})


def introduction(basin: Any) -> Phrase:
    """The first sentence on a picture of such maps."""
    (x0, x1), (y0, y1) = basin.window
    across, up = side_names(basin)
    texts: dict[str, Text] = {"surface": _surface(basin), "across": across, "up": up}
    texts |= {"x0": readable(x0), "x1": readable(x1), "y0": readable(y0), "y1": readable(y1)}
    if basin.axes is None:
        return Phrase("basins_introduction", texts=texts)
    x, y = map(readable, basin.start)
    return Phrase("basins_settings_introduction", texts=texts | {"x": x, "y": y})


def outcome(basin: Any, label: Text) -> Phrase:
    """The sentence about one map."""
    numbers = {"n": basin.labels.size, "steps": basin.budget}
    arrived = {"arrived": percent(basin.arrived)}
    parts: list[Text] = [Phrase(_word("basins_outcome", basin), numbers, arrived), *_half(basin)]
    if len(basin.minima) > 1:
        parts += _by_minimum(basin)
    parts += [
        Phrase(f"basins_{end}", texts={"share": percent(share)})
        for end, share in (("gone", basin.diverged), ("open", basin.undecided))
        if share
    ]
    return Phrase("basins_of", texts={"label": label, "parts": Series(parts, "apart")})


def _half(basin: Any) -> list[Text]:
    """By which step half of the runs that arrive have arrived."""
    if not basin.arrived:
        return []
    steps = np.sort(basin.steps[basin.labels >= 0])
    return [Phrase("basins_half", {"k": int(steps[(len(steps) - 1) // 2])})]


def _by_minimum(basin: Any) -> list[Text]:
    """The shares of the minima that most runs reach."""
    reached = sorted((i for i in basin.shares if i >= 0), key=lambda i: -basin.shares[i])
    found: list[Text] = [
        Phrase("basins_place", {"i": i + 1},
               {"share": percent(basin.shares[i]), **place_of(basin, i)})
        for i in reached[:NAMED]
    ]  # fmt: skip
    if len(reached) > NAMED:
        share = sum(basin.shares[i] for i in reached[NAMED:])
        found.append(
            Phrase("basins_others", {"n": len(reached) - NAMED}, {"share": percent(share)})
        )
    return [Series(found, "listed")] if found else []


def caption(basins: Sequence[Any], names: Sequence[Text]) -> Phrase:
    """What is measured of maps beside one another, for the foot of their picture."""
    first = basins[0]
    numbers = {"n": first.labels.size, "steps": first.budget}
    arrived = _shares(names, [basin.arrived for basin in basins])
    parts: list[Text] = [Phrase(_word("basins_arrive", first), numbers, {"runs": arrived})]
    if len(basins) == 1:
        parts += _half(first)
    if _has_one_lowest(first):
        lowest = _shares(names, [basin.shares.get(0, 0.0) for basin in basins])
        parts.append(Phrase("basins_lowest", texts={"runs": lowest, **place_of(first, 0)}))
    for end in ("diverged", "undecided"):
        shares = [getattr(basin, end) for basin in basins]
        some = [(name, share) for name, share in zip(names, shares, strict=True) if share]
        if some:
            runs = _shares(*zip(*some, strict=True))
            parts.append(Phrase(f"basins_{end}", texts={"runs": runs}))
    if any(basin.limits is not None for basin in basins):
        side = "right" if first.axes[0].name == "lr" else "above"
        parts.append(Phrase(f"basins_limit_{side}"))
    return Phrase("caption", texts={"parts": Series(parts, "apart")})


def series_caption(series: Sequence[Any], names: Sequence[Text]) -> Phrase:
    """How the share of starts that arrive changes along maps, for the foot of their picture."""
    first = series[0].first
    numbers = {"n": first.labels.size, "steps": first.budget}
    runs = Series([_along(run, name) for run, name in zip(series, names, strict=True)], "apart")
    return Phrase("basins_series", numbers, {"runs": runs})


def _along(run: Any, name: Text) -> Phrase:
    """The shares of the first and the last map, and the largest between them."""
    shares = [found.arrived for found in run.maps]
    best = int(np.argmax(shares))
    places = [0, len(shares) - 1]
    if shares[best] > max(shares[0], shares[-1]):
        places.insert(1, best)
    told = [
        Phrase("basins_at", texts={"share": percent(shares[i]), "where": run.said[i]})
        for i in places
    ]
    return Phrase("basins_along", texts={"name": name, "shares": Series(told, "listed")})


def series_outcome(series: Any, label: Text) -> Phrase:
    """The sentence about one series of maps."""
    return series_caption([series], [label])


def ends(basin: Any) -> list[Text]:
    """What each label means: a minimum by its number and place, or that a run came down."""
    if not len(basin.minima):
        return [Phrase("basins_key_down")]
    return [
        Phrase("basins_key_place", {"i": i + 1}, place_of(basin, i))
        for i in range(len(basin.minima))
    ]


def place_of(basin: Any, i: int) -> Mapping[str, Text]:
    """The coordinates of a minimum, for reading."""
    x, y = (readable(float(f"{value:.3g}")) for value in basin.minima[i])
    return {"x": x, "y": y}


def _shares(names: Sequence[Text], shares: Sequence[float]) -> Series:
    return Series(
        [
            Phrase("basins_share", texts={"name": name, "share": percent(share)})
            for name, share in zip(names, shares, strict=True)
        ],
        "listed",
    )


def _word(word: str, basin: Any) -> str:
    """The variant for starts or for settings, with minima or without."""
    kind = "" if basin.axes is None else "_settings"
    return f"{word}{kind}" if len(basin.minima) else f"{word}{kind}_down"


def _has_one_lowest(basin: Any) -> bool:
    if len(basin.minima) < 2:
        return False
    first, second = basin.surface.value(basin.minima[:2])
    return bool(second - first > 1e-9 * max(abs(first), abs(second), 1.0))


def _surface(basin: Any) -> Translated:
    return Translated({language: basin.surface.named(language) for language in LANGUAGES})
