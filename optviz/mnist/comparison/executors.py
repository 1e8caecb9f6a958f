"""Executors of tasks: joblib's processes on this machine, or a Dask cluster."""

from __future__ import annotations

import asyncio
import dataclasses
import pickle
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker as multiprocessing_tracker
from typing import Any

import joblib
from joblib.externals.loky.backend import resource_tracker as loky_tracker
from joblib.externals.loky.process_executor import BrokenProcessPool
from tqdm import tqdm

from optviz.mnist.comparison import task
from optviz.mnist.comparison.task import Shared, Task
from surfaces.errors import InputError, must
from surfaces.registry import LOADED

Work = Callable[[Shared, Task], Any]
Executor = Callable[[Work, Sequence[Task]], Iterator[tuple[int, Any]]]

LOST = "jobs must live to the end; a process was lost, killed or out of memory (fewer may help)"
FROM_TERMINALS = {getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)}
PATIENCE = 5  # seconds to wait for a cluster


def check(jobs: int | None, dask: str | None) -> None:
    """Refuse an invalid number of processes, or a cluster that does not answer."""
    if jobs is not None and (type(jobs) is not int or jobs < 1):
        raise must("jobs", "a whole number from 1", jobs)
    if dask is not None:
        if jobs is not None:
            raise InputError("jobs must be left to the cluster where dask is given; not both")
        _check_scheduler(dask)


@contextmanager
def pool(shared: Shared, jobs: int | None, dask: str | None) -> Iterator[Executor]:
    """A function that runs tasks and yields (index of the task, result) as they finish."""
    if dask is not None:
        with _cluster(dask) as client:
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


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    from distributed import Client

    with Client(address, timeout=PATIENCE, set_as_default=False) as client:
        if not client.nthreads():
            raise InputError(f"dask must be a cluster with workers; {address} has none")
        yield client


def _unpacked(data: Shared, packed: bytes) -> Any:
    """Do one task in a worker; the user's own classes come with it."""
    work, task, networks = pickle.loads(packed)
    return work(dataclasses.replace(data, networks=networks), task)


def _check_scheduler(address: str) -> None:
    """Refuse an address where no scheduler answers: a Client that waits in vain ends untidily."""
    try:
        from distributed import rpc
    except ModuleNotFoundError:
        raise InputError(
            "dask must have the package distributed: pip install 'optviz[dask]'"
        ) from None

    async def ask() -> Any:
        async with rpc(address) as there:
            return await asyncio.wait_for(there.identity(), PATIENCE)

    example = "dask must be the address of a scheduler, such as tcp://10.0.0.1:8786"
    try:
        with ThreadPoolExecutor(1) as thread:  # a notebook's own loop is running in this one
            kind = thread.submit(asyncio.run, ask()).result()["type"]
    except (OSError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())[:120] or "nobody answers"
        raise InputError(f"{example}; not {address!r}: {reason}") from None
    if kind != "Scheduler":
        raise InputError(f"{example}; not {address!r}: a {kind.lower()}")


def _on_cluster(client: Any, shared: Shared) -> Executor:
    import cloudpickle
    from distributed import CancelledError, KilledWorker, as_completed

    for module in LOADED:  # a plugin's file, which a worker elsewhere does not have
        cloudpickle.register_pickle_by_value(module)
    data, own = dataclasses.replace(shared, networks=()), shared.networks
    try:
        [there] = client.scatter([data], broadcast=True, hash=False)
    except (KeyError, OSError, CancelledError, TimeoutError) as error:
        raise InputError(f"{LOST}: {type(error).__name__}") from None

    def execute(work: Work, tasks: Sequence[Task]) -> Iterator[tuple[int, Any]]:
        # Packed here, as Dask itself sends classes of a plugin by their names alone.
        packed = [cloudpickle.dumps((work, task, own)) for task in tasks]
        futures = [client.submit(_unpacked, there, each, pure=False) for each in packed]
        numbers = {future.key: i for i, future in enumerate(futures)}
        try:
            for future, result in as_completed(futures, loop=client.loop, with_results=True):
                if future.status != "finished":  # then the result is an exception
                    raise InputError(f"{LOST}: its task was {future.status}")
                yield numbers.pop(future.key), result
        except (KilledWorker, CancelledError) as error:
            raise InputError(f"{LOST}: {type(error).__name__}") from None
        except ModuleNotFoundError as error:
            raise InputError(
                f"dask must be a cluster whose workers have the module {error.name}"
            ) from None
        finally:
            if numbers:  # interrupted
                client.cancel(futures)

    return execute
