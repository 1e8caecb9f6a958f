"""Processes that share the work: joblib's on this machine, or a Dask cluster's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import joblib

from optviz.mnist import worker
from optviz.mnist.worker import Shared, Task
from surfaces.errors import InputError, must

Work = Callable[[Shared, Task], Any]
Each = Callable[[Work, Sequence[Task]], Iterator[tuple[int, Any]]]

PATIENCE = 5  # seconds to wait for a cluster


@contextmanager
def pool(shared: Shared, jobs: int | None, dask: str | None) -> Iterator[Each]:
    """A function that does the tasks and yields (number of the task, result) as they are done.

    Raises
    ------
    InputError
        A number of processes that is none; a cluster that cannot be reached or has no workers.
    """
    if dask is not None:
        if jobs is not None:
            raise InputError("jobs must be left to the cluster where dask is given; not both")
        with _cluster(dask) as client:
            yield _on_cluster(client, shared)
        return
    if jobs is None:
        jobs = joblib.cpu_count()
    if type(jobs) is not int or jobs < 1:
        raise must("jobs", "a whole number from 1", jobs)
    try:
        yield _on_this_machine(shared, jobs)
    finally:
        worker.forget()


def _on_this_machine(shared: Shared, jobs: int) -> Each:
    def each(work: Work, tasks: Sequence[Task]) -> Iterator[tuple[int, Any]]:
        # loky's processes read big arrays from one file in memory: they are not copied.
        with joblib.parallel_config("loky", inner_max_num_threads=1):
            parallel = joblib.Parallel(min(jobs, len(tasks)), return_as="generator_unordered")
        call = joblib.delayed(_numbered)
        yield from parallel(call(i, work, shared, task) for i, task in enumerate(tasks))

    return each


def _numbered(i: int, work: Work, shared: Shared, task: Task) -> tuple[int, Any]:
    return i, work(shared, task)


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    try:
        import distributed
    except ModuleNotFoundError:
        raise InputError(
            "dask must have the package distributed: pip install 'optviz[dask]'"
        ) from None
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(
            f"dask must be the address of a cluster that answers, such as "
            f"tcp://10.0.0.1:8786; not {address!r}: {reason}"
        ) from None
    with client:
        if not client.nthreads():
            raise InputError(f"dask must be a cluster with workers; {address} has none")
        yield client


def _on_cluster(client: Any, shared: Shared) -> Each:
    from distributed import as_completed

    [there] = client.scatter([shared], broadcast=True, hash=False)

    def each(work: Work, tasks: Sequence[Task]) -> Iterator[tuple[int, Any]]:
        futures = [client.submit(work, there, task, pure=False) for task in tasks]
        numbers = {future.key: i for i, future in enumerate(futures)}
        try:
            for future, result in as_completed(futures, with_results=True):
                yield numbers[future.key], result
        finally:
            client.cancel(futures)

    return each
