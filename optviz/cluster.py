"""Tasks on a Dask cluster: an address or a client, what is sent, and what can go wrong."""

from __future__ import annotations

import asyncio
import logging
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from surfaces.errors import InputError
from surfaces.registry import LOADED

PATIENCE = 5  # seconds to wait for a cluster
LOST = (
    "dask's workers must live to the end; one was lost, killed or out of memory, or "
    "the scheduler was"
)


def check(address: Any) -> None:
    """Refuse what is no client, and an address where no scheduler answers.

    A client of Dask's that waits in vain ends untidily.
    """
    try:
        from distributed import Client, rpc
    except ModuleNotFoundError:
        raise InputError(
            "dask must have the package distributed: pip install 'optviz[dask]'"
        ) from None
    if isinstance(address, Client):
        return

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


@contextmanager
def connected(dask: Any) -> Iterator[Any]:
    """A client of the cluster, whose workers have this very version of ours.

    Parameters
    ----------
    dask : str or distributed.Client
        A client stays open.

    Raises
    ------
    InputError
        No workers, or workers with another version.
    """
    from distributed import Client

    with _quiet():
        if isinstance(dask, Client):
            _check_workers(dask, "the client's cluster")
            yield dask
            return
        with Client(dask, timeout=PATIENCE, set_as_default=False) as client:
            _check_workers(client, dask)
            yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """Let Dask log nothing: a lost cluster is told in one line, ours."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _check_workers(client: Any, named: str) -> None:
    if not client.nthreads():
        raise InputError(f"dask must be a cluster with workers; {named} has none")
    here = version()
    try:
        found = client.run(version)
    except ModuleNotFoundError as error:
        raise InputError(
            f"dask must be a cluster whose workers have the module {error.name}"
        ) from None
    for worker, there in found.items():
        if there != here:
            raise InputError(
                f"dask must be a cluster whose workers have optviz {here}, as this process; "
                f"{worker} has {there}"
            )


def version() -> str:
    """Of this process."""
    return str(sys.modules["optviz"].__version__)


def results(
    client: Any, work: Callable[..., Any], tasks: Sequence[Any], *shared: Any
) -> Iterator[tuple[int, Any]]:
    """Do tasks on a cluster, and yield (index of the task, result) as they finish.

    ``work(task, *shared)`` runs in the workers; ``shared`` are futures, or small things. Sent are
    the names of our functions, and what a task holds; classes of a plugin travel with it.

    Raises
    ------
    InputError
        Workers that are lost, or that have not what a task needs.
    """
    import cloudpickle
    from distributed import CancelledError, KilledWorker, as_completed

    for module in LOADED:  # a plugin's file, which a worker elsewhere does not have
        cloudpickle.register_pickle_by_value(module)
    # Packed here, as Dask itself sends classes of a plugin by their names alone.
    packed = [cloudpickle.dumps((work, task)) for task in tasks]
    futures = [client.submit(_unpacked, each, *shared, pure=False) for each in packed]
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


def _unpacked(packed: bytes, *shared: Any) -> Any:
    """Do one task in a worker; the user's own classes come with it."""
    work, task = pickle.loads(packed)
    return work(task, *shared)


def scattered(client: Any, data: Any) -> Any:
    """A future of data that every worker has.

    Raises
    ------
    InputError
        Workers that are lost.
    """
    from distributed import CancelledError

    try:
        [there] = client.scatter([data], broadcast=True, hash=False)
    except (KeyError, OSError, CancelledError, TimeoutError) as error:
        raise InputError(f"{LOST}: {type(error).__name__}") from None
    return there
