"""The entry point of ``optviz``: installs signal handlers, then runs the command line."""

import sys

from optviz.cli import signals


def main() -> int:
    """Run the command line."""
    return signals.attended(_command)


def _command() -> int:
    from optviz.cli.main import main as command

    return command()


if __name__ == "__main__":
    sys.exit(main())
