"""Two trained networks whose hidden units are matched: the barrier between them falls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from optviz.landscape.flat_model import FlatModel
from optviz.landscape.line import Line, between, line_of
from optviz.landscape.loss_over_plane import PlaneLoss
from optviz.landscape.matched_pair import MatchedPair
from optviz.landscape.matching import Pair
from optviz.landscape.recording import FlatBuffers
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.training.landscape import network_name, samples_for
from optviz.mnist.training.loop import build_network
from optviz.mnist.training.records import names_of
from optviz.mnist.training.several import Runs, data_for, runs_of
from optviz.records.matched_networks import MatchedNetworks
from optviz.words import Phrase
from surfaces.errors import InputError, must

STAGES = 48  # between the networks as trained and as matched, whose lines are computed


def matching(
    runs: Runs,
    data: Dataset | None = None,
    *,
    data_dir: str | Path | None = None,
    points: int = 25,
    samples: int | None = 2000,
    seed: int = 0,
    progress: bool = True,
) -> MatchedPair:
    """The loss between two trained networks while the second's hidden units are renumbered.

    Units are matched by `optviz.landscape.match`, and put into their places one by one. The second
    network's outputs are the same at every stage.

    Parameters
    ----------
    runs : two of `Run` or folder
        Of one network, trained on the same data from different initial weights.
    data, data_dir
        As in `landscape`.
    points : int
        Places on the line, at least 3.
    samples : int, optional
        As in `landscape`.
    seed : int
        Of the choice of samples, and of the order in which layers are matched.
    progress : bool
        Show a bar.

    Returns
    -------
    MatchedPair
        ``.animate().save("barrier.gif")`` writes the film.

    Raises
    ------
    InputError
        Not two runs, of several networks or on different data, a network without hidden units, or
        equal weights.
    """
    pair = runs_of(runs)
    if len(pair) != 2:
        raise must("runs", "two of one network, from different seeds", len(pair))
    kinds = list(dict.fromkeys(map(network_name, pair)))
    if len(kinds) > 1:
        raise InputError(f"runs must be of one network; not of {' and '.join(kinds)}")
    if isinstance(points, bool) or not isinstance(points, int) or points < 3:
        raise must("points", "a whole number from 3", points)
    one, other = (run.params for run in pair)
    if bool((one == other).all()):
        raise InputError("runs must differ; these have the same weights: train with another --seed")
    images = data_for(pair, data, data_dir, needed=True)
    assert images is not None
    model = FlatModel(build_network(pair[0].settings).eval())
    chosen = samples_for(pair, images, samples, seed)
    held = [FlatBuffers(run.model).now() for run in pair]
    fitting = Pair(model.model, one, other, held[1])
    matched = fitting.matching(seed)
    way = fitting.way(matched.orders)
    counts = np.unique(np.linspace(0, len(way) - 1, min(STAGES + 1, len(way))).round().astype(int))
    first: PlaneLoss | None = None
    lines: list[Line] = []
    for k in tqdm(counts.tolist(), unit="stage", disable=not progress, leave=False):
        stage = fitting.arranged(way[k])
        loss = between(model, one, stage.params, chosen, (held[0], stage.buffers))
        lines.append(line_of(loss, points, first))
        first = first or loss
    assert first is not None
    labels, told = names_of(pair)
    both = Phrase("two_networks", texts={"one": labels[0], "other": labels[1]})
    title = Phrase("matching_title", texts={"title": told})
    errors = [first.standard_error(w, b) for w, b in zip((one, other), held, strict=True)]
    record = MatchedNetworks(
        pair[0].optimizer, both, title, sum(each.count for each in fitting.units), counts,
        lines[0].t, np.array([line.loss for line in lines]), chosen.count, chosen.population,
        max(errors) * chosen.correction,
    )  # fmt: skip
    return MatchedPair(record, matched)
