"""Executors of tasks: joblib's processes on this machine, or a Dask cluster."""

from __future__ import annotations

import dataclasses
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker as multiprocessing_tracker
from typing import Any

import joblib
from joblib.externals.loky.backend import resource_tracker as loky_tracker
from joblib.externals.loky.process_executor import BrokenProcessPool
from tqdm import tqdm

from optviz import cluster
from optviz.mnist.comparison import task
from optviz.mnist.comparison.task import Shared, Task
from surfaces.errors import InputError, must

Work = Callable[[Shared, Task], Any]
Executor = Callable[[Work, Sequence[Task]], Iterator[tuple[int, Any]]]

LOST = "jobs must live to the end; a process was lost, killed or out of memory (fewer may help)"
FROM_TERMINALS = {getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)}


def check(jobs: int | None, dask: Any) -> None:
    """Refuse an invalid number of processes, or a cluster that does not answer."""
    if jobs is not None and (type(jobs) is not int or jobs < 1):
        raise must("jobs", "a whole number from 1", jobs)
    if dask is not None:
        if jobs is not None:
            raise InputError("jobs must be left to the cluster where dask is given; not both")
        cluster.check(dask)


@contextmanager
def pool(shared: Shared, jobs: int | None, dask: Any) -> Iterator[Executor]:
    """A function that runs tasks and yields (index of the task, result) as they finish."""
    if dask is not None:
        with cluster.connected(dask) as client:
            yield _on_cluster(client, shared)
        return
    try:
        yield _on_this_machine(shared, jobs or joblib.cpu_count())
    finally:
        task.forget()


def _on_this_machine(shared: Shared, jobs: int) -> Executor:
    def execute(work: Work, tasks: Sequence[Task]) -> Iterator[tuple[int, Any]]:
        # loky's processes read big arrays from one file in memory: they are not copied.
        with joblib.parallel_config("loky", inner_max_num_threads=1):
            parallel = joblib.Parallel(min(jobs, len(tasks)), return_as="generator_unordered")
        call = joblib.delayed(_numbered)
        done: Any = iter(())
        try:
            with _terminal_signals_blocked():
                done = parallel(call(i, work, shared, task) for i, task in enumerate(tasks))
            for numbered in done:  # noqa: UP028  # yield from would close it when this is closed
                yield numbered
        except BrokenProcessPool as error:
            raise InputError(f"{LOST}: {type(error).__name__}") from None
        finally:
            if isinstance(done, Generator):  # unlike close() this ends it without a warning
                with suppress(KeyboardInterrupt):
                    done.throw(KeyboardInterrupt)

    return execute


@contextmanager
def _terminal_signals_blocked() -> Iterator[None]:
    """Start processes that ignore the terminal's signals: this process ends them itself.

    At Ctrl-C Python would show a traceback for each that is still loading its modules, and SIGHUP
    would kill the two that track shared memory.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, FROM_TERMINALS)
    try:
        for tracker in (multiprocessing_tracker, loky_tracker):
            tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, FROM_TERMINALS)  # those have let SIGINT in again
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _numbered(i: int, work: Work, shared: Shared, task: Task) -> tuple[int, Any]:
    # In a new process tqdm makes a lock for processes, even for a bar that is not shown; Python
    # complains about it when the process is ended early.
    if not hasattr(tqdm, "_lock"):
        tqdm.set_lock(threading.RLock())
    return i, work(shared, task)


def _on_cluster(client: Any, shared: Shared) -> Executor:
    there = cluster.scattered(client, dataclasses.replace(shared, networks=()))

    def execute(work: Work, tasks: Sequence[Task]) -> Iterator[tuple[int, Any]]:
        called = [(work, task, shared.networks) for task in tasks]
        yield from cluster.results(client, _with_networks, called, there)

    return execute


def _with_networks(called: tuple[Work, Task, Any], data: Shared) -> Any:
    """Do one task in a worker; the user's own networks come with it."""
    work, task, networks = called
    return work(dataclasses.replace(data, networks=networks), task)
