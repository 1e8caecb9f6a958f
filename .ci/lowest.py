"""Print the lowest version that setup.cfg declares of each package: ``numpy==1.26``, ...

    python .ci/lowest.py > lowest.txt && pip install -r lowest.txt

Without torch: old wheels of it bring gigabytes of CUDA. Without the tests' own tools.
"""

from __future__ import annotations

from configparser import ConfigParser

EXTRAS = ("dask", "mnist", "video", "zh")


def main() -> None:
    """A line each."""
    setup = ConfigParser()
    setup.read("setup.cfg")
    lists = [setup["options"]["install_requires"]]
    lists += [setup["options.extras_require"][extra] for extra in EXTRAS]
    for requirement in "\n".join(lists).split():
        name, _, lowest = requirement.partition(">=")
        if name != "torch":
            print(f"{name}=={lowest}")


if __name__ == "__main__":
    main()
