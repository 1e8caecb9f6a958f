"""How long a user waits: the help, a refusal, and the first GIF, each in a new process.

    python benchmarks/startup.py

Prints rows for `benchmarks/README.md`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from statistics import median

COMMANDS = {
    "`python -c pass` (the peer)": ["-c", "pass"],
    "`optviz --help`": ["-m", "optviz", "--help"],
    "a hostile formula refused": ["-m", "optviz", "animate", "--formula", "9**9**9**9"],
    "`optviz animate himmelblau`": ["-m", "optviz", "animate", "himmelblau"],
    "`optviz animate rosenbrock` (2,000 steps)": ["-m", "optviz", "animate", "rosenbrock"],
}
ROUNDS = 5


def main() -> None:
    """Alternate all commands and print the median of each."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS + 1):  # the first fills caches and is not counted
            for name, command in COMMANDS.items():
                began = time.perf_counter()
                subprocess.run([sys.executable, *command], cwd=folder, capture_output=True)
                times[name].append(time.perf_counter() - began)
    for name, measured in times.items():
        print(f"| {name} | {median(measured[1:]):.2f} s |")


if __name__ == "__main__":
    main()
