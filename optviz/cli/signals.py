"""Ctrl-C, SIGTERM and SIGHUP end the command in one line, at any moment, and leave nothing behind.

Used by the command line only: the library leaves signals to the program that uses it. Little is
imported, so that the handlers are installed as early as possible.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from contextlib import suppress

TYPE_CHECKING = False  # typing's own would have to be imported
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

INTERRUPTED = 130  # a shell's code for Ctrl-C
# The last is our own: see _interrupt_later.
NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM")

received: list[int] = []  # the signals that have come
_ended: list[int] = []  # the exit code, where they have ended the command


def attended(command: Callable[[], int]) -> int:
    """Run a command and return its exit code; 128 plus the signal's number if a signal ended it."""
    # Ignored signals stay ignored: SIGHUP is under nohup.
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    numbers = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    _on(numbers, _interrupt)
    sys.unraisablehook = _interrupt_later
    sys.excepthook = _show_unless_interrupted
    atexit.register(_leave)  # the first to be registered is the last to be run
    try:
        code = command()
    except KeyboardInterrupt:  # before the command could catch it
        code = interrupted()
    finally:
        _on(numbers, signal.SIG_IGN)  # what is left to do must not be cut short
        _clear_away()
        _on(numbers, signal.SIG_DFL)  # a signal ends the process now: there is nothing to lose
    if received and code == INTERRUPTED:
        code = 128 + received[0]
        _ended.append(code)
    return code


def interrupted() -> int:
    """Print that the command was interrupted, in one line."""
    with suppress(OSError):  # it may be the terminal that has gone
        print("interrupted: nothing was written", file=sys.stderr, flush=True)
    return INTERRUPTED


def _on(numbers: list[int], action: Any) -> None:
    for number in numbers:
        signal.signal(number, action)


def _interrupt(number: int, frame: object) -> None:
    received.append(number)
    raise KeyboardInterrupt


def _interrupt_later(lost: Any) -> None:
    """Raise again an interrupt that Python could not raise where it came, as in a destructor."""
    if not received:
        sys.__unraisablehook__(lost)
    elif issubclass(lost.exc_type, KeyboardInterrupt) and hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0.01)


def _show_unless_interrupted(kind: Any, error: Any, trace: Any) -> None:
    if not received:
        sys.__excepthook__(kind, error, trace)


def _leave() -> None:
    """Exit with our code: at its own exit Python may report SIGINT instead."""
    if _ended:
        os._exit(_ended[0])


def _clear_away() -> None:
    """Remove temporary files that an interrupt left, and drop output that cannot be delivered."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    files = sys.modules.get("optviz.files")  # not imported: nothing was begun then
    if files is not None:
        files.remove_unfinished()
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:  # Python would try again, and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
