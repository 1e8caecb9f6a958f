"""Large maps: tile by tile, on disk, on a cluster, and after an interruption the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import optviz
from optviz import cluster
from optviz.ensemble import basins as module
from optviz.ensemble import compiled, tiles
from optviz.ensemble.basins import BasinTask, basins
from optviz.errors import InputError

ARGUMENTS = ("himmelblau", "momentum:lr=0.01", (120, 90), 60)


@pytest.fixture
def small_tiles(monkeypatch, tmp_path):
    """Nine tiles of ten rows, kept in a folder of the test."""
    monkeypatch.setattr(module, "TILE", 1200)
    monkeypatch.setattr(tiles, "KEPT_IN_MEMORY", 1000)
    monkeypatch.setattr(tiles, "cache_folder", lambda: tmp_path)
    return tmp_path / "tiles"


@pytest.fixture(scope="module")
def whole():
    """The map in one piece, in memory."""
    return basins(*ARGUMENTS)


@pytest.fixture
def counted(monkeypatch):
    """The tiles that this process computes."""
    done = []
    rows = BasinTask.rows

    def counting(self, first, last):
        done.append((first, last))
        return rows(self, first, last)

    monkeypatch.setattr(BasinTask, "rows", counting)
    return done


def assert_same(one, other):
    for name in ("points", "labels", "steps"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def test_tiles_on_disk_are_the_same_bytes_and_leave_nothing(whole, small_tiles, counted):
    found = basins(*ARGUMENTS)
    assert_same(found, whole)
    assert len(counted) == 9
    assert isinstance(found.points, np.memmap)
    assert list(small_tiles.iterdir()) == []


def test_after_an_interruption_only_the_missing_tiles_are_made(
    whole, small_tiles, counted, monkeypatch
):
    rows = BasinTask.rows

    def interrupted(self, first, last):
        if first == 40:
            raise KeyboardInterrupt
        return rows(self, first, last)

    with monkeypatch.context() as patch:
        patch.setattr(BasinTask, "rows", interrupted)
        with pytest.raises(KeyboardInterrupt):
            basins(*ARGUMENTS)
    assert counted == [(0, 10), (10, 20), (20, 30), (30, 40)]
    counted.clear()
    assert_same(basins(*ARGUMENTS), whole)
    assert counted == [(40, 50), (50, 60), (60, 70), (70, 80), (80, 90)]


def test_another_request_does_not_find_these_tiles(small_tiles, counted):
    """Whatever decides the numbers decides where they are kept."""
    keys = set()
    for other in [
        ARGUMENTS,
        ("booth", *ARGUMENTS[1:]),
        (ARGUMENTS[0], "momentum:lr=0.02", *ARGUMENTS[2:]),
        (*ARGUMENTS[:2], (120, 91), 60),
        (*ARGUMENTS[:3], 61),
    ]:
        store = tiles.Store.of(BasinTask.of(*other, None))
        keys.add(store.folder)
    store = tiles.Store.of(BasinTask.of(*ARGUMENTS, ((0.0, 1.0), (0.0, 5.0))))
    assert len({*keys, store.folder}) == 6


def test_an_optimizer_of_ones_own_is_not_looked_up_by_its_name(small_tiles):
    class Mine(optviz.GD):
        def rule(self, t, lr, grad):
            return -lr * grad, {}

    assert BasinTask.of("himmelblau", Mine(), 64, 10, None).identity() is None
    assert isinstance(basins("himmelblau", Mine(), 64, 10).points, np.ndarray)


def test_a_disk_without_room_is_told_before_any_work(small_tiles, counted, monkeypatch):
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(tiles.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(InputError, match=r"120 x 90 pixels need 0\.0 GB .* 0\.0 GB are free"):
        basins(*ARGUMENTS)
    assert counted == []


def test_a_kernel_is_compiled_once_for_all_processes(tmp_path):
    script = (
        "from optviz.ensemble import compiled\n"
        "from optviz.ensemble.program import program_of\n"
        "from optviz.ensemble.watch import Nothing\n"
        "import optviz, surfaces\n"
        "program = program_of(surfaces.get('sphere'), optviz.GD(lr=0.1), Nothing())\n"
        "print(sum(compiled.Compiled(program).function.stats.cache_hits.values()))\n"
    )
    home = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    hits = [
        subprocess.run([sys.executable, "-c", script], env=home, capture_output=True, text=True,
                       check=True).stdout.strip()
        for _ in range(2)
    ]  # fmt: skip
    assert hits == ["0", "1"]


def test_a_cache_that_cannot_be_written_does_not_matter(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(compiled, "cache_folder", lambda: tmp_path / "file")
    found = basins("sphere", "gd:lr=0.1", 8, 50, kernel="numba")
    assert (found.labels == 0).all()


@pytest.fixture(scope="module")
def workers():
    """A cluster of two worker processes."""
    distributed = pytest.importorskip("distributed", reason="the extra dask")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as found:
        yield found


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(
    whole, small_tiles, counted, workers
):
    killed = []

    def kill():
        while not list(small_tiles.glob("*/done-*")):
            time.sleep(0.01)
        victim = next(iter(workers.workers.values())).process.pid
        os.kill(victim, signal.SIGKILL)
        killed.append(victim)

    thread = threading.Thread(target=kill)
    thread.start()
    found = basins(*ARGUMENTS, dask=workers.scheduler_address)
    thread.join()
    assert killed
    assert counted == []  # all of it was done elsewhere
    assert_same(found, whole)


def test_a_client_may_be_given_and_stays_open(whole, workers):
    from distributed import Client

    with Client(workers, set_as_default=False) as client:
        assert_same(basins(*ARGUMENTS, dask=client), whole)
        assert client.status == "running"


def test_workers_with_another_version_are_refused(workers, monkeypatch):
    monkeypatch.setattr(optviz, "__version__", "0.0.1")
    with pytest.raises(InputError, match=r"have optviz 0\.0\.1, as this process; .* has ") as told:
        basins(*ARGUMENTS, dask=workers.scheduler_address)
    assert "\n" not in str(told.value)


def test_lost_workers_leave_the_finished_tiles(whole, small_tiles, counted, workers, monkeypatch):
    """What is reported is one line, and a second command goes on from there."""
    results = cluster.results

    def losing(client, work, tasks, *shared):
        for i, found in enumerate(results(client, work, tasks, *shared)):
            if i == 3:
                client.cluster_is_gone = True
                raise InputError(cluster.LOST)
            yield found

    with monkeypatch.context() as patch:
        patch.setattr(cluster, "results", losing)
        with pytest.raises(InputError, match="dask's workers must live to the end"):
            basins(*ARGUMENTS, dask=workers.scheduler_address)
    assert len(list(small_tiles.glob("*/done-*"))) == 3
    assert_same(basins(*ARGUMENTS), whole)
    assert len(counted) == 6


def test_a_scheduler_that_is_killed_is_told_in_one_line(small_tiles, counted):
    """In processes of its own: a client whose scheduler dies logs much, which nobody must see."""
    port = "18787"
    scheduler, worker = (
        subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for kind, arguments in (
            ("scheduler", ["--port", port, "--no-dashboard"]),
            ("worker", [f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-dashboard"]),
        )
    )  # fmt: skip
    script = (
        "import sys, optviz\n"
        "from optviz.ensemble import basins as module, tiles\n"
        "from pathlib import Path\n"
        f"module.TILE, tiles.KEPT_IN_MEMORY = 1200, 1000\n"
        f"tiles.cache_folder = lambda: Path({str(small_tiles.parent)!r})\n"
        "try:\n"
        f"    module.basins('himmelblau', 'adam', (120, 90), 20_000, dask='tcp://127.0.0.1:{port}')\n"
        "except optviz.InputError as error:\n"
        "    print(error)\n"
    )
    try:
        told = None
        for _ in range(20):  # until scheduler and worker are there
            command = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)  # fmt: skip
            while command.poll() is None and not list(small_tiles.glob("*/done-*")):
                time.sleep(0.05)
            if command.poll() is None:
                scheduler.kill()
                told = command.communicate(timeout=60)
                break
            command.communicate()
        assert told is not None, "no tile was finished"
        assert "must live to the end" in told[0]
        assert told[0].count("\n") == 1
        assert told[1] == ""
        assert list(small_tiles.glob("*/done-*"))
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()
